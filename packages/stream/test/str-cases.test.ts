import { isCancelled, run, scope, sleep, type Wait } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  channel,
  type End,
  from,
  Lagged,
  log,
  map,
  mapAsync,
  merge,
  retry,
  type Stream,
  stream,
  type Terminal,
  take,
} from "../src/index.ts";
import { finish, hostTurns, play, playOnHost, thrownBy } from "./support.ts";

/** An iterator whose time is `loop`'s. */
function iterate<T>(loop: VirtualLoop, source: Stream<T>) {
  let iterator: ReturnType<Stream<T>[typeof Symbol.asyncIterator]> | undefined;
  loop.callSoon(() => {
    iterator = source[Symbol.asyncIterator]();
  });
  loop.runUntilIdle();
  return iterator as NonNullable<typeof iterator>;
}

/** Pushes a note when `promise` answers. */
function note(log: unknown[], what: string, promise: PromiseLike<unknown>): void {
  promise.then(
    (value) => log.push([what, value]),
    (error: unknown) => log.push([what, "threw", error]),
  );
}

/** A counting source that notes what it makes, and its cleanup of `cleanupMs`. */
function counting(seen: unknown[], cleanupMs = 0): Stream<number> {
  return from(function* () {
    try {
      for (let n = 1; ; n++) {
        seen.push(`made ${n}`);
        yield n;
      }
    } finally {
      if (cleanupMs > 0) yield* sleep(cleanupMs);
      seen.push("finally");
    }
  });
}

