import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { EventLoop } from "@skein/future";
import { describe, expect, test } from "vitest";
import {
  checkpoint,
  currentTask,
  detach,
  ensure,
  getEventLoop,
  group,
  type Operation,
  run,
  type Scheduler,
  sleep,
  type Task,
  type TaskGroup,
  until,
} from "../src/index.ts";
import { tasks } from "../src/inspect/index.ts";
import { roots } from "../src/task/roots.ts";
import { afterGarbage, caught, ending, lab, read, tell, thrown } from "./support.ts";

describe("run", () => {
  test("L1 runs nothing before it returns", () => {
    const { start, finish, log, say } = lab();
    start(function* () {
      say("main");
    });
    say("started");
    finish();
    expect(log).toEqual(["0 started", "0 main"]);
  });

  test("C3 rejects with main's own error unwrapped if there is no other, else with GroupError, main's first", () => {
    const { play } = lab();
    expect(
      play(function* () {
        throw new Error("own");
      }),
    ).toBe("rejected Error: own");
    const both = play(function* (root) {
      root.spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          throw new Error("child");
        }
      });
      yield* sleep(1);
      throw new Error("own");
    });
    expect(both).toBe("rejected GroupError [Error: own, Error: child]");
    expect(
      play(function* (root) {
        root.spawn(function* () {
          throw new Error("child");
        });
      }),
    ).toBe("rejected GroupError [Error: child]");
  });

  test("C3 so is the error of a cleanup that main has left, and it has main's as cause", () => {
    const { play } = lab();
    function* leaves(error?: Error): Operation<void> {
      yield* ensure(function* () {
        yield* sleep(1);
        throw new Error("cleanup");
      });
      if (error) throw error;
    }
    expect(play(() => leaves())).toBe("rejected Error: cleanup");
    const main = new Error("main");
    const { start, finish } = lab();
    const task = start(() => leaves(main));
    task.addDoneCallback(() => {});
    finish();
    expect(thrown(() => task.result()).cause).toBe(main);
    const together = play(function* (root) {
      root.spawn(function* () {
        throw new Error("child");
      });
      yield* leaves();
    });
    expect(together).toBe("rejected GroupError [Error: cleanup, Error: child]");
  });

  test("LOOP-039 what main posted right before it throws is run all the same", () => {
    const here = lab();
    const end = here.play(function* main(): Operation<void> {
      here.loop.callSoon(() => here.say("posted"));
      throw new Error("main");
    });
    expect([here.log, end]).toEqual([["0 posted"], "rejected Error: main"]);
  });

  test("root.cancel() ends the program", () => {
    const { start, finish, log, say } = lab();
    const task = start(function* (root) {
      root.spawn(function* () {
        yield* sleep(5);
        root.cancel("enough");
      });
      try {
        yield* sleep(1000);
      } finally {
        say("main over");
      }
    });
    const end = ending(task);
    finish();
    expect([end(), ...log]).toEqual(["cancelled enough", "5 main over"]);
  });

  test("nests: a run inside a task is a task of its own, on the same loop", () => {
    const { play, loop } = lab();
    const end = play(function* outer() {
      const inner = run(function* inner() {
        yield* sleep(5);
        return currentTask()?.name;
      });
      expect(inner.loop).toBe(loop);
      return [yield* inner, currentTask()?.name];
    });
    expect(end).toBe('fulfilled ["inner","outer"]');
  });

  test("TASK-015 a task waiting for a future that nobody else has is kept, and listed, until it ends", () => {
    const { start, loop, finish } = lab();
    const before = roots.size;
    const task = start(() => sleep(Number.POSITIVE_INFINITY));
    loop.runUntilIdle();
    expect(roots.has(task)).toBe(true);
    task.cancel();
    finish();
    expect([roots.size, roots.has(task)]).toEqual([before, false]);
  });

  test("a task on a loop that was closed is kept and listed no longer: it can never end", () => {
    const left = (): Task<void> => {
      const loop = new EventLoop();
      const task = run(() => sleep(1e6), { loop, name: "left" });
      loop.close();
      return task;
    };
    left();
    expect(tasks().map(({ name }) => name)).not.toContain("left");
    const held = Array.from({ length: 1000 }, () => new WeakRef(left()));
    expect(roots.size).toBeLessThan(100);
    return afterGarbage(() => expect(held.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(100));
  });

  test("TASK-016 on a closed loop it throws, and nothing is registered", () => {
    const { loop: open } = lab();
    const loop: Scheduler = Object.create(open, {
      callSoon: {
        value: () => {
          throw new Error("the loop is closed");
        },
      },
    });
    const before = roots.size;
    expect(thrown(() => run(function* () {}, { loop })).message).toMatch(/closed/);
    expect(roots.size).toBe(before);
  });
});

