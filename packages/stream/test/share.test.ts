import { group, run, scope, sleep, type TaskGroup, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { type End, from, Lagged, type ShareOptions, StoppedError, type Stream, share, take } from "../src/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

/** Counts from 1 to `count`, one every `everyMs`, and notes its life. */
function counter(seen: unknown[], count: number, everyMs = 1): Stream<number> {
  return from(function* () {
    seen.push("started");
    try {
      for (let n = 1; n <= count; n++) {
        yield* sleep(everyMs);
        yield n;
      }
    } finally {
      seen.push("stopped");
    }
  }) as Stream<number>;
}

/** Reads, spending `ms` on each item. */
function* slowly(stream: Stream<unknown>, ms: number, got: unknown[]) {
  yield* stream.forEach(function* (item) {
    got.push(item);
    yield* sleep(ms);
  });
}

describe("share", () => {
  test("runs the source once for all readers; a late one gets what is replayed and then the tail, without a gap", () => {
    const seen: unknown[] = [];
    const got = play(function* (root) {
      const shared = counter(seen, 6).pipe(share(root, { replay: 2 }));
      const early = root.spawn(() => shared.toArray());
      yield* sleep(4.5);
      const late = root.spawn(() => shared.toArray());
      return [yield* early, yield* late, yield* shared.toArray()];
    });
    expect(got).toEqual([
      [1, 2, 3, 4, 5, 6],
      [3, 4, 5, 6],
      [5, 6],
    ]);
    expect(seen).toEqual(["started", "stopped"]);
  });

  test("the last reader to leave stops it, after idleMs; the next starts it anew", () => {
    const seen: unknown[] = [];
    play(function* (root, loop) {
      const shared = counter(seen, 100).pipe(share(root, { idleMs: 10 }));
      yield* shared.pipe(take(2)).drain();
      yield* sleep(5.5);
      seen.push((yield* shared.first()) > 2, loop.now());
      yield* sleep(20);
      seen.push(yield* shared.first());
      root.cancel();
    } as (root: TaskGroup, loop: VirtualLoop) => Generator<never, void>);
    expect(seen).toEqual(["started", true, 8, "stopped", "started", 1, "stopped"]);
  });

  test("its failure reaches every present and later reader as the same object, and does not fail the owner", () => {
    const error = new Error("feed");
    const outcomes = play(function* (root) {
      const failing = from(function* (): Generator<number, void> {
        yield 1;
        throw error;
      });
      const shared = failing.pipe(share(root, { replay: 1 }));
      const present = [root.spawn(() => outcomeOf(shared.toArray())), root.spawn(() => outcomeOf(shared.toArray()))];
      yield* sleep(1);
      return [
        yield* present[0] as (typeof present)[0],
        yield* present[1] as (typeof present)[0],
        yield* outcomeOf(shared.toArray()),
      ];
    });
    expect(outcomes).toEqual([{ error }, { error }, { error }]);
  });

  test("when the owner is cancelled, every reader ends, stopped by the shutdown", () => {
    const ends: End[] = [];
    const outcome = play(function* (root) {
      let reader: ReturnType<typeof root.spawn<unknown>> | undefined;
      yield* group(
        function* (owner) {
          const shared = counter([], 100).pipe(share(owner));
          reader = root.spawn(() => outcomeOf(shared.onEnd((end) => void ends.push(end)).toArray()));
          yield* sleep(3);
          owner.cancel("closing time");
          yield* sleep(1);
        },
        { onCancel: () => {} },
      );
      return yield* reader as NonNullable<typeof reader>;
    });
    expect(outcome).toEqual({ error: expect.any(StoppedError) });
    expect(ends).toEqual([{ kind: "stopped", by: "shutdown", reason: "closing time" }]);
  });

  test("S6 opened when its owner has ended, or is being cancelled, it is stopped by the shutdown as well", () => {
    const seen: unknown[] = [];
    const read = (shared: Stream<unknown>) => outcomeOf(shared.onEnd((end) => void seen.push(end)).toArray());
    const stopped = (reason?: string) => ({ kind: "stopped", by: "shutdown", reason });
    play(function* () {
      let over: Stream<number> | undefined;
      yield* group(function* (owner) {
        over = counter(seen, 1).pipe(share(owner));
      });
      for (let n = 0; n < 2; n++) seen.push(yield* read(over as Stream<number>));
      yield* group(
        function* (owner) {
          over = counter(seen, 1).pipe(share(owner));
          const closing = counter(seen, 1).pipe(share(owner));
          owner.cancel("closing time");
          try {
            yield* sleep(1);
          } finally {
            yield* read(closing);
          }
        },
        { onCancel: () => {} },
      );
      yield* read(over as Stream<number>);
    });
    const outcome = { error: expect.any(StoppedError) };
    const late = stopped("closing time");
    expect(seen).toEqual([stopped(), outcome, stopped(), outcome, late, late]);
  });

  test("S5 what the cleanup throws when the last reader has left is nobody's: it is reported, once", () => {
    const error = new Error("cleanup");
    const reports: unknown[] = [];
    const loop = new VirtualLoop({ onError: (error, info) => void reports.push([error, info]) });
    const source = from(function* () {
      try {
        yield 1;
        yield* sleep(10);
      } finally {
        throw error;
      }
    });
    const task = run((root) => source.pipe(share(root)).first(), { loop });
    expect([finish(loop, task), reports]).toEqual([1, [[error, { what: "failed after its close", name: "share" }]]]);
  });

  test.each([0, 10, Number.POSITIVE_INFINITY])(
    "S4 a reader that asks for nothing starts nothing, with an idleMs of %d",
    (idleMs) => {
      const seen: unknown[] = [];
      play(function* (root, loop) {
        const shared = counter(seen, 3).pipe(share(root, { idleMs }));
        yield* scope(function* () {
          yield* use(shared.reader());
        });
        expect(loop.timers).toBe(0);
        yield* sleep(50);
        seen.push("nothing so far");
        yield* scope(function* () {
          yield* use(shared.reader());
          yield* sleep(5);
          seen.push(yield* shared.first()); // another reader starts it
          yield* sleep(20);
        });
        yield* sleep(20);
        seen.push("end");
      });
      expect(seen).toEqual(["nothing so far", "started", 1, "stopped", "end"]);
    },
  );

  test.each(["wait", "drop", "lag", "evict"] as const)(
    "items that are another share's Lagged are items: with slow: %s",
    (slow) => {
      const got = play(function* (root) {
        const behind = from([1, 2, 3]).pipe(share(root, { slow: "lag", capacity: 1 }));
        const shared = behind.pipe(share(root, { slow, capacity: slow === "wait" ? 1 : 4 }));
        const seen: unknown[] = [];
        yield* slowly(shared, 0, seen);
        return seen;
      });
      expect(got).toEqual([new Lagged(0, 2), 3]);
    },
  );

  test("a reader that was there before the start misses nothing", () => {
    const got = play(function* (root) {
      const shared = counter([], 3).pipe(share(root));
      return yield* scope(function* () {
        const reader = yield* use(shared.reader());
        const first = yield* shared.first();
        yield* sleep(10);
        return [first, (yield* reader.next()).value, (yield* reader.next()).value];
      });
    });
    expect(got).toEqual([1, 1, 2]);
  });

  test("S4 a reader that is closed twice leaves once: the idle time of the second close does not stop the next reader", () => {
    const seen: unknown[] = [];
    play(function* (root, loop) {
      const shared = counter(seen, 30).pipe(share(root, { idleMs: 10 }));
      const host = { wake() {}, waiting: false, owner: null, scheduler: loop };
      const source = shared.open(host, { push: () => true });
      source.pump(1);
      yield* sleep(2);
      source.close({ kind: "done" });
      source.close({ kind: "done" });
      yield* sleep(2);
      seen.push((yield* shared.toArray()).length);
    });
    expect(seen).toEqual(["started", "stopped", 27]);
  });

  const slowest = (options: ShareOptions) => {
    const slow: unknown[] = [];
    const fast: [number, number][] = [];
    const outcome = play(function* (root, loop) {
      const shared = counter([], 40).pipe(share(root, { capacity: 4, ...options })) as Stream<number>;
      const late = root.spawn(() => outcomeOf({ [Symbol.iterator]: () => slowly(shared, 10, slow) }));
      yield* shared.forEach((n) => void fast.push([n, loop.now()]));
      return yield* late;
    });
    return { slow, fast, outcome };
  };
  const onTime = Array.from({ length: 40 }, (_, n) => [n + 1, n + 1]);
  const all = Array.from({ length: 40 }, (_, n) => n + 1);

  test("slow wait: nobody misses anything, and the source goes at the pace of the slowest", () => {
    const { slow, fast, outcome } = slowest({ slow: "wait" });
    expect([slow, fast.map(([n]) => n), outcome]).toEqual([all, all, { value: undefined }]);
    expect((fast.at(-1) as [number, number])[1]).toBeGreaterThan(300);
  });

  test("STR-27 slow lag: a reader that is 1,000 behind does not change the times of one at the tail", () => {
    const times = (ms: number) =>
      play(function* (root, loop) {
        const shared = counter([], 1200).pipe(share(root, { slow: "lag", capacity: 4 }));
        const fast: [unknown, number][] = [];
        const slow: unknown[] = [];
        const late = root.spawn(() => slowly(shared, ms, slow));
        yield* shared.forEach((n) => void fast.push([n, loop.now()]));
        yield* late;
        return { fast, slow };
      });
    const { fast, slow } = times(1010);
    expect(fast).toEqual(times(0).fast);
    expect(slow[0]).toBe(1);
    expect((slow[1] as Lagged).missed).toBeGreaterThanOrEqual(1000);
  });

  test("slow lag: what a reader got and what it was told that it missed are all there is", () => {
    const { slow, fast } = slowest({ slow: "lag" });
    expect(fast).toEqual(onTime);
    const missed = slow.filter((item) => item instanceof Lagged).reduce((sum, { missed }) => sum + missed, 0);
    const got = slow.filter((item) => typeof item === "number");
    expect(missed + got.length).toBe(40);
    expect(missed).toBeGreaterThan(20);
  });

  test("slow drop: as lag, without being told", () => {
    const { slow, fast } = slowest({ slow: "drop" });
    expect(fast).toEqual(onTime);
    expect(slow.every((item) => typeof item === "number")).toBe(true);
    expect(slow.length).toBeLessThan(20);
  });

  test("slow evict: it is ended, stopped by lag, and the others go on", () => {
    const { slow, fast, outcome } = slowest({ slow: "evict" });
    expect(fast).toEqual(onTime);
    expect(outcome).toEqual({ error: expect.any(StoppedError) });
    expect((outcome as { error: StoppedError }).error.end).toMatchObject({ kind: "stopped", by: "lag" });
    expect(slow).toEqual([1]);
  });

  test("numbers out of range are refused at the call", () => {
    const loop = new VirtualLoop();
    finish(
      loop,
      run(
        function* (root) {
          for (const options of [
            { replay: -1 },
            { replay: 0.5 },
            { capacity: 0 },
            { capacity: Number.NaN },
            { idleMs: -1 },
          ]) {
            expect(thrownBy(() => share(root, options))).toBeInstanceOf(RangeError);
          }
        },
        { loop },
      ),
    );
  });
});
