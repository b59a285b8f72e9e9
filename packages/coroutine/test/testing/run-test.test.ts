/*
 * `runTest` itself: whose time it is, and when it moves.
 */
import { describe, expect, test, vi } from "vitest";
import {
  ensure,
  Future,
  failAfter,
  group,
  moveOnAfter,
  type Operation,
  run,
  sleep,
  TimeoutError,
  until,
} from "../../src/index.ts";
import { explore, runTest, sweepCancel, TestFailedError } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

/** A turn of the host: after all promises. */
const hostTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("time", () => {
  test("LOOP-043 it starts at 0, jumps to what is due and never goes on by itself", async () => {
    const times = await runTest(function* (_root, t) {
      const seen = [t.now()];
      yield* sleep(10);
      seen.push(t.now());
      yield* sleep(90);
      return [...seen, t.now()];
    });
    expect(times).toEqual([0, 10, 100]);
  });

  test("ten virtual hours of heartbeats", async () => {
    const beats = await runTest(function* (_root, t) {
      let beats = 0;
      for (; t.now() < 36_000_000; beats++) yield* sleep(1_000);
      return beats;
    });
    expect(beats).toBe(36_000);
  });

  test("it stands still while something is held by hand, and goes on when that is released", async () => {
    const at = await runTest(function* (_root, t) {
      const hold = t.loop.hold("upload");
      const work = async (): Promise<void> => {
        for (let turn = 0; turn < 20; turn++) await hostTurn();
        hold.release();
      };
      void work();
      yield* sleep(5);
      return t.now();
    });
    expect(at).toBe(5);
  });

  test("it stands still while a native promise is waited for", async () => {
    const log: string[] = [];
    let fetched: (value: string) => void = () => {};
    const promise = new Promise<string>((resolve) => {
      fetched = resolve;
    });
    const running = runTest(function* (root, t) {
      root.spawn(function* () {
        yield* sleep(1);
        log.push(`slept until ${t.now()}`);
      });
      log.push(`${yield* until(promise)} at ${t.now()}`);
    });
    for (let turn = 0; turn < 5; turn++) await hostTurn();
    expect(log).toEqual([]);
    fetched("fetched");
    await running;
    expect(log).toEqual(["fetched at 0", "slept until 1"]);
  });

  test("promises that are settled already go before any timer, however long their chain", async () => {
    const value = await runTest(() =>
      failAfter(1, function* (): Operation<number> {
        const { future, resolve } = Future.withResolvers<number>();
        let chain = Promise.resolve(0);
        for (let i = 0; i < 100; i++) chain = chain.then((n) => n + 1);
        void chain.then(resolve);
        return yield* future;
      }),
    );
    expect(value).toBe(100);
  });

  test("a timeout is told to the millisecond", async () => {
    const failure = await rejection(runTest(() => failAfter(300_000, () => sleep(300_001))));
    expect(failure.cause).toBeInstanceOf(TimeoutError);
    expect(failure.log.at(-1)).toMatch(/^300000 /);
  });

  test("a promise that the host never settles fails the test by name", async () => {
    const failure = await rejection(runTest(() => until(new Promise(() => {})), { holdTimeoutMs: 1 }));
    expect(failure.message).toMatch(/waited for the host for 1 ms .* "promise of test"/);
  });

  test("fake timers around the test do not stop it", async () => {
    vi.useFakeTimers();
    try {
      const at = await runTest(function* (_root, t) {
        yield* until(Promise.resolve());
        yield* sleep(5);
        return t.now();
      });
      expect(at).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });

  test("what is run inside is run on the test's loop", async () => {
    const same = await runTest(function* (_root, t) {
      const task = run(() => sleep(5));
      yield* task;
      return task.loop === t.loop && t.now() === 5;
    });
    expect(same).toBe(true);
  });
});

describe("time by hand", () => {
  const manual = { time: "manual" } as const;

  test("advance runs what falls due, and nothing after", async () => {
    const log: string[] = [];
    await runTest(function* (root, t) {
      for (const ms of [10, 20, 30]) {
        root.spawn(function* () {
          yield* sleep(ms);
          log.push(`${ms} at ${t.now()}`);
        });
      }
      yield* t.advance(20);
      log.push(`advanced to ${t.now()}`);
      yield* t.advance(5);
      log.push(`advanced to ${t.now()}`);
      yield* t.advance(5);
    }, manual);
    expect(log).toEqual(["10 at 10", "20 at 20", "advanced to 20", "advanced to 25", "30 at 30"]);
  });

  test("advanceToNext jumps to the next deadline, and says where there is none", async () => {
    const jumps = await runTest(function* (root, t) {
      root.spawn(() => sleep(7));
      const jumps: unknown[] = [];
      for (let i = 0; i < 2; i++) jumps.push(yield* t.advanceToNext(), t.now());
      return jumps;
    }, manual);
    expect(jumps).toEqual([true, 7, false, 7]);
  });

  test("untilIdle lets all others go as far as they get without time", async () => {
    const log: string[] = [];
    await runTest(function* (root, t) {
      root.spawn(function* () {
        yield* until(Promise.resolve());
        log.push("promise");
        yield* sleep(1);
        log.push("sleep");
      });
      yield* t.untilIdle();
      log.push(`idle at ${t.now()}`);
      yield* t.advance(1);
    }, manual);
    expect(log).toEqual(["promise", "idle at 0", "sleep"]);
  });

  test("a wait that what falls due has cancelled is not woken a second time", async () => {
    const times = await runTest(function* (_root, t) {
      const wait = yield* moveOnAfter(5, () => t.advanceToNext());
      const times = [wait, t.now()];
      yield* t.advance(1);
      return [...times, t.now()];
    }, manual);
    expect(times).toEqual([undefined, 5, 6]);
  });

  test("advance moves time also while a promise is waited for: else its timeout could not be tested", async () => {
    const failure = await rejection(
      runTest(function* (root, t) {
        root.spawn(() => failAfter(50, () => until(() => new Promise(() => {}))));
        yield* t.advance(49);
        t.say("not yet");
        yield* t.advance(1);
      }, manual),
    );
    expect(failure.log).toContainEqual("49 test: not yet");
    expect(String(failure.cause)).toContain("Timed out after 50 ms");
  });

  test("a negative or endless advance is refused", async () => {
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const failure = await rejection(runTest((_root, t) => t.advance(ms), manual));
      expect(failure.cause).toBeInstanceOf(RangeError);
    }
  });
});

