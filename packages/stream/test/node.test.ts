import { PassThrough, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run, sleep, until } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { channel, type End, from, map, StoppedError, type Stream, take, tap } from "../src/index.ts";
import { fromReadable, pipeToWritable, toReadable, toWritable } from "../src/node/index.ts";
import { hostTurns } from "./support.ts";

const error = new Error("source");

/** Notes how each run of `stream` ended. */
const watched = <T>(stream: Stream<T>): { stream: Stream<T>; ends: End[] } => {
  const ends: End[] = [];
  return { stream: stream.onEnd((end) => void ends.push(end)), ends };
};

/** Waits for ever, and takes a turn of the host to clean up. */
const silent = (seen: unknown[]) =>
  from(function* () {
    try {
      yield* sleep(1_000_000);
      yield 1;
    } finally {
      yield* until(hostTurns(1));
      seen.push("finally");
    }
  });

const stoppedByPeer = (reason: unknown) => ({ kind: "stopped", by: "peer", reason });

/** A Writable that takes a turn of the host for each chunk. */
function slow(highWaterMark = 1): { writable: Writable; taken: unknown[] } {
  const taken: unknown[] = [];
  const writable = new Writable({
    objectMode: true,
    highWaterMark,
    write(chunk, _encoding, callback) {
      setImmediate(() => {
        taken.push(chunk);
        callback();
      });
    },
  });
  return { writable, taken };
}

function thrower(): never {
  throw error;
}
function destroyer(this: Readable): void {
  this.destroy(error);
}

describe("fromReadable", () => {
  test("gives the chunks in order, and ends; the second run is refused", async () => {
    const readable = Readable.from([1, 2, 3]);
    const stream = fromReadable<number>(readable);
    expect(await stream.toArray()).toEqual([1, 2, 3]);
    expect([readable.readableEnded, readable.listenerCount("readable")]).toEqual([true, 0]);
    await expect(stream.toArray()).rejects.toMatchObject({ code: "STREAM_USED" });
  });

  test("bytes as they are; one that has ended before is empty", async () => {
    const bytes = new PassThrough();
    bytes.end(Buffer.from("Call me"));
    expect(Buffer.concat(await fromReadable(bytes).toArray()).toString()).toBe("Call me");
    const read = Readable.from([]);
    read.resume();
    await hostTurns();
    expect(await fromReadable(read).toArray()).toEqual([]);
  });

  test("S1 reads no more than is asked for", async () => {
    let made = 0;
    const readable = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read() {
        this.push(++made);
      },
    });
    expect(await fromReadable<number>(readable).pipe(take(2)).toArray()).toEqual([1, 2]);
    expect([made < 6, readable.destroyed]).toEqual([true, true]);
  });

  test("S4 a break while it is silent destroys it at once, and waits until it has closed", async () => {
    const seen: unknown[] = [];
    const readable = new Readable({
      read() {},
      destroy(reason, callback) {
        seen.push(reason);
        setImmediate(() => {
          seen.push("closed");
          callback(reason);
        });
      },
    });
    const iterator = fromReadable(readable)[Symbol.asyncIterator]();
    const pending = iterator.next();
    await hostTurns();
    const returned = iterator.return();
    expect(readable.destroyed).toBe(true);
    expect(await pending).toEqual({ done: true, value: undefined });
    await returned;
    expect(seen).toEqual([null, "closed"]);
  });

  test("S7 a consumer's error destroys it with that error, which comes out; its own error comes out as it is", async () => {
    const readable = new Readable({ read() {}, objectMode: true });
    readable.push(1);
    const thrown = fromReadable(readable).forEach(() => {
      throw error;
    });
    await expect(thrown).rejects.toBe(error);
    expect(readable.errored).toBe(error);

    const failing = new Readable({ read() {}, objectMode: true });
    const { stream, ends } = watched(fromReadable(failing));
    const draining = Promise.resolve(stream.drain());
    await hostTurns();
    failing.destroy(error);
    await expect(draining).rejects.toBe(error);
    expect(ends).toEqual([{ kind: "failed", error }]);
  });

  test("S6 destroyed before its end it was stopped by its peer", async () => {
    const readable = new Readable({ read() {} });
    const { stream, ends } = watched(fromReadable(readable));
    const draining = Promise.resolve(stream.drain());
    await hostTurns();
    readable.emit("close", false); // as a socket does: whether there was an error
    readable.destroy();
    await expect(draining).rejects.toBeInstanceOf(StoppedError);
    expect(ends).toEqual([{ kind: "stopped", by: "peer" }]);
  });

  test.each<[string, () => Readable]>([
    ["whose _read throws", () => new Readable({ read: thrower })],
    ["whose _read destroys it", () => new Readable({ read: destroyer })],
    ["that was destroyed just before", () => new Readable({ read() {} }).destroy(error)],
    ["that fails without being destroyed", () => new Readable({ read: thrower, autoDestroy: false })],
  ])("the error of one %s is thrown once, and not emitted with nobody to hear it", async (_name, make) => {
    const readable = make();
    await expect(fromReadable(readable).drain()).rejects.toBe(error);
    await hostTurns();
    expect(readable.listenerCount("readable")).toBe(0);
  });

  test("S2 what came before an error is given first, also where that does not destroy it", async () => {
    const readable = new Readable({ objectMode: true, autoDestroy: false, read() {} });
    readable.push(1);
    const seen: unknown[] = [];
    const draining = Promise.resolve(fromReadable(readable).forEach((item) => void seen.push(item)));
    await hostTurns();
    readable.push(2);
    readable.emit("error", error);
    await expect(draining).rejects.toBe(error);
    expect(seen).toEqual([1, 2]);
  });

  test("an error of its destroy comes out where the close is waited for", async () => {
    const readable = new Readable({
      objectMode: true,
      read() {
        this.push(1);
      },
      destroy(_reason, callback) {
        callback(error);
      },
    });
    await expect(fromReadable(readable).first()).rejects.toBe(error);
  });
});