describe("run with a signal", () => {
  const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

  test("aborted already: the program runs to its first wait and is cancelled there, with the identical reason", () => {
    const { start, finish, log, say } = lab();
    const reason = new Error("before");
    const signal = AbortSignal.abort(reason);
    const task = start(
      function* () {
        say("started");
        yield* checkpoint();
        say("not reached");
      },
      { signal },
    );
    const end = ending(task);
    finish();
    expect([end(), listeners(signal), ...log]).toEqual(["cancelled Error: before", 0, "0 started"]);
    expect(task.outcome).toEqual({ status: "cancelled", reason });
  });

  test("aborted later: it is cancelled then, and the listener is gone", () => {
    const { start, loop, finish, log, say } = lab();
    const controller = new AbortController();
    const task = start(
      function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          say("cleaned up");
        }
      },
      { signal: controller.signal },
    );
    const end = ending(task);
    loop.advance(10);
    expect(listeners(controller.signal)).toBe(1);
    controller.abort("later");
    finish();
    expect([end(), listeners(controller.signal), ...log]).toEqual(["cancelled later", 0, "15 cleaned up"]);
  });

  test("F4 a thousand runs share one listener on their signal, and it is gone when they have ended otherwise", () => {
    const { start, finish } = lab();
    const controller = new AbortController();
    const ends = [
      function* () {},
      function* () {
        throw new Error("no");
      },
      () => sleep(5),
    ].flatMap((main) =>
      Array.from({ length: 333 }, () =>
        ending(start(main as (root: TaskGroup) => Operation<void>, { signal: controller.signal })),
      ),
    );
    expect(listeners(controller.signal)).toBe(1);
    finish();
    expect([listeners(controller.signal), new Set(ends.map((end) => end())).size]).toEqual([0, 2]);
    controller.abort();
  });

  test("L7 F7 the listener is no listener to the task's failure: that is reported", () => {
    const { start, finish, reports } = lab({ reports: true });
    start(
      function* lonely() {
        throw new Error("unheard of");
      },
      { signal: new AbortController().signal },
    );
    finish();
    expect(reports).toEqual(["unheard rejection, lonely: unheard of"]);
  });
});