describe("a failure", () => {
  test("has the seed, the run, the log and the body's own error", async () => {
    const boom = new Error("boom");
    const failure = await rejection(
      runTest(
        function* main(root) {
          root.spawn(function* worker() {
            yield* sleep(5);
            return 42;
          });
          yield* sleep(9);
          throw boom;
        },
        { seed: 7, order: "fifo" },
      ),
    );
    expect(failure).toBeInstanceOf(TestFailedError);
    expect(failure).toMatchObject({ seed: 7, run: 0, code: "TEST_FAILED" });
    expect(failure.cause).toBe(boom);
    expect(failure.log).toEqual([
      "0 main: is started",
      "0 worker: is spawned by main",
      "0 main: waits for sleep(9)",
      "0 worker: waits for sleep(5)",
      "5 worker: returns 42",
      "9 main: fails: boom",
    ]);
    expect(failure.message).toContain("boom");
    expect(failure.message).toContain("SKEIN_SEED=7");
    expect(failure.message).toContain("5 worker: returns 42");
  });

  test("of a long test the log keeps the end, and says how much it leaves out", async () => {
    const failure = await rejection(
      runTest(function* main() {
        for (let i = 0; i < 36_000; i++) yield* sleep(1_000);
        throw new Error("in the end");
      }),
    );
    expect(failure.log.length).toBeLessThanOrEqual(20_001);
    expect(failure.log[0]).toMatch(/^… \d+ lines before$/);
    expect(failure.log.at(-1)).toBe("36000000 main: fails: in the end");
  });

  test("of two tasks of one name the log numbers the second", async () => {
    const failure = await rejection(
      runTest(function* main(root) {
        for (let i = 0; i < 2; i++) root.spawn(function* twin() {});
        yield* sleep(1);
        throw new Error("no");
      }),
    );
    expect(failure.log).toContain("0 twin: ends");
    expect(failure.log).toContain("0 twin#2: ends");
  });

  test("a rejection that nobody hears fails the test", async () => {
    const failure = await rejection(
      runTest(function* () {
        Future.reject(new Error("unheard"));
        yield* sleep(1);
      }),
    );
    expect(String(failure.cause)).toContain("unheard");
  });

  test("a body that is cancelled has failed", async () => {
    const failure = await rejection(
      runTest(function* (root) {
        root.cancel("enough");
        yield* sleep(1);
      }),
    );
    expect(failure.cause).toMatchObject({ reason: "enough" });
  });

  test("a test that goes on for ever is a failure", async () => {
    const failure = await rejection(
      runTest(
        function* () {
          for (;;) yield* sleep(1);
        },
        { maxJumps: 50 },
      ),
    );
    expect(failure.message).toMatch(/time has jumped 50 times, to 50 ms/);
  });

  test("is told before that its tasks do not end", async () => {
    const never = new Promise<void>(() => {});
    const hangs = {
      "for a promise": () => until(never),
      "for the time, which nobody moves any more": () => sleep(1_000),
    };
    for (const cleanup of Object.values(hangs)) {
      const failure = await rejection(
        runTest(
          function* (root, t) {
            root.spawn(function* () {
              yield* ensure(cleanup);
              yield* sleep(10);
            });
            yield* t.untilIdle();
            throw new Error("boom");
          },
          { time: "manual", holdTimeoutMs: 1 },
        ),
      );
      expect(failure).toMatchObject({ code: "TEST_FAILED", cause: { message: "boom" } });
      expect(failure.message).toContain("what was cancelled by that does not end");
    }
  });

  test("a livelock is a failure", async () => {
    const failure = await rejection(
      runTest(
        function* () {
          for (;;)
            yield* group(function* (g) {
              g.spawn(function* () {});
            });
        },
        { maxCallbacks: 1_000 },
      ),
    );
    expect(failure.cause).toMatchObject({ code: "LOOP_LIVELOCK" });
  });

  test("a wrong option is refused, naming it", async () => {
    const body = function* (): Operation<void> {};
    await expect(runTest(undefined as never)).rejects.toThrow("the body is no function");
    await expect(runTest(body, { order: "lifo" as never })).rejects.toThrow('the order is "lifo"');
    await expect(runTest(body, { time: "real" as never })).rejects.toThrow('time is "real"');
    await expect(runTest(body, { seed: Number.NaN })).rejects.toThrow("seed is NaN");
    await expect(runTest(body, { depth: 0 })).rejects.toThrow("depth is 0");
    for (const hostClock of [null, 5, "global"]) {
      await expect(runTest(body, { hostClock } as never)).rejects.toThrow(/^Cannot run a test: hostClock is /);
    }
    for (const name of ["holdTimeoutMs", "maxCallbacks", "maxJumps"]) {
      for (const value of [null, "5", Number.NaN, 0, -1]) {
        await expect(runTest(body, { [name]: value })).rejects.toThrow(
          new RangeError(`Cannot run a test: ${name} is ${value}; give a number from 1.`),
        );
      }
      await runTest(body, { [name]: Number.POSITIVE_INFINITY });
    }
    for (const options of [null, 5, "seed"]) {
      await expect(runTest(body, options as never)).rejects.toThrow("give an object");
    }
    // One that is misspelt would change nothing, and nobody would know.
    const known = "seed, order, depth, name, time, hostClock, leakCheck, holdTimeoutMs, maxCallbacks, maxJumps";
    const misspelt: [(options: never) => Promise<unknown>, string, string][] = [
      [(options) => runTest(body, options), "run a test", known],
      [(options) => explore(body, options), "explore", `${known}, seeds`],
      [(options) => sweepCancel(body, options), "sweep", `${known}, target, check, pairs, maxRuns`],
      [
        (options) => explore.exhaustive(body, options),
        "explore",
        "name, time, hostClock, leakCheck, holdTimeoutMs, maxCallbacks, maxJumps, maxRuns, maxSwitches",
      ],
    ];
    for (const [play, what, names] of misspelt) {
      await expect(play({ runs: 5 } as never)).rejects.toThrow(
        new TypeError(`Cannot ${what}: there is no option "runs"; give of ${names}.`),
      );
    }
  });

  test("tests that run beside each other do not hear of each other", async () => {
    const runs = Array.from({ length: 5 }, (_, i) =>
      rejection(
        runTest(
          function* () {
            yield* until(Promise.resolve());
            yield* sleep(i);
            throw new Error(`of ${i}`);
          },
          { name: `test ${i}` },
        ),
      ),
    );
    for (const [i, failure] of (await Promise.all(runs)).entries()) {
      expect(failure.log.every((line) => line.includes(`test ${i}:`))).toBe(true);
    }
  });
});