describe("closing", () => {
  test("STR-01 return() with a next() pending: done at once, the finally runs whole, then return answers", async () => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const iterator = iterate(
      loop,
      from(function* () {
        try {
          yield* sleep(1_000_000);
          yield 1;
        } finally {
          seen.push(`finally begun at ${loop.now()}`);
          yield* sleep(5);
          seen.push(`finally over at ${loop.now()}`);
        }
      }),
    );
    note(seen, "next", iterator.next());
    loop.advance(10);
    await hostTurns();
    expect(seen).toEqual([]);
    note(seen, "return", iterator.return("x"));
    await hostTurns();
    loop.runUntilIdle();
    await hostTurns();
    expect(seen).toEqual([["next", { done: true, value: undefined }], "finally begun at 10"]);
    loop.advance(5);
    await hostTurns();
    expect(seen.slice(2)).toEqual(["finally over at 15", ["return", { done: true, value: "x" }]]);
    note(seen, "after", iterator.next());
    await hostTurns();
    expect(seen.at(-1)).toEqual(["after", { done: true, value: undefined }]);
  });

  test("STR-01 return() in the same turn as the first next(): both answer, and the source never starts", async () => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const iterator = iterate(
      loop,
      from(function* () {
        seen.push("started");
        yield* sleep(1_000_000);
        yield 1;
      }),
    );
    note(seen, "next", iterator.next());
    note(seen, "return", iterator.return("x"));
    loop.runUntilIdle();
    await hostTurns();
    loop.runUntilIdle();
    await hostTurns();
    expect(seen).toEqual([
      ["next", { done: true, value: undefined }],
      ["return", { done: true, value: "x" }],
    ]);
    expect([loop.idle, loop.timers]).toEqual([true, 0]);
  });

  test("STR-03 a break at an item of an inner generator runs both finallys, and no statement after the call", () => {
    const seen: string[] = [];
    function* inner(): Generator<number | Wait, void, unknown> {
      try {
        yield 1;
        seen.push("after the item");
      } finally {
        yield* sleep(2);
        seen.push("inner finally");
      }
    }
    const source = from(function* () {
      try {
        yield* inner();
        seen.push("after the call");
      } finally {
        yield* sleep(2);
        seen.push("outer finally");
      }
    });
    const first = play(function* () {
      const item = yield* source.first();
      seen.push("first answered");
      return item;
    });
    expect([first, seen]).toEqual([1, ["inner finally", "outer finally", "first answered"]]);
  });

  test("STR-05 a second close in the middle of the first one's finally: one finally, both answer at its end", async () => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const iterator = iterate(loop, counting(seen, 5));
    note(seen, "next", iterator.next());
    loop.runUntilIdle();
    note(seen, "first", iterator.return());
    loop.advance(2);
    note(seen, "second", iterator.return());
    await hostTurns();
    expect(seen).toEqual(["made 1", ["next", { done: false, value: 1 }]]);
    loop.advance(3);
    await hostTurns();
    const done = { done: true, value: undefined };
    expect(seen.slice(2)).toEqual(["finally", ["first", done], ["second", done]]);
  });

  test("STR-07 map whose function returns the iterator: the item in hand is dropped, one finally, no deadlock", async () => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const iterator: ReturnType<typeof iterate<number>> = iterate(
      loop,
      counting(seen).pipe(
        map((n) => {
          if (n === 2) note(seen, "return", iterator.return());
          return n;
        }),
      ),
    );
    for (const what of ["a", "b", "c"]) note(seen, what, iterator.next());
    loop.runUntilIdle();
    await hostTurns();
    loop.runUntilIdle();
    await hostTurns();
    const done = { done: true, value: undefined };
    expect(seen.filter((each) => each === "finally")).toEqual(["finally"]);
    expect(seen.filter((each) => Array.isArray(each))).toEqual([
      ["a", { done: false, value: 1 }],
      ["b", done],
      ["c", done],
      ["return", done],
    ]);
  });

  test("STR-09 a finally that throws comes out of the loop on break, with the consumer's error as its cause", () => {
    const cleanup = () => new Error("cleanup");
    const failing = (error: Error) =>
      from(function* () {
        try {
          yield 1;
          yield 2;
        } finally {
          yield* sleep(1);
          throw error;
        }
      });
    const thrown = (terminal: (source: Stream<number>) => Terminal<unknown>) => {
      const error = cleanup();
      return { error, caught: thrownBy(() => play(() => terminal(failing(error)))) as Error };
    };
    const broken = thrown((source) => source.first());
    expect(broken.caught).toBe(broken.error);
    const consumerError = new Error("consumer");
    const left = thrown((source) =>
      source.forEach(() => {
        throw consumerError;
      }),
    );
    expect(left.caught).toBe(left.error);
    expect(rootCauses(left.caught)).toContain(consumerError);
  });

  test("STR-09 in a for await, too; and it is reported, since the loop drops it if its body threw", async () => {
    const reports: unknown[] = [];
    const loop = new VirtualLoop({ onError: (error: unknown) => reports.push(error) });
    const error = new Error("cleanup");
    const iterator = iterate(
      loop,
      from(function* () {
        try {
          yield 1;
        } finally {
          throw error;
        }
      }),
    );
    const seen: unknown[] = [];
    note(seen, "next", iterator.next());
    loop.runUntilIdle();
    note(seen, "return", iterator.return());
    loop.runUntilIdle();
    await hostTurns();
    expect(seen.at(-1)).toEqual(["return", "threw", error]);
    expect(reports).toEqual([error]);
  });

  test("STR-11 take(0) opens nothing; take(2) makes exactly two and has cleaned up when toArray answers", () => {
    const seen: string[] = [];
    let opened = 0;
    const source = stream<number>((host, sink) => {
      opened++;
      return counting(seen, 3).open(host, sink);
    }, true);
    const [none, two] = play(function* () {
      const none = yield* source.pipe(take(0)).toArray();
      const countAfterNone = opened;
      const two = yield* source.pipe(take(2)).toArray();
      seen.push("answered");
      return [[none, countAfterNone], two];
    });
    expect(none).toEqual([[], 0]);
    expect(two).toEqual([1, 2]);
    expect(seen).toEqual(["made 1", "made 2", "finally", "answered"]);
  });
});

function rootCauses(error: Error): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error.cause; cause !== undefined; cause = (cause as Error).cause) causes.push(cause);
  return causes;
}

