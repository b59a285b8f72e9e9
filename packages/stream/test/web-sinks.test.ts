import { receiver as coroutineReceiver, run, sleep, until } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { channel, type End, from, map, type Stream, tap } from "../src/index.ts";
import { pipeToWritableStream, toReadableStream, toWritableStream } from "../src/web/index.ts";
import { hostTurns } from "./support.ts";

const error = new Error("source");

/** A WritableStream that notes what is done to it, and takes a turn of the host for each chunk. */
function noting(highWaterMark = 1) {
  const seen: unknown[] = [];
  let controller: WritableStreamDefaultController | undefined;
  const writable = new WritableStream<unknown>(
    {
      start(given) {
        controller = given;
      },
      async write(chunk) {
        await hostTurns(1);
        seen.push(chunk);
      },
      async close() {
        await hostTurns(1);
        seen.push("close");
      },
      async abort(reason) {
        await hostTurns(1);
        seen.push("abort", reason);
      },
    },
    { highWaterMark },
  );
  return { writable, seen, break: (reason: unknown) => controller?.error(reason) };
}

const watched = <T>(stream: Stream<T>): { stream: Stream<T>; ends: End[] } => {
  const ends: End[] = [];
  return { stream: stream.onEnd((end) => void ends.push(end)), ends };
};

const failing = from(function* (): Generator<number, void> {
  yield 1;
  throw error;
});

