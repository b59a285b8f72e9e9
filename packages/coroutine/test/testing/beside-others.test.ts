/*
 * The same bugs, hunted with what there is elsewhere: fake timers, and the scheduler of fast-check. Each is written as one
 * writes it there, by promises. What comes out stands in `docs/decisions/tests-own-time-and-chance.md`.
 */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkpoint, Lock, type Operation, sleep } from "../../src/index.ts";
import { DeadlockError, explore } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

afterEach(() => void vi.useRealTimers());

/** A lock for promises: first come, first served. */
class Mutex {
  private last: Promise<unknown> = Promise.resolve();
  acquire(): Promise<() => void> {
    let release: () => void = () => {};
    const mine = this.last.then(() => release);
    this.last = new Promise<void>((resolve) => {
      release = resolve;
    });
    return mine;
  }
}

/** Two transfers that take two locks in opposite orders; true once both are done. */
const transfers = (io: () => Promise<unknown>): (() => boolean) => {
  const [from, to] = [new Mutex(), new Mutex()];
  let done = 0;
  const transfer = async (first: Mutex, second: Mutex): Promise<void> => {
    const releaseFirst = await first.acquire();
    await io();
    const releaseSecond = await second.acquire();
    releaseSecond();
    releaseFirst();
    done++;
  };
  void transfer(from, to);
  void transfer(to, from);
  return () => done === 2;
};

/** One sibling loads what another one, a little slower, uses; gives what was wrong. */
const siblings = (io: () => Promise<unknown>): { readonly wrong: () => string | undefined } => {
  let config: string | undefined;
  let wrong: string | undefined;
  const load = async (): Promise<void> => {
    await io();
    config = "loaded";
  };
  const serve = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await io();
    if (config === undefined) wrong = "no config";
  };
  void load();
  void serve();
  return { wrong: () => wrong };
};

/** How many schedules fast-check needs; Infinity if 1,000 are not enough. */
const runsOf = async (body: (s: fc.Scheduler) => Promise<boolean>): Promise<number> => {
  const { failed, numRuns } = await fc.check(fc.asyncProperty(fc.scheduler(), body), { seed: 1, numRuns: 1_000 });
  return failed ? numRuns : Number.POSITIVE_INFINITY;
};

describe("an order assumed between siblings", () => {
  test("fake timers run the one order there is, and find nothing", async () => {
    vi.useFakeTimers();
    const { wrong } = siblings(() => new Promise((resolve) => setTimeout(resolve, 1)));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(wrong()).toBeUndefined();
  });

  test("fast-check finds it, once every wait is scheduled by hand", async () => {
    const runs = await runsOf(async (s) => {
      const { wrong } = siblings(s.scheduleFunction(async () => {}));
      await s.waitAll();
      return wrong() === undefined;
    });
    expect(runs).toBeLessThanOrEqual(50);
  });

  test("explore finds it, in the code as it is", async () => {
    const { run } = await rejection(
      explore(
        function* (root) {
          let config: string | undefined;
          root.spawn(function* load() {
            yield* checkpoint();
            config = "loaded";
          });
          root.spawn(function* serve() {
            for (let i = 0; i < 3; i++) yield* checkpoint();
            if (config === undefined) throw new Error("no config");
          });
        },
        { runs: 50 },
      ),
    );
    expect(run).toBeLessThan(50);
  });
});

describe("a deadlock of two locks", () => {
  test("fake timers see a promise that stays pending: only the framework's timeout would tell", async () => {
    vi.useFakeTimers();
    const done = transfers(() => new Promise((resolve) => setTimeout(resolve, 1)));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(done()).toBe(false);
  });

  test("fast-check runs out of work, and one has to ask whether all is done", async () => {
    const runs = await runsOf(async (s) => {
      const done = transfers(s.scheduleFunction(async () => {}));
      await s.waitAll();
      return done();
    });
    expect(runs).toBeLessThanOrEqual(5);
  });

  test("explore says who waits for whom", async () => {
    const transfer = (first: Lock, second: Lock) =>
      function* (): Operation<void> {
        yield* first.acquire();
        yield* sleep(1);
        yield* second.acquire();
      };
    const failure = await rejection<DeadlockError>(
      explore(function* (root) {
        const [from, to] = [new Lock({ name: "from" }), new Lock({ name: "to" })];
        root.spawn(transfer(from, to), { name: "a" });
        root.spawn(transfer(to, from), { name: "b" });
      }),
    );
    expect(failure).toBeInstanceOf(DeadlockError);
    expect(failure.cycle).toHaveLength(2);
  });
});