describe("several at a time", () => {
  test("STR-13 mapAsync(3), ordered: first the slow first, then the second's error, the third cleaned up, no fourth", () => {
    const seen: string[] = [];
    const error = new Error("second");
    const caught = play(function* (_root, loop) {
      try {
        yield* from([1, 2, 3, 4])
          .pipe(
            mapAsync(
              function* (n: number) {
                seen.push(`${n} started`);
                if (n === 2) throw error;
                try {
                  yield* sleep(n * 10);
                } finally {
                  if (n === 3) yield* sleep(1);
                  seen.push(`${n} finally at ${loop.now()}`);
                }
                return n;
              },
              { limit: 3 },
            ),
          )
          .forEach((n) => void seen.push(`got ${n}`));
      } catch (error) {
        seen.push("caught");
        return error;
      }
      return undefined;
    });
    expect(caught).toBe(error);
    expect(seen).toEqual([
      "1 started",
      "2 started",
      "3 started",
      "1 finally at 10",
      "got 1",
      "3 finally at 11",
      "caught",
    ]);
  });

  test("STR-15 merge: four synchronous inputs alternate strictly", () => {
    const input = (name: string) => from([`${name}1`, `${name}2`]);
    const merged = play(() => merge(input("a"), input("b"), input("c"), input("d")).toArray());
    expect(merged).toEqual(["a1", "b1", "c1", "d1", "a2", "b2", "c2", "d2"]);
  });

  test("STR-15 merge: a tick comes within one turn of its time, beside an input without end", () => {
    let made = 0;
    const enough = new Error("the tick was seen");
    const endless = from({
      *[Symbol.iterator](): Generator<string, void> {
        for (;;) yield `item ${made++}`;
      },
    });
    const ticking = from(function* () {
      yield* sleep(0);
      yield "tick";
    });
    const caught = thrownBy(() =>
      play(() =>
        merge(endless, ticking).forEach((item) => {
          if (item === "tick") throw enough;
        }),
      ),
    );
    expect(caught).toBe(enough);
    expect(made).toBeLessThan(70_000); // the items of one turn, where the clock stands still
  });

  test("STR-19 retry and a consumer that throws: the source is opened once, and the error is the consumer's", () => {
    let opened = 0;
    const error = new Error("consumer");
    const source = from(function* () {
      opened++;
      yield 1;
      yield 2;
    });
    const caught = thrownBy(() =>
      play(() =>
        source.pipe(retry(3)).forEach((n) => {
          if (n === 2) throw error;
        }),
      ),
    );
    expect([caught, opened]).toEqual([error, 1]);
  });
});

describe("handing over", () => {
  const parkedReader = (seen: unknown[]) => {
    const loop = new VirtualLoop();
    const { sender, receiver } = channel<string>(0);
    const spare = receiver.clone();
    const reader = run(() => receiver.forEach((item) => void seen.push(item)), { loop });
    loop.runUntilIdle();
    return { loop, sender, spare, reader };
  };

  test("STR-21 capacity 0: trySend and then cancel in one turn: true, and the reader processes the item", () => {
    const seen: unknown[] = [];
    const { loop, sender, reader } = parkedReader(seen);
    expect(sender.trySend("handed")).toBe(true);
    reader.cancel();
    expect(isCancelled(thrownBy(() => finish(loop, reader)))).toBe(true);
    expect(seen).toEqual(["handed"]);
  });

  test("STR-21 capacity 0: cancel and then trySend in one turn: false, and nothing is lost", () => {
    const seen: unknown[] = [];
    const { loop, sender, spare, reader } = parkedReader(seen);
    reader.cancel();
    expect(sender.trySend("kept")).toBe(false);
    expect(isCancelled(thrownBy(() => finish(loop, reader)))).toBe(true);
    expect(seen).toEqual([]);
    const sending = run(() => sender.send("kept"), { loop });
    expect(
      finish(
        loop,
        run(() => spare.receive(), { loop }),
      ),
    ).toEqual({ done: false, value: "kept" });
    finish(loop, sending);
  });

  test("STR-23 two senders are parked, and a third tries in the turn a slot frees: false, and the order is kept", () => {
    const { sender, receiver } = channel<string>(1);
    const seen: unknown[] = [];
    play(function* (root) {
      yield* sender.send("zeroth");
      root.spawn(() => sender.send("first"));
      root.spawn(() => sender.send("second"));
      yield* sleep(1);
      seen.push(receiver.tryReceive()?.value, sender.trySend("third"));
      for (let n = 0; n < 2; n++) seen.push((yield* receiver.receive()).value);
    });
    expect(seen).toEqual(["zeroth", false, "first", "second"]);
  });
});