describe("C6 detached work names where its errors go", () => {
  test("C6 onError is required, and hears of the failure once; a cancellation is none", () => {
    const { play, log, say } = lab();
    expect(thrown(() => detach(sleep(1), {} as never)).message).toMatch(
      /^Cannot detach a task: onError is undefined; give a function\.$/,
    );
    play(function* () {
      detach(
        function* () {
          throw new Error("lost");
        },
        { onError: (error) => say(tell(error)) },
      );
      const gone = detach(sleep(1000), { onError: (error) => say(tell(error)) });
      yield* sleep(1);
      gone.cancel();
    });
    expect(log).toEqual(["0 Error: lost"]);
  });

  test("C6 an onError that throws is reported by the loop", () => {
    const { play, reports } = lab({ reports: true });
    play(function* () {
      detach(
        function* () {
          throw new Error("first");
        },
        {
          onError: () => {
            throw new Error("second");
          },
        },
      );
    });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain("second");
  });

  test("C6 its failure leaves the run alone, and it outlives the group and the task that detached it", () => {
    const { play, log, say } = lab();
    const end = play(function* (root) {
      yield* root.spawn(() =>
        group(function* () {
          detach(
            function* () {
              yield* sleep(5);
              say("still there");
              throw new Error("lost");
            },
            { onError: (error) => say(tell(error)) },
          );
        }),
      );
      say("group over");
      yield* sleep(10);
      return "main's";
    });
    expect([end, ...log]).toEqual(["fulfilled main's", "0 group over", "5 still there", "5 Error: lost"]);
  });

  test("LOOP-025 when the run ends otherwise it is cancelled and waited for, and main's value is returned", () => {
    const { start, finish, log, say, loop } = lab();
    const task = start(function* () {
      detach(
        function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* sleep(7);
            say("detached over");
          }
        },
        { onError() {} },
      );
      yield* sleep(3);
      return "main's";
    });
    loop.advance(5);
    expect(read(task)).toBe("pending");
    finish();
    expect([read(task), ...log]).toEqual(["fulfilled main's", "10 detached over"]);
  });

  test("LOOP-027 main's error is what comes out, though the detached cleanup fails, too; that goes to its sink", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      detach(
        function* () {
          try {
            yield* sleep(1000);
          } finally {
            throw new Error("cleanup");
          }
        },
        { onError: (error) => say(tell(error)) },
      );
      yield* checkpoint();
      throw new Error("main's");
    });
    expect([end, ...log]).toEqual(["rejected Error: main's", "0 Error: cleanup"]);
  });

  test("a scope's cancel does not reach what was detached in it; the run's does", () => {
    const { start, loop, finish, log, say } = lab();
    const task = start(function* () {
      const failure = yield* caught(() =>
        group(function* (g) {
          detach(
            function* () {
              try {
                yield* sleep(1000);
              } catch (error) {
                say(tell(error));
                throw error;
              }
            },
            { onError() {} },
          );
          g.cancel();
          yield* sleep(1);
        }),
      );
      say(failure.name);
      yield* sleep(1000);
    });
    const end = ending(task);
    loop.advance(5);
    task.cancel("the run");
    finish();
    expect([end(), ...log]).toEqual(["cancelled the run", "0 CancelledError", "5 CancelledError the run"]);
  });

  test("outside any run it is a root of its own", () => {
    const { loop, finish, log, say } = lab();
    loop.callSoon(() => {
      const task = detach(
        function* audit() {
          yield* sleep(5);
          throw new Error("lost");
        },
        { onError: (error) => say(`${task.name}: ${tell(error)}`) },
      );
    });
    finish();
    expect(log).toEqual(["5 audit: Error: lost"]);
  });
});

describe("on the real loop", () => {
  test("a task is awaited from a native async function, gives its value, its error, its cancellation", async () => {
    const value = await run(function* () {
      yield* checkpoint();
      return 42;
    });
    const error = await run(function* () {
      throw new Error("no");
    }).catch(tell);
    const task = run(() => sleep(60_000));
    queueMicrotask(() => task.cancel("stop"));
    const cancelled = await task.catch(tell);
    expect([value, error, cancelled]).toEqual([42, "Error: no", "CancelledError stop"]);
  });

  test("Promise.all takes tasks, and they run side by side on the default loop", async () => {
    const order: number[] = [];
    const tasks = [2, 1].map((n) =>
      run(function* () {
        for (let i = 0; i < n; i++) yield* checkpoint();
        order.push(n);
        return n;
      }),
    );
    expect(tasks.map((task) => task.loop)).toEqual([getEventLoop(), getEventLoop()]);
    expect(await Promise.all(tasks)).toEqual([2, 1]);
    expect(order).toEqual([1, 2]);
  });

  test("tasks and async functions may wait for each other, many levels deep", async () => {
    async function outside(depth: number): Promise<number> {
      return depth === 0 ? 0 : 1 + (await run(() => inside(depth - 1)));
    }
    function* inside(depth: number): Operation<number> {
      return depth === 0 ? 0 : 1 + (yield* until(outside(depth - 1)));
    }
    expect(await run(() => inside(10))).toBe(10);
  });

  test("FUT-022 a run is shown with those who wait for it, and not with what the runtime has put there", () => {
    const { start, finish } = lab();
    const { signal } = new AbortController();
    const task = start(() => sleep(1), { name: "main", signal });
    expect(inspect(task)).toBe(`Future "main" { status: 'pending', waiters: [] }`);
    task.addDoneCallback(function audit() {});
    expect(inspect(task)).toBe(`Future "main" { status: 'pending', waiters: [ 'audit' ] }`);
    finish();
  });
});
