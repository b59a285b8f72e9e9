import { isCancelled, run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  buffer,
  coalesce,
  delay,
  END,
  type End,
  from,
  interval,
  map,
  type Operator,
  type Overflow,
  OverflowError,
  rateLimit,
  type Stream,
  stream,
  take,
  tokenBucket,
  WAIT,
} from "../src/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

const error = new Error("source");

/** Gives each item at its time, and then ends or fails. */
const timed = (times: readonly number[], failure?: Error): Stream<number> =>
  from(function* () {
    let now = 0;
    for (const time of times) {
      yield* sleep(time - now);
      now = time;
      yield time;
    }
    if (failure !== undefined) throw failure;
  });

/** What comes out when, the error last; the consumer takes `busyMs` for each. */
const seen = (source: Stream<number>, operator: Operator<number, unknown>, busyMs = 0): unknown[] =>
  play(function* (_root, loop) {
    const log: unknown[] = [];
    const outcome = yield* outcomeOf(
      source.pipe(operator).forEach(function* (item) {
        log.push([loop.now(), item]);
        if (busyMs > 0) yield* sleep(busyMs);
      }),
    );
    log.push("error" in outcome ? [loop.now(), outcome.error] : loop.now());
    return log;
  });

/** Runs `stream` for `ms`, cancels it, and tells what it gave, how its source ended and what is left. */
function cut(make: (source: Stream<number>) => Stream<unknown>, source: Stream<number>, ms: number): unknown[] {
  const loop = new VirtualLoop();
  const got: unknown[] = [];
  const ends: End[] = [];
  const task = run(() => make(source.onEnd((end) => void ends.push(end))).forEach((item) => void got.push(item)), {
    loop,
  });
  loop.advance(ms);
  task.cancel("enough");
  expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
  expect(ends).toEqual([{ kind: "stopped", by: "user", reason: "enough" }]);
  return [...got, loop.timers];
}

describe("delay", () => {
  test("gives each item later, the end with the last; a failure overtakes nothing", () => {
    expect(seen(timed([1, 3, 20]), delay(10))).toEqual([[11, 1], [13, 3], [30, 20], 30]);
    expect(seen(timed([1, 3], error), delay(10))).toEqual([
      [11, 1],
      [13, 3],
      [13, error],
    ]);
    expect(seen(timed([]), delay(10))).toEqual([0]);
  });

  test("S1 holds no more than its capacity: the source waits", () => {
    let made = 0;
    const counting = from(Array.from({ length: 100 }, (_, n) => n)).pipe(map((n) => made++ && n));
    expect(cut((source) => source.pipe(delay(10, { capacity: 3 })), counting, 5)).toEqual([0]);
    expect(made).toBe(3);
    expect(seen(from([1, 2, 3]), delay(10, { capacity: 2 }))).toEqual([[10, 1], [10, 2], [20, 3], 20]);
  });

  test("a close drops what is held, and leaves no timer", () => {
    expect(cut((source) => source.pipe(delay(10)), timed([1, 5, 100]), 12)).toEqual([1, 0]);
  });
});