describe("logs and bridges", () => {
  test("STR-25 a late reader of a log gets Lagged, what was kept, and then what comes; one at the tail gets none", () => {
    const numbers = log<number>({ keep: 3 });
    for (let n = 0; n < 40; n++) numbers.append(n);
    const [late, tail] = play(function* (root) {
      const late = root.spawn(() => numbers.read(0).toArray());
      const tail = root.spawn(() => numbers.read(40).toArray());
      yield* sleep(1);
      numbers.append(40);
      yield* sleep(1);
      numbers.append(41);
      numbers.end();
      return [yield* late, yield* tail];
    });
    expect(late).toEqual([new Lagged(0, 37), 37, 38, 39, 40, 41]);
    expect((late as unknown[])[0]).toMatchObject({ missed: 37, from: 0, to: 37 });
    expect(tail).toEqual([40, 41]);
  });

  test("STR-29 a ReadableStream parked in pull: its cancel gets the identical reason, and it is unlocked", async () => {
    const reason = { why: "test" };
    let cancelledWith: unknown;
    const readable = new ReadableStream<number>({
      pull: () => new Promise(() => {}),
      cancel: (given) => {
        cancelledWith = given;
      },
    });
    const controller = new AbortController();
    const caught = await playOnHost(function* (root) {
      const task = root.spawn(() => from(readable).toArray({ signal: controller.signal }), { onError: "owner" });
      yield* sleep(0);
      controller.abort(reason);
      const outcome = yield* task.join();
      return outcome.status === "fulfilled" ? undefined : outcome.reason;
    });
    expect(isCancelled(caught) ? caught.reason : caught).toBe(reason);
    expect(cancelledWith).toBe(reason);
    expect(readable.locked).toBe(false);
  });

  test("STR-29 a locked ReadableStream is a TypeError at open, and not at from", () => {
    const readable = new ReadableStream<number>();
    readable.getReader();
    const source = from(readable);
    expect(thrownBy(() => play(() => source.toArray()))).toBeInstanceOf(TypeError);
  });

  test("STR-31 a terminal that is never used opens nothing; awaited twice, once; used both ways, it throws", async () => {
    let opened = 0;
    const ends: End[] = [];
    const source = from(function* () {
      opened++;
      yield 1;
    }).onEnd((end) => ends.push(end));
    source.toArray();
    await hostTurns();
    expect(opened).toBe(0);
    const items = source.toArray();
    expect([await items, await items, opened]).toEqual([[1], [1], 1]);
    expect(ends).toEqual([{ kind: "done" }]);

    const both = source.toArray();
    play(() => both);
    expect(thrownBy(() => both.then())).toMatchObject({ name: "UsedError", code: "STREAM_USED" });
    const awaited = source.toArray();
    await awaited;
    expect(thrownBy(() => play(() => awaited))).toMatchObject({ name: "UsedError" });
    const twice = source.toArray();
    play(() => twice);
    expect(thrownBy(() => play(() => twice))).toMatchObject({ name: "UsedError" });
  });

  test("STR-33 an item may not be yielded while a scope is open around it", () => {
    const source = from(function* () {
      // @ts-expect-error a scope's body may only wait
      yield* scope(function* () {
        yield 5;
      });
    });
    expect((thrownBy(() => play(() => source.toArray())) as Error).message).toMatch(/yield 5/);
  });
});
