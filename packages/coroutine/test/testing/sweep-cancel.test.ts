/*
 * A body cancelled at every wait, and at every pair of them.
 */
import { describe, expect, test } from "vitest";
import { Lock, type Operation, Semaphore, sleep, type TaskGroup, until, use } from "../../src/index.ts";
import { LeakError, sweepCancel } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

/** Two waits to work, one to clean up. */
function* work(log: string[] = []): Operation<string> {
  try {
    yield* sleep(1);
    yield* sleep(1);
    return "done";
  } finally {
    yield* sleep(1);
    log.push("clean");
  }
}

describe("sweepCancel", () => {
  test("cancels at each wait, then at each pair, and tells how it ended", async () => {
    const seen: string[] = [];
    const swept = await sweepCancel(() => work(), {
      check({ outcome, cancelledAt }) {
        seen.push(`${cancelledAt.join("+")} ${outcome.status}`);
      },
    });
    expect(seen).toEqual([" fulfilled", "1 cancelled", "2 cancelled", "3 cancelled", "1+2 cancelled", "2+3 cancelled"]);
    expect(swept).toEqual({ runs: 6, waits: 3 });
  });

  test("cleanup that begins is not cut off by a second cancel", async () => {
    const logs: string[][] = [];
    await sweepCancel(() => {
      const log: string[] = [];
      logs.push(log);
      return work(log);
    });
    // At its third wait it cleans up after being done, which is work as any other.
    expect(logs.map((log) => log.join())).toEqual(["clean", "clean", "clean", "", "clean", "clean"]);
  });

  test("children are cancelled, too, in any order of the loop", async () => {
    const lock = () => new Lock();
    for (const order of ["fifo", "random", "pct"] as const) {
      const { runs } = await sweepCancel(
        function* (root) {
          const shared = lock();
          for (let i = 0; i < 3; i++) {
            root.spawn(function* () {
              yield* use(shared);
              yield* sleep(1);
            });
          }
          yield* sleep(2);
        },
        { order },
      );
      expect(runs).toBeGreaterThan(20);
    }
  });

  test("finds the wait at which something leaks, and says which", async () => {
    const failure = await rejection<LeakError>(
      sweepCancel(function* () {
        const pages = new Semaphore(1, { name: "pages" });
        yield* sleep(1);
        yield* pages.acquire();
        yield* sleep(1);
        pages.release(); // not in a `finally`
      }),
    );
    expect(failure).toBeInstanceOf(LeakError);
    expect(failure.leaks).toMatchObject([{ kind: "permits", name: "pages (1 missing)" }]);
    expect(failure.run).toBe(2);
    expect(failure.message).toContain("cancelled at wait 2");
    expect(failure.log).toContain("1 outside: cancels the test at wait 2");
  });

  test("the second cancel comes while the first is under way", async () => {
    const failure = await rejection(
      sweepCancel(() => work(), {
        check: ({ cancelledAt }) => expect(cancelledAt.length).toBeLessThan(2),
      }),
    );
    expect(failure.log).toEqual([
      "0 test: is started",
      "0 test: waits for sleep(1)",
      "0 outside: cancels the test at wait 1",
      "0 test: is told that it was cancelled",
      "0 test: waits for sleep(1)",
      "0 outside: cancels the test at wait 2",
      "1 test: waits for its next turn",
      "1 test: is told that it was cancelled",
      "1 test: ends cancelled: cancelled at wait 2",
    ]);
  });

  test("a check that fails is the cause", async () => {
    const failure = await rejection(
      sweepCancel(() => work(), {
        async check({ cancelledAt }) {
          await Promise.resolve();
          if (cancelledAt.join() === "1,2") throw new Error("not so");
        },
      }),
    );
    expect(failure).toMatchObject({ run: 4, cause: { message: "not so" } });
    expect(failure.message).toContain("cancelled at wait 1 and then at 2");
  });

  test("a body that is cancelled by itself has failed, too", async () => {
    const failure = await rejection(
      sweepCancel(function* (root) {
        root.cancel("by itself");
        yield* sleep(1);
      }),
    );
    expect(failure).toMatchObject({ run: 0, cause: { reason: "by itself" } });
  });

  test("a body that fails by itself is told of first", async () => {
    const failure = await rejection(
      sweepCancel(function* () {
        yield* sleep(1);
        throw new Error("anyway");
      }),
    );
    expect(failure).toMatchObject({ run: 0, cause: { message: "anyway" } });
  });

  test("what a promise is waited for is aborted", async () => {
    let running = 0;
    await sweepCancel(
      () =>
        until((signal) => {
          running++;
          return new Promise<void>((resolve) => {
            signal.addEventListener("abort", () => resolve(), { once: true });
            if (running === 1) resolve();
          }).finally(() => running--);
        }),
      { check: () => expect(running).toBe(0) },
    );
  });

  test("cancels a task in the body, too, and then the body while that is under way", async () => {
    const ends: string[] = [];
    const body = function* (root: TaskGroup): Operation<string> {
      const worker = root.spawn(() => work(), { name: "worker", onError: "owner" });
      yield* sleep(1);
      return (yield* worker.join()).status;
    };
    const { waits } = await sweepCancel(body, {
      target: "worker",
      check: ({ outcome, cancelledAt }) => {
        const end = outcome.status === "fulfilled" ? outcome.value : "all cancelled";
        ends.push(`${cancelledAt.join("+")} ${end}`);
      },
    });
    expect(waits).toBe(5);
    expect(ends.slice(0, 6)).toEqual([
      " fulfilled",
      "1 cancelled",
      "2 cancelled",
      "3 cancelled",
      "4 cancelled",
      "5 cancelled",
    ]);
    expect(ends.slice(6)).toContain("1+2 all cancelled");
  });

  test("finds what a task leaves behind that is cancelled while its siblings go on", async () => {
    const failure = await rejection<LeakError>(
      sweepCancel(
        function* (root) {
          const pages = new Semaphore(2, { name: "pages" });
          const worker = root.spawn(
            function* () {
              yield* pages.acquire();
              yield* sleep(1);
              pages.release();
            },
            { name: "worker", onError: "owner" },
          );
          yield* worker.join();
        },
        { target: "worker", pairs: false },
      ),
    );
    expect(failure.leaks).toMatchObject([{ kind: "permits", name: "pages (1 missing)" }]);
    expect(failure.log.filter((line) => line.startsWith("0 outside:"))).toEqual([
      expect.stringMatching(/^0 outside: cancels "worker" at wait \d$/),
    ]);
  });

  test("the number of runs is bounded, and spread", async () => {
    const seen: string[] = [];
    const long = function* (): Operation<void> {
      for (let i = 0; i < 10; i++) yield* sleep(1);
    };
    const { runs, waits } = await sweepCancel(long, {
      maxRuns: 5,
      check: ({ cancelledAt }) => void seen.push(cancelledAt.join()),
    });
    expect({ runs, waits, seen }).toEqual({ runs: 5, waits: 10, seen: ["", "3", "5", "8", "10"] });
    expect((await sweepCancel(long, { pairs: false })).runs).toBe(11);
    await expect(sweepCancel(long, { maxRuns: 0 })).rejects.toThrow("maxRuns is 0");
    // It would sweep nothing, and say that all is well.
    await expect(sweepCancel(long, { target: "misspelt" })).rejects.toThrow(
      'Cannot sweep: there was no task "misspelt" to cancel; give the name of a task that the body spawns.',
    );
  });
});
