import { cancelWith, EventLoop, fulfil, makeCancelled, reject } from "@skein/future";
import { describe, expect, test } from "vitest";
import {
  all,
  bridge,
  call,
  checkpoint,
  coroutine,
  currentScope,
  currentTask,
  detach,
  Future,
  group,
  Lock,
  type Operation,
  run,
  type Scheduler,
  scope,
  settled,
  sleep,
  Task,
  type TaskGroup,
} from "../src/index.ts";
import { dump } from "../src/inspect/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { ending, lab, read, tell, thrown } from "./support.ts";

describe("a task", () => {
  test("TASK-001 gives what nested operations return", () => {
    const { play } = lab();
    function* inner(): Operation<number> {
      yield* sleep(1);
      return 42;
    }
    expect(
      play(function* () {
        return 1000 + (yield* inner());
      }),
    ).toBe("fulfilled 1042");
  });

  test.each<[string, (self: Task<unknown>) => Operation<unknown>]>([
    ["awaits", (self) => self],
    ["joins", (self) => self.join()],
  ])("TASK-003 that %s itself gets an error instead of a deadlock", (_, waits) => {
    const { play } = lab();
    let self: Task<unknown>;
    const end = play(function* (root) {
      self = root.spawn(function* narcissus() {
        yield* checkpoint();
        yield* waits(self);
      });
      yield* self.join();
    });
    expect(end).toMatch(/MisuseError: Cannot wait for task "narcissus" .*itself/);
  });

  test("TASK-004 cannot be settled from outside: it has no such method, and `cancel` only asks", () => {
    const { start, finish, loop } = lab();
    const task = start(function* () {
      try {
        yield* sleep(10);
      } catch {
        return "mine";
      }
      return "not reached";
    });
    loop.runUntilIdle();
    for (const name of ["resolve", "reject", "setResult", "setException"]) expect(name in task).toBe(false);
    const settlers = [
      () => fulfil(task, "9"),
      () => reject(task, new Error()),
      () => cancelWith(task, makeCancelled("no")),
    ];
    for (const settle of settlers) {
      expect(thrown(settle).message).toMatch(/^Cannot settle task ".*": it still runs; cancel it\.$/);
    }
    expect(task.cancel()).toBe(true);
    expect([task.state, task.phase]).toEqual(["pending", "cancelling"]);
    finish();
    expect(read(task)).toBe("fulfilled mine");
    expect(fulfil(task, "9")).toBe(false);
  });

  test("TASK-006 each of two interleaving tasks is the current one in its own code, and none is outside", () => {
    const { play, log, say } = lab();
    function* who(): Operation<void> {
      for (let i = 0; i < 2; i++) {
        say(`${currentTask()?.name}`);
        yield* sleep(1);
      }
      say(`${currentTask()?.name}`);
    }
    play(function* (root) {
      root.spawn(who(), { name: "a" });
      root.spawn(who(), { name: "b" });
    });
    expect(log).toEqual(["0 a", "0 b", "1 a", "1 b", "2 a", "2 b"]);
  });

  test("TASK-007 outside any task there is no current task and no current scope, and what needs one says so", () => {
    expect([currentTask(), currentScope()]).toEqual([undefined, undefined]);
    expect(thrown(() => [...group(function* () {})]).message).toBe(
      "Cannot use a scope or group here: no task is running; use it in one, by `yield*` or `run`.",
    );
  });

  test("TASK-010 without a name it is called after its function, else numbered; describe() shows it", () => {
    const { play } = lab();
    let names: string[] = [];
    play(function* main(root) {
      const nameless = [root.spawn(sleep(0)), root.spawn(sleep(0))];
      const tasks = [
        root.spawn(function* fetcher() {}),
        root.spawn(sleep(0), { name: "given" }),
        currentTask() as Task<unknown>,
      ];
      names = tasks.map((task) => task.describe());
      const numbers = nameless.map((task) => Number(/^task-(\d+)$/.exec(task.name)?.[1]));
      expect((numbers[1] as number) - (numbers[0] as number)).toBe(1);
    });
    expect(names).toEqual(['task "fetcher"', 'task "given"', 'task "main"']);
  });

  test("TASK-010 a name that is no string is stringified, of tasks, scopes and groups, whether it is given or the function's", () => {
    const { start, loop, finish } = lab();
    const wrong: [unknown, string][] = [
      [5, "5"],
      [5n, "5"],
      [Symbol("s"), "Symbol(s)"],
      [{}, "an object"],
      [Object.create(null), "an object"],
      [false, "false"],
    ];
    for (const [name, text] of wrong) {
      const options = { name: name as string };
      const named = Object.defineProperty(function* () {}, "name", { value: name });
      const task = start(function* (root) {
        const tasks = [
          root.spawn(sleep(1), options),
          root.spawn(named),
          detach(sleep(1), { ...options, onError() {} }),
        ];
        expect(tasks.map((each) => each.name)).toEqual([text, text === "false" ? expect.anything() : text, text]);
        yield* group(function* (g) {
          expect(g.describe()).toBe(`group "${text}"`);
          yield* scope(function* (s) {
            expect(s.describe()).toBe(`scope "${text}"`);
            yield* sleep(1);
          }, options);
        }, options);
      }, options);
      expect(task.name).toBe(text);
      if (Object(name) !== name) expect(new Lock(options).describe()).toBe(`lock "${text}"`);
      loop.runUntilIdle();
      expect(dump()).toContain(`group "${text}"`);
      finish();
      expect(task.state).toBe("done");
    }
  });

  test("TASK-012 F6 that returns a future has the future itself as its value", () => {
    const { start, finish, loop } = lab();
    const future = Future.resolve(1, { loop });
    const task = start(function* () {
      return future;
    });
    finish();
    expect(task.result()).toBe(future);
  });

  test("F6 that returns itself fails, since who awaited it natively would never be done", () => {
    const { start, finish, reports } = lab({ reports: true });
    const task: Task<unknown> = start(function* narcissus() {
      yield* checkpoint();
      return task;
    });
    finish();
    const message = 'Cannot resolve task "narcissus" with itself: it would never end';
    expect(reports).toEqual([`unheard rejection, narcissus: ${message}`]);
    expect(thrown(() => task.result())).toEqual(new TypeError(message));
  });

  test("TASK-013 an error awaited inside a handler keeps its own cause; the same error thrown again makes no cycle", () => {
    const { play } = lab();
    const cause = new Error("cause");
    const boom = new Error("boom", { cause });
    play(function* (root) {
      const child = root.spawn(
        function* () {
          throw boom;
        },
        { onError: "owner" },
      );
      try {
        try {
          yield* child;
        } catch (error) {
          throw (error as Error).message === "boom" ? error : new Error("another");
        }
      } catch (error) {
        expect(error).toBe(boom);
        expect((error as Error).cause).toBe(cause);
      }
    });
  });

  test("TASK-016 that cannot be scheduled leaves its group as it was, and the caller gets the error", () => {
    const { play, loop } = lab();
    let closed = false;
    const closing: Scheduler = {
      now: () => loop.now(),
      hold: (label) => loop.hold(label),
      reportError: (error, info) => loop.reportError(error, info),
      callLater: (ms: number, fn: (arg: never) => void, arg?: unknown) =>
        loop.callLater(ms, fn as (arg: unknown) => void, arg),
      callAt: (ms: number, fn: (arg: never) => void, arg?: unknown) =>
        loop.callAt(ms, fn as (arg: unknown) => void, arg),
      callSoon(fn: (arg: never) => void, arg?: unknown) {
        if (closed) throw new Error("the loop is closed");
        loop.callSoon(fn as (arg: unknown) => void, arg);
      },
    };
    const end = play(
      function* (root) {
        closed = true;
        const error = thrown(() => root.spawn(sleep(1)));
        closed = false;
        return error.message;
      },
      { loop: closing },
    );
    expect(end).toBe("fulfilled the loop is closed");
  });

  test("TASK-024 is made of anything that has the iterator of an operation", () => {
    const { play } = lab();
    const thing: Operation<string> = {
      *[Symbol.iterator]() {
        yield* sleep(1);
        return "custom";
      },
    };
    expect(
      play(function* (root) {
        return yield* root.spawn(thing);
      }),
    ).toBe("fulfilled custom");
  });

  test("TASK-034 of which the result is read too early says so; after a failure it throws the error itself", () => {
    const { start, finish, loop } = lab();
    const boom = new Error("boom");
    const task = start(function* () {
      yield* sleep(1);
      throw boom;
    });
    expect(thrown(() => task.result()).name).toBe("InvalidStateError");
    expect(task.outcome).toBeUndefined();
    ending(task);
    finish();
    expect(thrown(() => task.result())).toBe(boom);
    expect(task.outcome).toEqual({ status: "rejected", reason: boom });
    const good = start(() => Future.resolve(42, { loop }));
    finish();
    expect([good.result(), good.outcome]).toEqual([42, { status: "fulfilled", value: 42 }]);
  });

  test("TASK-036 is joined without its error being thrown", () => {
    const { play } = lab();
    const end = play(function* (root) {
      const good = root.spawn(function* () {
        return 1;
      });
      const bad = root.spawn(
        function* () {
          throw new Error("no");
        },
        { onError: "owner" },
      );
      const gone = root.spawn(sleep(1000));
      gone.cancel("bye");
      return [yield* good.join(), yield* bad.join(), yield* gone.join()].map((outcome) => tell(outcome.status));
    });
    expect(end).toBe('fulfilled ["fulfilled","rejected","cancelled"]');
  });

  test("TASK-037 given a function runs it in the spawner, and what it returns in the new task", () => {
    const { play, log, say } = lab();
    play(function* main(root) {
      root.spawn(
        () => {
          say(`function in ${currentTask()?.name}`);
          return (function* () {
            say(`body in ${currentTask()?.name}`);
          })();
        },
        { name: "child" },
      );
    });
    expect(log).toEqual(["0 function in main", "0 body in child"]);
  });

  test("goes through its phases", () => {
    const { start, loop, finish, log, say } = lab();
    const task: Task<void> = start(function* () {
      say(task.phase);
      try {
        yield* sleep(5);
      } finally {
        say(task.phase);
        yield* sleep(5);
      }
    });
    say(task.phase);
    loop.runUntilIdle();
    say(task.phase);
    task.cancel();
    say(task.phase);
    finish();
    say(task.phase);
    expect(log).toEqual(["0 created", "0 ready", "0 waiting", "0 cancelling", "0 cancelling", "5 ended"]);
  });

  test("is cancelled and awaited by `await using`'s method", async () => {
    const { start, loop, finish, log, say } = lab();
    const task = start(function* () {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(5);
        say("cleaned up");
      }
    });
    loop.runUntilIdle();
    const disposed = task[Symbol.asyncDispose]();
    disposed.then(() => say("disposed"));
    finish();
    expect(log).toEqual(["5 cleaned up", "5 disposed"]);
    expect(task.state).toBe("cancelled");
  });

  test("F7 a failed run that nobody listens to is reported once, by name", () => {
    const { start, finish, reports } = lab({ reports: true });
    start(function* lonely() {
      throw new Error("unheard of");
    });
    finish();
    expect(reports).toEqual(["unheard rejection, lonely: unheard of"]);
  });

  test("DEBUG-001 on a loop with `debug` that report says where the task was spawned", () => {
    const places = new Map<string | undefined, string | undefined>();
    const onError = (_error: unknown, info: { readonly name?: string; readonly scheduledAt?: string }): unknown =>
      places.set(
        info.name,
        info.scheduledAt?.split("\n").find((line) => line.includes("task.test.ts")),
      );
    const loop = new VirtualLoop({ debug: true, onError });
    function* faulty(): Operation<void> {
      yield* sleep(1);
      throw new Error("unheard of");
    }
    run(
      function* parent(root) {
        root.spawn(faulty, { name: "child", onError: "owner" });
        yield* sleep(2);
      },
      { loop },
    );
    run(faulty, { loop, name: "root" });
    while (loop.advanceToNext());
    expect([...places.keys()].sort()).toEqual(["child", "root"]);
    expect(places.get("child")).toMatch(/parent.*task\.test\.ts:\d+/);
    expect(places.get("root")).toMatch(/task\.test\.ts:\d+/);
  });

  test("a child's failure is heard by its group, also if nobody joins it; onError owner: by nobody, and reported", () => {
    const { play, reports } = lab({ reports: true });
    expect(
      play(function* (root) {
        root.spawn(function* () {
          throw new Error("a");
        });
      }),
    ).toBe("rejected GroupError [Error: a]");
    expect(
      play(function* (root) {
        root.spawn(
          function* kid() {
            throw new Error("b");
          },
          { onError: "owner" },
        );
      }),
    ).toBe("fulfilled undefined");
    expect(reports).toEqual(["unheard rejection, kid: b"]);
  });
});

