/*
 * Many schedules of one body: what is found, told again by its seed, and shrunk to what it takes.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkpoint, Lock, type Operation, sleep, type TaskGroup, until } from "../../src/index.ts";
import { DeadlockError, explore, runTest, type TestControl, type TestFailedError } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

/** Fails if `late` is done before any of `early`. */
function* race(root: TaskGroup, early = 3): Operation<void> {
  const order: string[] = [];
  const steps = (name: string, count: number) =>
    root.spawn(
      function* () {
        for (let i = 0; i < count; i++) yield* checkpoint();
        order.push(name);
      },
      { name },
    );
  const tasks = [...Array.from({ length: early }, (_, i) => steps(`early ${i}`, 1)), steps("late", 6)];
  for (const task of tasks) yield* task;
  if (order[0] === "late") throw new Error("late was first");
}

afterEach(() => void vi.unstubAllEnvs());

describe("explore", () => {
  test("tries so many schedules and tells so", async () => {
    let runs = 0;
    const explored = await explore(
      function* () {
        runs++;
      },
      { seeds: 7, seed: 3 },
    );
    expect(explored).toEqual({ runs: 7, seed: 3 });
    expect(runs).toBe(7);
  });

  for (const order of ["random", "pct"] as const) {
    test(`${order} finds what a real loop's order hides`, async () => {
      await runTest((root) => race(root));
      const failure = await rejection(explore((root) => race(root), { order, seeds: 500 }));
      expect(failure.cause).toMatchObject({ message: "late was first" });
    });

    test(`LOOP-042 ${order}: the seed replays the failure, to the same log`, async () => {
      const failure = await rejection(explore((root) => race(root), { order, seeds: 500 }));
      const again = await rejection(explore((root) => race(root), { order, seed: failure.seed, seeds: 1 }));
      const inNoOrder = order === "random" ? {} : { order }; // a seed alone asks for random
      const alone = await rejection(runTest((root) => race(root), { ...inNoOrder, seed: failure.seed }));
      expect([again.log, alone.log]).toEqual([failure.log, failure.log]);
      expect(failure.seed).toBe(failure.run);
      expect(again).toMatchObject({ run: 0, switches: failure.switches });
    });
  }

  for (const order of ["random", "pct"] as const) {
    test(`${order} begins with a real loop's order, which is what seed 0 asks for`, async () => {
      const body = function* main(root: TaskGroup, t: TestControl): Operation<void> {
        yield* race(root);
        if (t.seed === 0) throw new Error("end");
      };
      const failure = await rejection(explore(body, { order }));
      expect(failure).toMatchObject({ run: 0, seed: 0, switches: [] });
      const plain = await rejection(
        runTest(function* main(root) {
          yield* race(root);
          throw new Error("end");
        }),
      );
      expect(failure.log).toEqual(plain.log);
      await explore(body, { order, seed: 2, seeds: 1 });
    });
  }

  test("LOOP-042 a seed means the same on every version of Node", async () => {
    const logOf = async (order: "random" | "pct", seed: number): Promise<string> => {
      const failure = await rejection(
        runTest(
          function* main(root) {
            yield* race(root, 2);
            throw new Error("end");
          },
          { order, seed },
        ),
      );
      return failure.log.join("\n");
    };
    expect(await logOf("random", 3)).toMatchInlineSnapshot(`
      "0 main: is started
      0 early 0: is spawned by main
      0 early 1: is spawned by main
      0 late: is spawned by main
      0 main: waits for task "early 0"
      0 early 0: waits for its next turn
      0 early 0: ends
      0 early 1: waits for its next turn
      0 early 1: ends
      0 main: waits for task "late"
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: ends
      0 main: fails: end"
    `);
    expect(await logOf("pct", 3)).toMatchInlineSnapshot(`
      "0 main: is started
      0 early 0: is spawned by main
      0 early 1: is spawned by main
      0 late: is spawned by main
      0 main: waits for task "early 0"
      0 early 1: waits for its next turn
      0 early 1: ends
      0 early 0: waits for its next turn
      0 early 0: ends
      0 main: waits for task "late"
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: waits for its next turn
      0 late: ends
      0 main: fails: end"
    `);
  });

  test("SKEIN_SEED goes before what the test says, and runs that one alone", async () => {
    const failure = await rejection(explore((root) => race(root), { seeds: 500, seed: 1_000 }));
    vi.stubEnv("SKEIN_SEED", String(failure.seed));
    const again = await rejection(explore((root) => race(root), { seeds: 500, seed: 1 }));
    expect(again).toMatchObject({ seed: failure.seed, run: 0, log: failure.log });
    vi.stubEnv("SKEIN_SEED", "2");
    expect(await explore(function* () {})).toEqual({ runs: 1, seed: 2 });
    vi.stubEnv("SKEIN_SEED", "two");
    await expect(explore(function* () {})).rejects.toThrow('SKEIN_SEED is "two"');
  });

  test("where the environment may not be read, as in Deno without a permission, it asks for nothing", async () => {
    const locked = new Proxy({}, { get: () => expect.unreachable("Requires env access") });
    const env = vi.spyOn(process, "env", "get").mockReturnValue(locked);
    const explored = await explore(function* () {}, { seeds: 2, seed: 5 });
    env.mockRestore();
    expect(explored).toEqual({ runs: 2, seed: 5 });
  });

  test("a schedule is shrunk to the choices that matter", async () => {
    const failure = await rejection(explore((root) => race(root), { seeds: 500 }));
    // "late" has to be ahead of each of three by its last step, and they start before it.
    expect(failure.switches?.length).toBeLessThanOrEqual(7);
    for (const line of failure.switches ?? [])
      expect(line).toMatch(/^at 0 ms "late" goes before "early \d"(, \d times)?$/);
    expect(failure.message).toContain(`what it takes:\n    ${failure.switches?.[0]}`);
    expect(failure.stack).toContain("what it takes:");
  });

  test("a failure's stack begins where the body failed, and lines that repeat are counted in its message", async () => {
    const failure = await rejection(
      explore(function* main(root) {
        root.spawn(function* poll() {
          for (let i = 0; i < 50; i++) yield* checkpoint();
        });
        yield* sleep(1);
        throw new Error("here");
      }),
    );
    const frames = (failure.stack ?? "").split("\n").filter((line) => /^ +at \S+ \(/.test(line));
    expect(frames[0]).toMatch(/explore\.test\.ts:\d+:\d+/);
    expect(frames.filter((line) => line.includes("/src/"))).toEqual([]);
    expect(failure.log.filter((line) => line === "0 poll: waits for its next turn")).toHaveLength(50);
    expect(failure.message).toContain("\n    0 poll: waits for its next turn, 50 times\n");
  });

  test("shrinking keeps to the failure that was found, where other orders fail otherwise", async () => {
    const either = function* (root: TaskGroup): Operation<void> {
      const log: string[] = [];
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            yield* checkpoint();
            log.push(name);
          },
          { name },
        );
      }
      yield* sleep(1);
      throw new Error(log.join());
    };
    const failures: TestFailedError[] = [];
    for (let seed = 1; seed <= 20; seed++) failures.push(await rejection(explore(either, { seed, seeds: 1 })));
    const switchesOf = (message: string) =>
      failures.find(({ cause }) => String(cause) === `Error: ${message}`)?.switches?.length;
    expect([switchesOf("a,b"), switchesOf("b,a")]).toEqual([0, 1]);
  });

  test("what is slow to fail is not tried again and again to shrink it", async () => {
    for (const hang of ["for the host", "for ever"] as const) {
      let runs = 0;
      const failure = await rejection(
        explore(
          function* (root) {
            runs++;
            const order: string[] = [];
            for (const name of ["a", "b"]) {
              root.spawn(function* () {
                yield* checkpoint();
                order.push(name);
                if (order[0] !== "b") return;
                if (hang === "for the host") yield* until(new Promise(() => {}));
                for (;;) yield* checkpoint();
              });
            }
          },
          { holdTimeoutMs: 5, maxCallbacks: 100_000 },
        ),
      );
      expect(failure.switches?.length).toBeGreaterThan(0);
      expect(runs - failure.run).toBeLessThan(15);
    }
  });

  test("what fails in any order takes no choice at all", async () => {
    const failure = await rejection(
      explore(function* (root) {
        root.spawn(() => checkpoint());
        yield* checkpoint();
        throw new Error("always");
      }),
    );
    expect(failure).toMatchObject({ run: 0, switches: [] });
    expect(failure.message).toContain("a real loop's order fails, too");
  });

  test("nobody is starved: a task that polls is given what it polls for", async () => {
    for (const order of ["random", "pct"] as const) {
      await explore(
        function* (root) {
          let done = false;
          root.spawn(function* () {
            yield* checkpoint();
            done = true;
          });
          while (!done) yield* checkpoint();
        },
        { order, seeds: 50 },
      );
    }
  });

  test("what one task does and what the loop calls back keep their order", async () => {
    await explore(function* (root, t) {
      const log: number[] = [];
      root.spawn(() => checkpoint());
      for (let i = 0; i < 5; i++) t.loop.callSoon((n) => void log.push(n), i);
      yield* t.untilIdle();
      if (log.join() !== "0,1,2,3,4") throw new Error(`out of order: ${log}`);
    });
  });

  test("time and promises are as in any test", async () => {
    await explore(
      function* (_root, t) {
        yield* until(Promise.resolve());
        yield* sleep(3_600_000);
        if (t.now() !== 3_600_000) throw new Error(`it is ${t.now()}`);
      },
      { seeds: 5 },
    );
  });

  test("the body's own chance comes from the seed, too", async () => {
    const drawn = new Map<number, number[]>();
    const draw = function* (_root: TaskGroup, t: TestControl): Operation<void> {
      drawn.set(t.seed, [...(drawn.get(t.seed) ?? []), t.random()]);
    };
    for (let i = 0; i < 2; i++) await explore(draw, { seeds: 3 });
    expect(drawn.size).toBe(3);
    for (const [first, second] of drawn.values()) expect(first).toBe(second);
  });

  test("Math.random is the seed's while the loop runs, and itself again outside", async () => {
    const { random } = Math;
    const draw = function* (_root: TaskGroup): Operation<number[]> {
      const drawn = [Math.random()];
      yield* sleep(1);
      return [...drawn, Math.random()];
    };
    const drawn = await runTest(draw, { seed: 5 });
    expect(await runTest(draw, { seed: 5 })).toEqual(drawn);
    expect(await runTest(draw, { seed: 6 })).not.toEqual(drawn);
    await rejection(
      runTest(function* () {
        throw new Error("no");
      }),
    );
    expect(Math.random).toBe(random);
  });

  test("a wrong option is refused", async () => {
    for (const seeds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null, "5"]) {
      await expect(explore(function* () {}, { seeds: seeds as number })).rejects.toThrow(`seeds is ${seeds}`);
    }
    await expect(explore(function* () {}, { seeds: [] })).rejects.toThrow(
      "Cannot explore: there are no seeds; give at least one.",
    );
    await expect(explore(function* () {}, { seeds: [1, 0.5] })).rejects.toThrow("a seed is 0.5; give a whole number.");
    await expect(explore(function* () {}, { seeds: [1], seed: 2 })).rejects.toThrow(
      "Cannot explore: there is a list of seeds and a seed; give one of them.",
    );
  });

  test("takes the seeds that it is given, in their order", async () => {
    const seen: number[] = [];
    const draw = function* (_: TaskGroup, t: TestControl): Operation<void> {
      seen.push(t.random());
    };
    expect(await explore(draw, { seeds: [5, 9, 5] })).toEqual({ runs: 3, seed: 5 });
    for (const seed of [5, 9, 5]) await runTest(draw, { seed });
    expect(seen.slice(0, 3)).toEqual(seen.slice(3));
    vi.stubEnv("SKEIN_SEED", "2");
    expect(await explore(draw, { seeds: [5, 9] })).toEqual({ runs: 1, seed: 2 });
  });
});