describe("rateLimit", () => {
  test("lets a burst through, and then so many a second, evenly", () => {
    const limited = from([1, 2, 3, 4, 5]) as Stream<number>;
    expect(seen(limited, rateLimit({ count: 2, perMs: 100 }))).toEqual([
      [0, 1],
      [0, 2],
      [50, 3],
      [100, 4],
      [150, 5],
      150,
    ]);
    expect(seen(limited.pipe(take(3)), rateLimit({ count: 2, perMs: 100, burst: 1 }))).toEqual([
      [0, 1],
      [50, 2],
      [100, 3],
      100,
    ]);
  });

  test("a silence fills the bucket again, and no further than its burst", () => {
    const limit = rateLimit<number>({ count: 1, perMs: 10, burst: 2 });
    const times = [0, 0, 0, 100, 100, 100];
    // The third is asked for at 10, and takes its 100 ms from there.
    expect(seen(timed(times), limit).map((at) => (at as number[])[0] ?? at)).toEqual([0, 0, 10, 110, 110, 120, 120]);
  });

  test("no token is lost to rounding: a thousand at three a second come to the millisecond", () => {
    const items = Array.from({ length: 1000 }, (_, n) => n);
    const log = seen(from(items), rateLimit({ count: 3, perMs: 1000, burst: 1 }));
    expect(log.at(-1)).toBeCloseTo((999 * 1000) / 3, 3);
  });

  test("shared, it limits all runs together, who asked first first; a run that leaves does not hold its place", () => {
    const got = play(function* (root, loop) {
      const bucket = tokenBucket({ count: 1, perMs: 10 });
      const log: unknown[] = [];
      const reading = (name: string, count: number) =>
        root.spawn(() =>
          from([1, 2, 3])
            .pipe(rateLimit(bucket), take(count))
            .forEach((n) => void log.push(`${name}${n} at ${loop.now()}`)),
        );
      reading("a", 3);
      const leaving = reading("b", 3);
      reading("c", 1);
      yield* sleep(5);
      leaving.cancel();
      yield* leaving.join();
      yield* sleep(100);
      return log;
    });
    expect(got).toEqual(["a1 at 0", "a2 at 10", "c1 at 20", "a3 at 30"]);
  });

  test("a token that was given to a run which is closed before it could use it is the next one's", () => {
    const loop = new VirtualLoop();
    const bucket = tokenBucket({ count: 1, perMs: 10 });
    const host = { waiting: true, owner: null, scheduler: loop, wake: () => {} };
    const got: number[] = [];
    const open = (n: number) =>
      from([n])
        .pipe(rateLimit(bucket))
        .open(host, { push: (item) => got.push(item) > 0 });
    const [first, second, third] = [open(1), open(2), open(3)];
    for (const source of [first, second, third]) source.pump(1);
    loop.advance(10); // the second has its token now
    second.close({ kind: "stopped", by: "consumer" });
    third.pump(1);
    expect([got, loop.timers]).toEqual([[1, 3], 0]);
  });

  test("a run that asks in the moment a token is due does not overtake one that waits for it", () => {
    const loop = new VirtualLoop();
    const bucket = tokenBucket({ count: 1, perMs: 10 });
    const host = { waiting: true, owner: null, scheduler: loop, wake: () => {} };
    const got: number[] = [];
    const [first, second, third] = [1, 2, 3].map((n) =>
      from([n])
        .pipe(rateLimit(bucket))
        .open(host, { push: (item) => got.push(item) > 0 }),
    );
    loop.callLater(10, () => void third?.pump(1)); // before the timer of the bucket, as it was set before
    first?.pump(1);
    second?.pump(1);
    loop.advance(10);
    second?.pump(1);
    third?.pump(1);
    expect(got).toEqual([1, 2]);
    third?.close({ kind: "stopped", by: "consumer" });
    expect(loop.timers).toBe(0);
  });

  test("S12 a bucket belongs to one loop", () => {
    const bucket = tokenBucket({ count: 1, perMs: 1 });
    play(() => from([1]).pipe(rateLimit(bucket)).drain());
    expect(thrownBy(() => play(() => from([1]).pipe(rateLimit(bucket)).drain()))).toMatchObject({
      name: "MisuseError",
    });
  });

  test("an item that waits is given before the source's failure; a close drops it and leaves no timer", () => {
    const limit = { count: 1, perMs: 10 };
    expect(seen(timed([0, 1], error), rateLimit(limit))).toEqual([
      [0, 0],
      [10, 1],
      [10, error],
    ]);
    expect(cut((source) => source.pipe(rateLimit(limit)), timed([0, 1, 2]), 5)).toEqual([0, 0]);
  });
});