describe("eager start", () => {
  test("TASK-025 a body that never waits is done when spawn returns", () => {
    const { play } = lab();
    expect(
      play(function* (root) {
        const task = root.spawn(
          function* () {
            return 42;
          },
          { eager: true },
        );
        return `${task.phase} ${task.result()}`;
      }),
    ).toBe("fulfilled ended 42");
  });

  test("TASK-027 the new task is current in its eager step, and the creator afterwards", () => {
    const { play, log, say } = lab();
    play(function* main(root) {
      root.spawn(
        function* kid() {
          say(`${currentTask()?.name}`);
          yield* sleep(1);
          say(`${currentTask()?.name}`);
        },
        { eager: true },
      );
      say(`${currentTask()?.name}`);
    });
    expect(log).toEqual(["0 kid", "0 main", "1 kid"]);
  });

  test("TASK-028 it is in its group during its eager step: its failure there cancels the group", () => {
    const { play, log, say } = lab();
    const end = play(function* (root) {
      const kid = root.spawn(
        function* () {
          throw new Error("at once");
        },
        { eager: true },
      );
      say(kid.phase);
      yield* sleep(1);
      say("not reached");
    });
    expect([end, ...log]).toEqual(["rejected GroupError [Error: at once]", "0 ended"]);
  });

  function callbacks(eager: boolean): number {
    const { play, loop } = lab();
    let scheduled = 0;
    const counting: Scheduler = Object.create(loop, {
      callSoon: {
        value(fn: (arg: unknown) => void, arg?: unknown) {
          scheduled++;
          loop.callSoon(fn, arg);
        },
      },
      callLater: { value: loop.callLater.bind(loop) },
      now: { value: () => loop.now() },
      reportError: { value: loop.reportError.bind(loop) },
    });
    function* tree(depth: number): Operation<void> {
      if (depth === 0) return;
      yield* group(function* (g: TaskGroup) {
        for (let i = 0; i < 5; i++) g.spawn(tree(depth - 1), { eager });
      });
    }
    play(() => tree(4), { loop: counting });
    return scheduled;
  }

  test("TASK-031 a tree of groups that never waits schedules nothing but its root; lazily, each of its 780 tasks", () => {
    const root = callbacks(true);
    expect(root).toBeLessThan(4); // the run itself, and who listens to its end
    expect(callbacks(false) - root).toBeGreaterThanOrEqual(780);
  });

  test("a cancel in its eager step, of itself or of its group, does not hang and spares nobody (GROUP-039)", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      yield* group(
        function* (g) {
          const kid = g.spawn(
            function* () {
              g.cancel("from inside");
              say("still running");
              yield* sleep(1000);
              say("not reached");
            },
            { eager: true },
          );
          say(read(kid));
          yield* kid.join();
          say("not reached");
        },
        { onCancel: () => say("group cancelled") },
      );
    });
    expect([end, ...log]).toEqual(["fulfilled undefined", "0 still running", "0 pending", "0 group cancelled"]);
  });
});