describe("explore.exhaustive", () => {
  test("counts every interleaving", async () => {
    const seen = new Set<string>();
    const body = function* (root: TaskGroup): Operation<void> {
      const steps: string[] = [];
      for (const name of ["a", "b"]) {
        root.spawn(function* () {
          for (let i = 0; i < 2; i++) {
            steps.push(name);
            yield* checkpoint();
          }
          if (steps.length === 4) seen.add(steps.join(""));
        });
      }
    };
    const { runs, complete } = await explore.exhaustive(body);
    expect(complete).toBe(true);
    expect([...seen].sort()).toEqual(["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
    expect(runs).toBeGreaterThanOrEqual(6);
    expect((await explore.exhaustive(body, { maxRuns: 4 })).complete).toBe(false);
    expect((await explore.exhaustive(body, { maxSwitches: 1 })).runs).toBeLessThan(runs);
  });

  test("finds the one schedule in many, by its number", async () => {
    const once = await rejection(explore.exhaustive((root) => race(root, 1)));
    const again = await rejection(explore.exhaustive((root) => race(root, 1)));
    expect(once.cause).toMatchObject({ message: "late was first" });
    expect(again).toMatchObject({ run: once.run, log: once.log, switches: once.switches });
  });

  test("says where the body is not the same each time", async () => {
    let run = 0;
    const failure = await rejection(
      explore.exhaustive(function* (root) {
        run++;
        for (let i = 0; i < 1 + run; i++) root.spawn(() => checkpoint());
      }),
    );
    expect(failure.message).toContain("make what the tasks share in the body");
  });

  test("a deadlock that needs a certain order is found, and only then", async () => {
    const failure = await rejection(explore.exhaustive(philosophers));
    expect(failure).toBeInstanceOf(DeadlockError);
    expect((failure as DeadlockError).cycle).toHaveLength(2);
  });
});

function* philosophers(root: TaskGroup): Operation<void> {
  const forks = [new Lock({ name: "fork 0" }), new Lock({ name: "fork 1" })];
  for (let i = 0; i < 2; i++) {
    root.spawn(
      function* () {
        const [first, second] = [forks[i], forks[1 - i]] as [Lock, Lock];
        yield* first.acquire();
        yield* checkpoint(); // a lock that is free is no switch
        yield* second.acquire();
        second.release();
        first.release();
      },
      { name: `philosopher ${i}` },
    );
  }
}
