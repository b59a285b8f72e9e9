import { describe, expect, test, vi } from "vitest";
import { TaskGroup } from "../src/group/group.ts";
import {
  all,
  bridge,
  call,
  checkpoint,
  coroutine,
  currentTask,
  Future,
  group,
  type Operation,
  scope,
  sleep,
  type Task,
} from "../src/index.ts";
import { ending, lab, read } from "./support.ts";

describe("scale", () => {
  test("100,000 children in one group, each with a wait", () => {
    const { play } = lab();
    let sum = 0;
    const end = play(() =>
      group(function* (g) {
        for (let i = 0; i < 100_000; i++) {
          g.spawn(function* () {
            yield* checkpoint();
            sum++;
          });
        }
      }),
    );
    expect([end, sum]).toEqual(["fulfilled undefined", 100_000]);
  });

  test("100,000 parked children, cancelled: every finally runs, nobody waits on the future any more", () => {
    const { start, loop, finish } = lab();
    const { future } = Future.withResolvers<void>({ loop });
    let finallys = 0;
    const task = start(() =>
      group(function* (g) {
        for (let i = 0; i < 100_000; i++) {
          g.spawn(function* () {
            try {
              yield* future;
            } finally {
              finallys++;
            }
          });
        }
      }),
    );
    const end = ending(task);
    loop.runUntilIdle();
    task.cancel("stop");
    finish();
    expect([end(), finallys, future.firstWaiter]).toEqual(["cancelled stop", 100_000, null]);
  });

  function* scopes(depth: number, bottom: () => Operation<void>): Operation<void> {
    if (depth === 0) yield* bottom();
    else yield* scope(() => scopes(depth - 1, bottom));
  }

  test("1,000 scopes nested by yield*, waited in, and cancelled from outside", () => {
    const { start, loop, finish } = lab();
    for (const cancel of [false, true]) {
      const task = start(() => scopes(1000, () => sleep(10)));
      const end = ending(task);
      loop.runUntilIdle();
      if (cancel) task.cancel("stop");
      finish();
      expect(end()).toBe(cancel ? "cancelled stop" : "fulfilled undefined");
    }
  });

  test("5,000 nested scopes, waited in, and cancelled from outside and from the middle", () => {
    const { start, loop, finish } = lab();
    let middle: { cancel(reason?: unknown): boolean } | undefined;
    function* nested(depth: number): Operation<void> {
      if (depth === 0) yield* sleep(10);
      else {
        yield* scope(function* (s) {
          if (depth === 2500) middle = s;
          yield* call(nested(depth - 1));
        });
      }
    }
    for (const cancel of ["nothing", "middle", "whole"] as const) {
      const task = start(() => nested(5000));
      const end = ending(task);
      loop.runUntilIdle();
      if (cancel === "middle") middle?.cancel();
      if (cancel === "whole") task.cancel("stop");
      finish();
      expect(end()).toBe(cancel === "whole" ? "cancelled stop" : "fulfilled undefined");
    }
  });

  test("groups nested 500 deep, one task a level, cancelled at the top: every level ends before the one around it", () => {
    const { start, loop, finish } = lab();
    const ends: number[] = [];
    function* nested(depth: number): Operation<void> {
      try {
        if (depth === 0) yield* sleep(1000);
        else
          yield* group(function* (g) {
            g.spawn(nested(depth - 1));
          });
      } finally {
        ends.push(depth);
      }
    }
    const task = start(() => nested(500));
    const end = ending(task);
    loop.runUntilIdle();
    task.cancel("stop");
    finish();
    expect(end()).toBe("cancelled stop");
    expect(ends).toEqual(Array.from({ length: 501 }, (_, depth) => depth));
  });

  test("CANCEL-030 a cancel at the top of 500 nested groups comes to each of them once, not once for each around it", () => {
    const { start, loop, finish } = lab();
    const nest = (depth: number): Operation<void> =>
      group(function* (g) {
        if (depth > 0) g.spawn(() => nest(depth - 1));
        yield* sleep(1000);
      });
    const task = start(() => nest(500));
    const end = ending(task);
    loop.runUntilIdle();
    const reached = vi.spyOn(TaskGroup.prototype, "reached");
    task.cancel("stop");
    finish();
    const { length } = reached.mock.calls;
    reached.mockRestore();
    expect(end()).toBe("cancelled stop");
    expect(length).toBeLessThan(3 * 500);
  });

  test("CANCEL-030 a group of its own cleanupMs 0 is strict with children that were asked by a cancel from further out", () => {
    const { start, loop, finish, log, say } = lab();
    const task = start(() =>
      group(
        function* (g) {
          g.spawn(function* deaf() {
            for (let i = 0; i < 3; i++) {
              try {
                yield* sleep(10);
              } catch {
                say("thrown at");
              }
            }
          });
          yield* sleep(1000);
        },
        { cleanupMs: 0 },
      ),
    );
    const end = ending(task);
    loop.runUntilIdle();
    task.cancel("stop");
    finish();
    expect([end(), ...log]).toEqual(["cancelled stop", "0 thrown at", "0 thrown at", "0 thrown at"]);
  });

  test("an error 200 groups down comes out through every level, each error once", () => {
    const { play } = lab();
    function* nested(depth: number): Operation<void> {
      if (depth === 0) throw new Error("bottom");
      yield* group(function* (g) {
        g.spawn(nested(depth - 1));
      });
    }
    const end = play(() => nested(200));
    expect(end).toBe(`rejected ${"GroupError [".repeat(200)}Error: bottom${"]".repeat(200)}`);
  });

  test("a chain of 10,000 tasks, each waiting for the next, wakes without deep recursion", () => {
    const { play, loop } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const end = play(function* (root) {
      let last: Task<number> = root.spawn(() => future);
      for (let i = 0; i < 10_000; i++) {
        const next = last;
        last = root.spawn(function* () {
          return 1 + (yield* next);
        });
      }
      yield* checkpoint();
      resolve(0);
      return yield* last;
    });
    expect(end).toBe("fulfilled 10000");
  });

  test("eager steps nested 5,000 deep: beyond 200 they wait for their turn, as the stack is finite", () => {
    const { play } = lab();
    let before = 0;
    function* level(n: number): Operation<number> {
      if (n === 0) return 0;
      return yield* group(function* (g) {
        let begun = false;
        const task: Task<number> = g.spawn(
          function* () {
            begun = true;
            return yield* level(n - 1);
          },
          { eager: true },
        );
        if (begun) before++;
        return 1 + (yield* task);
      });
    }
    expect([play(() => level(5_000)), before > 4_000]).toEqual(["fulfilled 5000", true]);
    expect(bridge).toMatchObject({ running: null, request: null, resumed: false });
  });

  test("all of 10,000", () => {
    const { play } = lab();
    const end = play(function* () {
      const values = yield* all(Array.from({ length: 10_000 }, (_, i) => sleep(i % 7)));
      return values.length;
    });
    expect(end).toBe("fulfilled 10000");
  });

  test("1,000 ready answers, and then the pass is given up: others get their turn", () => {
    const { start, loop, finish } = lab();
    const done = Future.resolve(1, { loop });
    let steps = 0;
    let seen = -1;
    const task = start(function* () {
      for (let i = 0; i < 5000; i++) {
        yield* done;
        steps++;
      }
    });
    loop.callSoon(() =>
      loop.callSoon(() => {
        seen = steps;
      }),
    );
    finish();
    expect(read(task)).toBe("fulfilled undefined");
    expect(seen).toBeGreaterThanOrEqual(1000);
    expect(seen).toBeLessThanOrEqual(2000);
  });

  test("a coroutine stepped 100,000 times in one task takes turns with others, too", () => {
    const { start, loop, finish } = lab();
    let turns = 0;
    const task = start(function* () {
      const c = coroutine(function* (): Generator<number, void, void> {
        for (let i = 0; ; i++) yield i;
      })();
      for (let i = 0; i < 100_000; i++) yield* c.next();
      return currentTask()?.name;
    });
    const tick = (): void => {
      turns++;
      if (task.state === "pending") loop.callSoon(tick);
    };
    loop.callSoon(tick);
    finish();
    expect(turns).toBeGreaterThanOrEqual(100);
  });

  test("nothing is left in the bridge after all that", () => {
    expect([bridge.running, bridge.request, bridge.resumed]).toEqual([null, null, false]);
  });
});

test("a group that spawns and ends 100,000 times over keeps nothing", () => {
  const { play } = lab();
  play(() =>
    group(function* (g: TaskGroup) {
      for (let i = 0; i < 1000; i++) {
        for (let j = 0; j < 100; j++) g.spawn(function* () {}, { eager: true });
        expect(g.firstChild).toBeNull();
      }
    }),
  );
});