describe("waiting for a future", () => {
  test("CORO-003 gives its value, or throws its error, at the wait", () => {
    const { start, finish, loop, log, say } = lab();
    const good = Future.withResolvers<number>({ loop });
    const bad = Future.withResolvers<number>({ loop });
    const task = start(function* () {
      say(`got ${yield* good.future}`);
      try {
        yield* bad.future;
      } catch (error) {
        say(tell(error));
      }
    });
    loop.runUntilIdle();
    good.resolve(7);
    loop.runUntilIdle();
    bad.reject(new Error("bad"));
    finish();
    expect(log).toEqual(["0 got 7", "0 Error: bad"]);
    expect(task.state).toBe("done");
  });

  test("CORO-018 an error keeps the causes it was given on its way through handlers at two levels", () => {
    const { start, finish, loop } = lab();
    const wait = Future.withResolvers<void>({ loop });
    const task = start(function* () {
      try {
        try {
          yield* wait.future;
        } catch (error) {
          throw new Error("inner", { cause: error });
        }
      } catch (error) {
        throw new Error("outer", { cause: error });
      }
    });
    ending(task);
    loop.runUntilIdle();
    wait.reject(new Error("first"));
    finish();
    const outer = thrown(() => task.result());
    expect([outer, outer.cause, (outer.cause as Error).cause].map(tell)).toEqual([
      "Error: outer",
      "Error: inner",
      "Error: first",
    ]);
  });

  test("FUT-024 of another loop is refused, naming both and the way to do it", () => {
    const one = lab();
    const two = lab();
    const { future } = Future.withResolvers({ loop: two.loop, name: "theirs" });
    const end = one.play(function* ours() {
      yield* future;
    });
    expect(end).toMatch(
      /^rejected MisuseError: Cannot wait for future "theirs" .*"ours".*on another loop.*until\(future\)/,
    );
  });

  test("two loops in one process do not mix: each task runs on its own, and children with it", () => {
    const one = lab();
    const two = lab();
    function* program(name: string, { say, loop }: typeof one): Operation<void> {
      yield* sleep(1);
      expect(currentTask()?.loop).toBe(loop);
      say(name);
      yield* all([sleep(1), sleep(2)]);
      say(name);
    }
    const tasks = [one.start(() => program("one", one)), two.start(() => program("two", two))];
    one.finish();
    expect([one.log, two.log]).toEqual([["1 one", "3 one"], []]);
    two.loop.advance(0.5);
    two.finish();
    expect([...two.log, ...tasks.map(read)]).toEqual(["1 two", "3 two", "fulfilled undefined", "fulfilled undefined"]);
  });

  test("F5 a cancelled waiter leaves the future alone; a cancelled future is an ordinary error to who waits", () => {
    const { start, finish, loop, log, say } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const other = Future.withResolvers<number>({ loop });
    const waiter = start(function* () {
      yield* future;
    });
    const bystander = start(function* () {
      try {
        yield* other.future;
      } catch (error) {
        say(`${tell(error)}, ${currentTask()?.phase}`);
      }
      return yield* future;
    });
    loop.runUntilIdle();
    waiter.cancel();
    other.future.cancel("theirs");
    loop.runUntilIdle();
    resolve(5);
    finish();
    expect([read(waiter), read(bystander), ...log]).toEqual([
      "cancelled undefined",
      "fulfilled 5",
      "0 CancelledError theirs, ready",
    ]);
  });
});