describe("buffer", () => {
  test("the source runs ahead while the consumer is busy, by its capacity, and not before the first demand", () => {
    const log: string[] = [];
    const source = from(function* () {
      for (let n = 1; n <= 4; n++) {
        log.push(`made ${n}`);
        yield n;
      }
    });
    play(() =>
      source.pipe(buffer(2)).forEach(function* (n) {
        log.push(`took ${n}`);
        yield* sleep(1);
      }),
    );
    expect(log).toEqual(["made 1", "made 2", "took 1", "made 3", "took 2", "made 4", "took 3", "took 4"]);
  });

  test("a source and a consumer that take 10 ms each work side by side", () => {
    expect(seen(timed([10, 20, 30]), buffer(1), 10)).toEqual([[10, 10], [20, 20], [30, 30], 40]);
  });

  const policies: [string, Overflow<number>, unknown[]][] = [
    ["dropOldest", "dropOldest", [0, 4, 5]],
    ["dropNewest", "dropNewest", [0, 1, 2]],
    ["latest", "latest", [0, 5]],
    ["coalesce", coalesce((last: number, n: number) => last * 10 + n), [0, 1, 2345]],
  ];
  test.each(policies)("overflow %s holds the source back no more", (_name, overflow, expected) => {
    const got = seen(timed([0, 1, 2, 3, 4, 5]), buffer(2, { overflow }), 100);
    expect(got.slice(0, -1).map((at) => (at as number[])[1])).toEqual(expected);
  });

  test("overflow error fails the run, after what is buffered", () => {
    const got = seen(timed([0, 1, 2, 3]), buffer(2, { overflow: "error" }), 100);
    expect(got).toEqual([
      [0, 0],
      [100, 1],
      [200, 2],
      [300, new OverflowError("buffer", 2)],
    ]);
  });

  test("S2 what is buffered is given before the source's failure; S4 a close drops it and stops the source", () => {
    expect(seen(timed([0, 1], error), buffer(4), 10)).toEqual([
      [0, 0],
      [10, 1],
      [20, error],
    ]);
    const got: unknown[] = [];
    const slowly = (source: Stream<number>): Stream<unknown> => source.pipe(buffer(4));
    got.push(...cut(slowly, interval(10) as Stream<number>, 25));
    expect(got).toEqual([0, 1, 0]);
  });

  test("S9 a wake that comes while the source is still in its pump is not lost", () => {
    const early = stream<string>((host, sink) => {
      let pumps = 0;
      return {
        pump: () => {
          if (++pumps > 2) return END;
          if (pumps === 2) sink.push("item");
          host.wake();
          return WAIT;
        },
        close: () => undefined,
      };
    }, false);
    expect(play(() => early.pipe(buffer(1)).toArray())).toEqual(["item"]);
  });

  test("S8 an endless synchronous source that nothing holds back starves nobody", () => {
    const loop = new VirtualLoop();
    let made = 0;
    const endless = from({
      *[Symbol.iterator]() {
        for (;;) yield made++;
      },
    });
    const host = { waiting: true, owner: null, scheduler: loop, wake: () => {} };
    const source = endless.pipe(buffer(1, { overflow: "latest" })).open(host, { push: () => true });
    source.pump(1);
    let others = 0;
    const other = (): void => {
      if (++others < 3) loop.callSoon(other);
      else source.close({ kind: "stopped", by: "consumer" });
    };
    loop.callSoon(other);
    loop.runUntilIdle();
    expect([others, made > 0, loop.idle]).toEqual([3, true, true]);
  });
});

describe("limits are checked at the call", () => {
  test.each([0, -1, 1.5, Number.NaN])("%d is a RangeError", (n) => {
    for (const make of [
      () => buffer(n),
      () => delay(1, { capacity: n }),
      () => rateLimit({ count: n, perMs: 1 }),
      () => rateLimit({ count: 1, perMs: 1, burst: n }),
      () => tokenBucket({ count: 1, perMs: Math.min(n, 0) }),
    ]) {
      expect(make).toThrow(RangeError);
    }
  });
  test.each([-1, Number.NaN])("a delay of %d ms is a RangeError", (ms) => {
    expect(() => delay(ms)).toThrow(RangeError);
  });
});
