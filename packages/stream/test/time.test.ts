import { isCancelled, run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  chunk,
  debounce,
  from,
  interval,
  type Operator,
  type Stream,
  sample,
  take,
  throttle,
  unfold,
} from "../src/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

/** Gives each item at its time, and ends or fails at `endMs`. */
const timeline = (
  items: readonly (readonly [atMs: number, item: string])[],
  endMs: number,
  error?: Error,
): Stream<string> =>
  from(function* () {
    let now = 0;
    for (const [atMs, item] of items) {
      yield* sleep(atMs - now);
      now = atMs;
      yield item;
    }
    yield* sleep(endMs - now);
    if (error !== undefined) throw error;
  }) as Stream<string>;

/** What comes out when, the error last. */
const seen = (source: Stream<string>, operator: Operator<string, unknown>): unknown[] =>
  play(function* (_root, loop) {
    const log: unknown[] = [];
    const outcome = yield* outcomeOf(source.pipe(operator).forEach((item) => void log.push([loop.now(), item])));
    log.push("error" in outcome ? [loop.now(), outcome.error] : loop.now());
    return log;
  });

const error = new Error("source");
const burst = [
  [1, "a"],
  [3, "b"],
  [5, "c"],
  [30, "d"],
] as const;

describe("STR-17 what is pending is given at the end and before a failure, and dropped at a close", () => {
  const first: [number, string] = [1, "w"];
  test.each<[string, Operator<string, unknown>, given: unknown[], pending: unknown]>([
    ["debounce", debounce(10), [], "x"],
    ["sample", sample(10), [], "x"],
    ["throttle with trailing", throttle(10, { trailing: true }), [first], "x"],
    ["chunk by time", chunk(9, { withinMs: 10 }), [], ["w", "x"]],
  ])("%s", (_name, operator, given, pending) => {
    const items = [first, [5, "x"] as const];
    expect(seen(timeline(items, 8), operator)).toEqual([...given, [8, pending], 8]);
    expect(seen(timeline(items, 8, error), operator)).toEqual([...given, [8, pending], [8, error]]);
    const loop = new VirtualLoop();
    const got: unknown[] = [];
    const task = run(
      () =>
        timeline(items, 100)
          .pipe(operator)
          .forEach((item) => void got.push([loop.now(), item])),
      { loop },
    );
    loop.advance(8);
    const timers = loop.timers;
    task.cancel();
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    expect([got, timers, loop.timers]).toEqual([given, 2, 0]); // the source's and the operator's
  });

  test("timers start with the first item", () => {
    for (const operator of [
      debounce<string>(10),
      sample<string>(10),
      throttle<string>(10),
      chunk<string>(9, { withinMs: 10 }),
    ]) {
      const loop = new VirtualLoop();
      const task = run(
        () =>
          timeline([[50, "x"]], 60)
            .pipe(operator as Operator<string, unknown>)
            .drain(),
        { loop },
      );
      loop.advance(40);
      expect(loop.timers).toBe(1); // the source's
      finish(loop, task);
    }
  });
});

describe("in time", () => {
  test("debounce gives the last of a burst, when it has been quiet", () => {
    expect(seen(timeline(burst, 50), debounce(10))).toEqual([[15, "c"], [40, "d"], 50]);
  });

  test("throttle gives the first of a burst, and with trailing its last", () => {
    expect(seen(timeline(burst, 50), throttle(10))).toEqual([[1, "a"], [30, "d"], 50]);
    expect(seen(timeline(burst, 50), throttle(10, { trailing: true }))).toEqual([[1, "a"], [11, "c"], [30, "d"], 50]);
    expect(seen(timeline(burst.slice(0, 3), 8, error), throttle(10, { trailing: true }))).toEqual([
      [1, "a"],
      [8, "c"],
      [8, error],
    ]);
  });

  test("sample gives the latest, a while after the first", () => {
    expect(seen(timeline(burst, 35), sample(10))).toEqual([[11, "c"], [35, "d"], 35]);
  });

  test("chunk by count or time", () => {
    expect(seen(timeline(burst, 35), chunk(2, { withinMs: 10 }))).toEqual([
      [3, ["a", "b"]],
      [15, ["c"]],
      [35, ["d"]],
      35,
    ]);
  });

  test.each([-1, Number.NaN])("%d ms is a RangeError at the call", (ms) => {
    for (const make of [
      () => debounce(ms),
      () => throttle(ms),
      () => sample(ms),
      () => chunk(1, { withinMs: ms }),
      () => interval(ms),
    ]) {
      expect(make).toThrow(RangeError);
    }
  });
});

describe("interval", () => {
  test("ticks from the first demand on, and leaves out what nobody asked for in time", () => {
    expect(seen(interval(10).pipe(take(3)) as Stream<never>, (up) => up as Stream<unknown>)).toEqual([
      [10, 0],
      [20, 1],
      [30, 2],
      30,
    ]);
    const ticks = play(function* (_root, loop) {
      const got: number[][] = [];
      yield* interval(10)
        .pipe(take(3))
        .forEach(function* (n) {
          got.push([n, loop.now()]);
          yield* sleep(25);
        });
      return got;
    });
    expect(ticks).toEqual([
      [0, 10],
      [2, 35],
      [5, 60],
    ]);
  });

  test.each([
    [1000 / 60, 0],
    [0.1, 0],
    [1.1, 0],
    [16.7, 3],
    [0.3, 0.1],
  ])("every %d ms from %d on, however that is rounded: each tick once, and none early", (ms, startMs) => {
    const ticks = play(function* (_root, loop) {
      yield* sleep(startMs);
      const got: number[] = [];
      yield* interval(ms)
        .pipe(take(500))
        .forEach((n) => {
          got.push(n);
          expect(loop.now()).toBeCloseTo(startMs + (n + 1) * ms, 6);
        });
      return got;
    });
    expect(ticks).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  test("keeps no timer after its run", () => {
    const loop = new VirtualLoop();
    const task = run(() => interval(10).drain(), { loop });
    loop.advance(25);
    task.cancel();
    thrownBy(() => finish(loop, task));
    expect(loop.timers).toBe(0);
  });
});

test("unfold makes items one from the other, as they are asked for", () => {
  const powers = unfold(1, (n) => (n > 20 ? undefined : ([n, n * 2] as const)));
  expect(play(() => powers.toArray())).toEqual([1, 2, 4, 8, 16]);
  expect(play(() => powers.pipe(take(2)).toArray())).toEqual([1, 2]);
});