describe("the edges of a run", () => {
  test("LOOP-030 LOOP-031 run rejects what is no function, and gives a root's error unwrapped", () => {
    const { play } = lab();
    const boom = new TypeError("mine");
    expect(
      play(function* () {
        throw boom;
      }),
    ).toBe("rejected TypeError: mine");
    expect(play(() => sleep(1))).toBe("fulfilled undefined");
  });

  test("CORO-004 a chain of a hundred nested operations costs no task and no pass", () => {
    const { start, finish, loop } = lab();
    const seen: string[] = [];
    function* chain(n: number): Operation<number> {
      return n === 0 ? 0 : 1 + (yield* n % 2 ? chain(n - 1) : call(chain(n - 1)));
    }
    const task = start(() => chain(100));
    loop.callSoon(() => seen.push(read(task))); // queued behind the first step of the task, so in the same pass
    finish();
    expect(seen).toEqual(["fulfilled 100"]);
  });

  test("CORO-006 a plain generator is neither a coroutine nor a task: only what was made one is", () => {
    const { start, finish } = lab();
    function* count(): Generator<number, number, void> {
      yield 1;
      return 2;
    }
    const plain = count();
    const made = coroutine(count)();
    const task = start(function* () {
      return 3;
    });
    for (const [thing, kinds] of [
      [plain, [false, false]],
      [made, [true, false]],
      [task, [false, true]],
    ] as const) {
      expect(["trySend" in thing, thing instanceof Task]).toEqual(kinds);
    }
    expect([plain.next(), made.tryNext()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 1 },
    ]);
    finish();
  });

  test("a CancelledError of a foreign scope is an ordinary error: it does not end a task as cancelled", () => {
    const { play } = lab();
    const end = play(function* (root) {
      const gone = root.spawn(sleep(1000));
      yield* checkpoint();
      gone.cancel("theirs");
      const results = yield* settled([
        function* () {
          yield* gone;
        },
      ]);
      return results.map(({ status }) => status);
    });
    expect(end).toBe('fulfilled ["rejected"]');
  });
});

test("await using throws what the cleanup failed with; that it was cancelled is no failure", () => {
  const here = lab();
  const told: unknown[] = [];
  const fails = here.start(function* () {
    try {
      yield* sleep(1e6);
    } finally {
      throw new Error("flush failed");
    }
  });
  const ends = here.start(() => sleep(1e6));
  here.loop.runUntilIdle();
  fails[Symbol.asyncDispose]().then(undefined, (error: Error) => told.push(error.message));
  ends[Symbol.asyncDispose]().then(() => told.push("ended"));
  here.loop.runUntilIdle();
  expect(told).toEqual(["flush failed", "ended"]);
});

test("a task that closes its own loop leaves nothing behind in the bridge, and blames nobody", async () => {
  const errors: unknown[] = [];
  const loop = new EventLoop({ onError: (error) => errors.push(error) });
  run(
    function* (root) {
      root.spawn(function* () {
        loop.close(); // its end would wake the root
      });
    },
    { loop },
  );
  loop.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([]);
  expect(currentTask()).toBeUndefined();
  expect(bridge).toEqual({ running: null, request: null, resumed: false, fuel: 0 });
});