describe("toReadable", () => {
  test("gives the items, of synchronous and waiting sources, and there and back again", async () => {
    expect(await toReadable(from([1, 2, 3])).toArray()).toEqual([1, 2, 3]);
    expect(await fromReadable(toReadable(from(["a", "b"]))).toArray()).toEqual(["a", "b"]);
    const waiting = from(function* () {
      for (const n of [1, 2]) {
        yield* until(hostTurns(1));
        yield n;
      }
    });
    expect(await toReadable(waiting).toArray()).toEqual([1, 2]);
    expect(await toReadable(from([])).toArray()).toEqual([]);
    const text = await toReadable(from(["Call ", "me"]), { objectMode: false }).toArray();
    expect(text.map(String).join("")).toBe("Call me");
  });

  test("S1 makes nothing before it is read, and no more than it holds", async () => {
    let made = 0;
    const endless = from({
      *[Symbol.iterator]() {
        for (;;) yield ++made;
      },
    });
    const readable = toReadable(endless, { highWaterMark: 2 });
    await hostTurns();
    expect(made).toBe(0);
    readable.read();
    await hostTurns();
    expect(made).toBeLessThanOrEqual(3);
    readable.destroy();
  });

  test("S4 destroyed before it was read, what was to be read is told all the same", async () => {
    const upstream = new Readable({ objectMode: true, read() {} });
    const { stream, ends } = watched(fromReadable(upstream));
    toReadable(stream).destroy();
    await hostTurns();
    expect([upstream.destroyed, ends]).toEqual([true, [{ kind: "stopped", by: "peer" }]]);
  });

  test("S4 destroy works while the source waits: stopped by its peer, with the identical error, and it closes after the cleanup", async () => {
    const seen: unknown[] = [];
    const { stream, ends } = watched(silent(seen));
    const readable = toReadable(stream);
    readable.on("error", (seenError) => seen.push(seenError)).on("close", () => seen.push("close"));
    readable.read();
    await hostTurns();
    readable.destroy(error);
    await hostTurns(6);
    expect(seen).toEqual(["finally", error, "close"]);
    expect(ends).toEqual([stoppedByPeer(error)]);
  });

  test("S7 a failure of the stream is that of the Readable; null is no item", async () => {
    const failing = from(function* (): Generator<number, void> {
      yield 1;
      throw error;
    });
    await expect(toReadable(failing).toArray()).rejects.toBe(error);
    await expect(toReadable(from([1, null])).toArray()).rejects.toThrow(TypeError);
  });

  test("S7 a failure with nothing in it is a failure all the same", async () => {
    for (const nothing of [undefined, null, 0, ""]) {
      const failing = from(function* (): Generator<number, void> {
        yield 1;
        throw nothing;
      });
      const failure = await toReadable(failing)
        .toArray()
        .catch((seen: unknown) => seen);
      expect(failure).toMatchObject({ name: "StoppedError", end: { kind: "failed", error: nothing } });
    }
  });

  test("in a pipeline", async () => {
    const { writable, taken } = slow();
    await pipeline(toReadable(from([1, 2, 3]).pipe(map((n) => n * 2))), writable);
    expect(taken).toEqual([2, 4, 6]);
  });
});