describe("pipeToWritableStream", () => {
  test("S1 writes what there is room for, closes it at the end, and gives the lock back", async () => {
    const { writable, seen } = noting(2);
    let made = 0;
    let ahead = 0;
    const counting = from([1, 2, 3, 4, 5]).pipe(
      map((n) => {
        ahead = Math.max(ahead, ++made - seen.length);
        return n;
      }),
    );
    await pipeToWritableStream(counting, writable);
    expect([seen, writable.locked]).toEqual([[1, 2, 3, 4, 5, "close"], false]);
    expect(ahead).toBeLessThanOrEqual(3);
  });

  test("S7 the stream's failure aborts it, with the identical error", async () => {
    const { writable, seen } = noting();
    await expect(pipeToWritableStream(failing, writable)).rejects.toBe(error);
    expect([seen.slice(-2), writable.locked]).toEqual([["abort", error], false]);
  });

  test("S4 cancelled while the source waits, it is aborted with the identical reason, before the task ends", async () => {
    const { writable, seen } = noting();
    const reason = { why: "stop" };
    const silent = from(function* () {
      yield* sleep(1_000_000);
      yield 1;
    });
    const task = run(() => pipeToWritableStream(silent, writable));
    task.addDoneCallback(() => {});
    await hostTurns();
    task.cancel(reason);
    const outcome = await task.then(
      () => "done",
      () => [...seen],
    );
    expect(task.state).toBe("cancelled");
    expect(outcome).toEqual(["abort", reason]);
    expect((outcome as unknown[])[1]).toBe(reason);
  });

  test("S7 its failure stops the source at once, also while that is silent, by its peer, and comes out as it is", async () => {
    const sink = noting();
    const seen: unknown[] = [];
    const { stream, ends } = watched(
      from(function* () {
        try {
          yield* sleep(1_000_000);
          yield 1;
        } finally {
          yield* until(hostTurns(1));
          seen.push("finally");
        }
      }),
    );
    const piping = Promise.resolve(pipeToWritableStream(stream, sink.writable));
    await hostTurns();
    sink.break(error);
    await expect(piping).rejects.toBe(error);
    expect([seen, ends]).toEqual([["finally"], [{ kind: "stopped", by: "peer", reason: error }]]);
  });

  test("preventClose and preventAbort leave it open, with everything written", async () => {
    const { writable, seen } = noting(4);
    await pipeToWritableStream(from([1, 2]), writable, { preventClose: true });
    expect([seen, writable.locked]).toEqual([[1, 2], false]);
    await expect(pipeToWritableStream(failing, writable, { preventAbort: true })).rejects.toBe(error);
    await pipeToWritableStream(from([3]), writable);
    expect(seen).toEqual([1, 2, 1, 3, "close"]);
  });

  test("S1 takes nothing from the source before there is room for it", async () => {
    const seen: unknown[] = [];
    let takeOne: (() => void) | undefined;
    const full = new WritableStream<number>(
      {
        write(chunk) {
          seen.push(chunk);
          return new Promise((resolve) => {
            takeOne = resolve;
          });
        },
      },
      { highWaterMark: 1 },
    );
    const writer = full.getWriter();
    void writer.write(0);
    writer.releaseLock();
    let made = 0;
    const counting = from([1, 2]).pipe(tap(() => made++));
    const piping = Promise.resolve(pipeToWritableStream(counting, full));
    await hostTurns();
    expect(made).toBe(0);
    for (const n of [1, 2, 2]) {
      takeOne?.();
      await hostTurns();
      expect(made).toBe(n);
    }
    await piping;
    expect(seen).toEqual([0, 1, 2]);
  });

  test("S7 one that is closed, or is being closed, is a TypeError, and the source is stopped by its peer", async () => {
    for (const wait of [true, false]) {
      const { writable } = noting();
      const closing = writable.close();
      if (wait) await closing;
      const { stream, ends } = watched(
        from(function* () {
          yield* sleep(1_000_000);
          yield 1;
        }),
      );
      await expect(pipeToWritableStream(stream, writable)).rejects.toThrow(TypeError);
      expect(ends).toMatchObject([{ kind: "stopped", by: "peer" }]);
      expect(writable.locked).toBe(false);
    }
  });

  test("S7 one that fails while it is closed or aborted gives the lock back, and its error comes out", async () => {
    const broken = new Error("cannot close");
    const reject = () => Promise.reject(broken);
    const closing = new WritableStream<number>({ close: reject });
    await expect(pipeToWritableStream(from([1]), closing)).rejects.toBe(broken);
    expect(closing.locked).toBe(false);
    const aborting = new WritableStream<number>({ abort: reject });
    await expect(pipeToWritableStream(failing, aborting)).rejects.toBe(broken);
    expect([aborting.locked, broken.cause]).toEqual([false, error]);
  });

  test("S7 when it fails and the source's cleanup fails too, the cleanup's error comes out, with the other as its cause", async () => {
    const broken = new Error("cannot clean up");
    const silent = new ReadableStream<number>({ cancel: () => Promise.reject(broken) });
    const sink = noting();
    const piping = Promise.resolve(pipeToWritableStream(from(silent), sink.writable));
    await hostTurns();
    sink.break(error);
    await expect(piping).rejects.toBe(broken);
    expect(broken.cause).toBe(error);
  });

  test("S7 C3 … and if that has a cause of its own, it keeps it, and carries the other", async () => {
    const cause = new Error("why it cannot");
    const broken = new Error("cannot clean up", { cause });
    const silent = new ReadableStream<number>({ cancel: () => Promise.reject(broken) });
    const sink = noting();
    const piping = Promise.resolve(pipeToWritableStream(from(silent), sink.writable));
    await hostTurns();
    sink.break(error);
    await expect(piping).rejects.toBe(broken);
    expect(broken).toMatchObject({ cause, suppressed: [error] });
  });

  test("preventAbort: the last write is over when it throws", async () => {
    const { writable, seen } = noting(4);
    await expect(pipeToWritableStream(failing, writable, { preventAbort: true })).rejects.toBe(error);
    expect(seen).toEqual([1]);
  });

  test("S4 S7 with a signal that has aborted, the source is cancelled and it is aborted, with the identical reason", async () => {
    const reason = { why: "stop" };
    for (const use of ["await", "yield*"]) {
      const { writable, seen } = noting();
      const cancelled: unknown[] = [];
      const pulled: unknown[] = [];
      const readable = new ReadableStream<number>(
        { pull: (controller) => void pulled.push(controller), cancel: (given) => void cancelled.push(given) },
        { highWaterMark: 0 },
      );
      const { stream, ends } = watched(from(readable));
      const piping = pipeToWritableStream(stream, writable, { signal: AbortSignal.abort(reason) });
      await expect(use === "await" ? piping : run(() => piping)).rejects.toMatchObject({ reason });
      expect([seen, cancelled, pulled]).toEqual([["abort", reason], [reason], []]);
      expect(cancelled[0]).toBe(reason);
      expect(ends).toEqual([{ kind: "stopped", by: "user", reason }]);
      expect([readable.locked, writable.locked]).toEqual([false, false]);
    }
  });

  test("S7 … and if its cancel fails, that comes out, with the other as its cause", async () => {
    const broken = new Error("cannot clean up");
    const readable = new ReadableStream<number>({ cancel: () => Promise.reject(broken) });
    const { writable } = noting();
    const piping = pipeToWritableStream(from(readable), writable, { signal: AbortSignal.abort("stop") });
    await expect(piping).rejects.toBe(broken);
    expect(broken.cause).toMatchObject({ reason: "stop" });
    expect(writable.locked).toBe(false);
    const cannot = new Error("cannot abort");
    const silent = new ReadableStream<number>({ cancel: () => Promise.reject(broken) });
    const aborting = new WritableStream<number>({ abort: () => Promise.reject(cannot) });
    const both = pipeToWritableStream(from(silent), aborting, { signal: AbortSignal.abort("stop") });
    await expect(both).rejects.toBe(cannot);
    expect(cannot).toMatchObject({ cause: { reason: "stop" }, suppressed: [broken] });
  });

  test("a locked one is a TypeError in the run, and nothing is opened", async () => {
    const { writable } = noting();
    writable.getWriter();
    let opened = false;
    const source = from(function* () {
      opened = true;
      yield 1;
    });
    await expect(pipeToWritableStream(source, writable)).rejects.toThrow(TypeError);
    expect(opened).toBe(false);
  });
});

describe("toWritableStream", () => {
  test("writes into a sender as fast as it is received, and closes it at the end", async () => {
    const { sender, receiver } = channel<number>(0);
    const writing = toReadableStream(from([1, 2, 3])).pipeTo(toWritableStream(sender));
    expect(await receiver.toArray()).toEqual([1, 2, 3]);
    await writing;
  });

  test("an abort fails the sender with the identical reason; a receiver that leaves is its error", async () => {
    const reason = { why: "left" };
    const aborted = channel<number>(4);
    await toWritableStream(aborted.sender).abort(reason);
    await expect(aborted.receiver.toArray()).rejects.toBe(reason);
    const left = channel<number>(0);
    const writer = toWritableStream(left.sender).getWriter();
    left.receiver.close();
    await expect(writer.write(1)).rejects.toMatchObject({ name: "BrokenError" });
    await expect(writer.closed).rejects.toMatchObject({ name: "BrokenError" });
  });

  test("S4 an abort withdraws the write that waits, and fails the sender with the identical reason", async () => {
    const reason = { why: "left" };
    const { sender, receiver } = channel<number>(0);
    const writer = toWritableStream(sender).getWriter();
    const writing = writer.write(1).catch((seen: unknown) => seen);
    await hostTurns();
    await writer.abort(reason);
    await expect(receiver.toArray()).rejects.toBe(reason);
    expect(await writing).toBe(reason);
    await expect(writer.closed).rejects.toBe(reason);
  });

  test("into a receiver coroutine", async () => {
    const seen: unknown[] = [];
    const screen = coroutineReceiver(function* () {
      try {
        while (true) seen.push(yield);
      } finally {
        seen.push("closed");
      }
    });
    await run(function* () {
      yield* until(toReadableStream(from(["a", "b"])).pipeTo(toWritableStream(screen())));
    });
    expect(seen).toEqual(["a", "b", "closed"]);
  });
});