describe("pipeToWritable", () => {
  test("S4 S7 with a signal that has aborted, the source is stopped and it is destroyed, with the identical reason", async () => {
    const reason = new Error("stop");
    const { writable, taken } = slow();
    const destroyed = new Promise((resolve) => writable.on("error", resolve));
    const readable = Readable.from([1, 2]);
    const { stream, ends } = watched(fromReadable<number>(readable));
    const piping = pipeToWritable(stream, writable, { signal: AbortSignal.abort(reason) });
    await expect(piping).rejects.toMatchObject({ reason });
    expect([await destroyed, readable.destroyed, taken]).toEqual([reason, true, []]);
    expect(ends).toEqual([{ kind: "stopped", by: "user", reason }]);
  });

  test("S1 writes what there is room for, waits for drain, and for the end", async () => {
    const { writable, taken } = slow(2);
    let ahead = 0;
    let made = 0;
    const counting = from([1, 2, 3, 4, 5, 6]).pipe(
      map((n) => {
        ahead = Math.max(ahead, ++made - taken.length);
        return n;
      }),
    );
    await pipeToWritable(counting, writable);
    expect([taken, writable.writableFinished]).toEqual([[1, 2, 3, 4, 5, 6], true]);
    expect(ahead).toBeLessThanOrEqual(3);
    expect(writable.listenerCount("drain") + writable.listenerCount("error")).toBeLessThanOrEqual(1);
  });

  test("S1 takes nothing from the source before there is room for it", async () => {
    const { writable } = slow(1);
    writable.write(0);
    let made = 0;
    const counting = from([1, 2]).pipe(tap(() => made++));
    const piping = Promise.resolve(pipeToWritable(counting, writable));
    await Promise.resolve()
      .then(() => {})
      .then(() => {});
    expect([writable.writableNeedDrain, made]).toEqual([true, 0]);
    await piping;
    expect(made).toBe(2);
    const stuck = new Writable({ objectMode: true, highWaterMark: 1, write() {} });
    stuck.write(0);
    const abandoned = Promise.resolve(pipeToWritable(counting, stuck));
    await hostTurns();
    stuck.destroy(error);
    await expect(abandoned).rejects.toBe(error);
    expect([made, stuck.listenerCount("drain")]).toEqual([2, 0]);
  });

  test("with { end: false } it stays open, whatever the end", async () => {
    const { writable, taken } = slow(16);
    await pipeToWritable(from([1, 2]), writable, { end: false });
    const failing = from(function* (): Generator<number, void> {
      throw error;
    });
    await expect(pipeToWritable(failing, writable, { end: false })).rejects.toBe(error);
    await hostTurns();
    expect([taken, writable.destroyed, writable.listenerCount("error")]).toEqual([[1, 2], false, 0]);
  });

  test("S7 the stream's failure destroys it, with the identical error", async () => {
    const { writable } = slow();
    const failing = from(function* (): Generator<number, void> {
      yield 1;
      throw error;
    });
    await expect(pipeToWritable(failing, writable)).rejects.toBe(error);
    expect([writable.destroyed, writable.errored]).toEqual([true, error]);
  });

  test("S7 its failure stops the source at once, also while that is silent, and comes out as it is", async () => {
    const { writable } = slow();
    const seen: unknown[] = [];
    const { stream, ends } = watched(silent(seen));
    const piping = Promise.resolve(pipeToWritable(stream, writable));
    await hostTurns();
    writable.destroy(error);
    await expect(piping).rejects.toBe(error);
    expect([seen, ends]).toEqual([["finally"], [stoppedByPeer(error)]]);
  });

  test("S6 its failure while an item waits for room stops the source by its peer, too", async () => {
    const broken = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (_chunk, _encoding, callback) => void setImmediate(callback, error),
    });
    const { stream, ends } = watched(from([1, 2, 3]));
    await expect(pipeToWritable(stream, broken)).rejects.toBe(error);
    expect(ends).toEqual([stoppedByPeer(error)]);
  });

  test("closed by somebody else, or ended before, it was stopped by its peer", async () => {
    const { writable } = slow();
    const { stream, ends } = watched(silent([]));
    const piping = Promise.resolve(pipeToWritable(stream, writable));
    await hostTurns();
    writable.destroy();
    await expect(piping).rejects.toBeInstanceOf(StoppedError);
    expect(ends).toMatchObject([{ kind: "stopped", by: "peer" }]);
    await expect(pipeToWritable(from([1]), writable)).rejects.toBeInstanceOf(StoppedError);
  });

  test("ended by somebody else, whether that is over yet or not, it takes nothing, and the source is stopped by its peer", async () => {
    const before = slow().writable;
    before.end();
    await hostTurns();
    const { stream, ends } = watched(from([1]));
    await expect(pipeToWritable(stream, before)).rejects.toBeInstanceOf(StoppedError);
    const meanwhile = slow().writable;
    const waiting = watched(silent([]));
    const piping = Promise.resolve(pipeToWritable(waiting.stream, meanwhile));
    await hostTurns();
    meanwhile.end();
    await expect(piping).rejects.toBeInstanceOf(StoppedError);
    expect([ends, waiting.ends]).toMatchObject([[{ by: "peer" }], [{ by: "peer" }]]);
  });

  test("with { end: false } the last write is over when it ends, however it ends; one that fails is heard", async () => {
    const { writable, taken } = slow(16);
    await pipeToWritable(from([1, 2]), writable, { end: false });
    expect(taken).toEqual([1, 2]);
    const failing = from(function* (): Generator<number, void> {
      yield 3;
      throw error;
    });
    await expect(pipeToWritable(failing, writable, { end: false })).rejects.toBe(error);
    expect([taken, writable.destroyed]).toEqual([[1, 2, 3], false]);

    const broken = new Error("cannot write");
    for (const source of [from([1]), failing]) {
      const late = new Writable({
        objectMode: true,
        highWaterMark: 16,
        write: (_chunk, _encoding, callback) => void setImmediate(callback, broken),
      });
      const piping = Promise.resolve(pipeToWritable(source, late, { end: false }));
      await expect(piping).rejects.toBe(source === failing ? error : broken);
      await hostTurns();
    }
    const destroyedBefore = new Writable().destroy(broken);
    await expect(pipeToWritable(from(["a"]), destroyedBefore, { end: false })).rejects.toBe(broken);
    await hostTurns();
  });

  test("S4 cancelled while it waits for drain it destroys the Writable with the reason", async () => {
    const stuck = new Writable({ objectMode: true, highWaterMark: 1, write() {} });
    const task = run(() => pipeToWritable(from([1, 2, 3]), stuck));
    task.addDoneCallback(() => {});
    await hostTurns();
    task.cancel(error);
    await hostTurns();
    expect([task.state, stuck.errored]).toEqual(["cancelled", error]);
  });
});

describe("toWritable", () => {
  test("writes into a sender, as fast as it is received, and closes it at the end", async () => {
    const { sender, receiver } = channel<number>(0);
    const writable = toWritable(sender);
    const writing = pipeline(Readable.from([1, 2, 3]), writable);
    expect(await receiver.toArray()).toEqual([1, 2, 3]);
    await writing;
  });

  test("destroyed, it fails the sender with the error; a receiver that leaves destroys it", async () => {
    const first = channel<number>(4);
    const writable = toWritable(first.sender);
    writable.on("error", () => {}).destroy(error);
    await expect(first.receiver.toArray()).rejects.toBe(error);
    const second = channel<number>(0);
    const broken = toWritable(second.sender);
    second.receiver.close();
    await expect(pipeline(Readable.from([1]), broken)).rejects.toMatchObject({ name: "BrokenError" });
  });

  test("destroyed without an error, it fails the sender with a StoppedError", async () => {
    const { sender, receiver } = channel<number>(4);
    toWritable(sender).destroy();
    await expect(receiver.toArray()).rejects.toBeInstanceOf(StoppedError);
  });
});
