import { inspect as print } from "node:util";
import { describe, expect, test, vi } from "vitest";
import {
  call,
  coroutine,
  currentTask,
  Future,
  group,
  MisuseError,
  mapAll,
  type Operation,
  receiver,
  retry,
  scope,
  sleep,
  type Task,
  type Wait,
} from "../../src/index.ts";
import { dump, inspect } from "../../src/inspect/index.ts";
import type { InspectorSession } from "../../src/node/host.ts";
import { ending, lab, read, thrown } from "../support.ts";

const averager = coroutine(function* averager(first: number): Generator<number, string, number> {
  let sum = first;
  let count = 1;
  for (;;) {
    const average = sum / count;
    const next = yield average;
    if (next < 0) return "done";
    sum += next;
    count++;
  }
});

const nowhereElse = "Locals are not to be had here: only Node's inspector tells them, and this is not Node.";
const silent: InspectorSession = { connect() {}, disconnect() {}, on() {}, post() {} };
const fail = (message: string): never => {
  throw new Error(message);
};

describe("inspecting a coroutine", () => {
  test("shows its state and its live local variables by name, at each step", () => {
    const c = averager(10);
    const view = inspect(c);
    expect([view.name, view.state, view.locals]).toEqual(["averager", "created", undefined]);
    expect(view.unavailable).toBe("There are no locals: it has not begun.");
    c.tryNext();
    expect([view.state, view.locals]).toEqual([
      "suspended",
      expect.objectContaining({ first: 10, sum: 10, count: 1, average: 10 }),
    ]);
    c.trySend(20);
    expect(view.locals).toMatchObject({ first: 10, sum: 30, count: 2, average: 15 });
    c.trySend(-1);
    expect([view.state, view.locals, view.unavailable]).toEqual([
      "closed",
      undefined,
      "There are no locals: it has ended.",
    ]);
  });

  test("gives the values themselves, and what describes badly: NaN, -0, big integers, symbols, undefined", () => {
    const tag = Symbol("tag");
    const box = { deep: [1] };
    const c = receiver(function* (): Generator<void, void, unknown> {
      const values = [box, Number.NaN, -0, 12n, tag, undefined] as const;
      const [a, b, c, d, e, f] = values;
      yield;
      expect([a, b, c, d, e, f]).toEqual(values);
    })();
    const locals = inspect(c).locals ?? {};
    expect(Object.is(locals["a"], box)).toBe(true);
    expect([locals["b"], Object.is(locals["c"], -0), locals["d"], locals["e"], locals["f"]]).toEqual([
      Number.NaN,
      true,
      12n,
      tag,
      undefined,
    ]);
  });

  test("tells the file, line and column where it is suspended", () => {
    const c = averager(1);
    c.tryNext();
    const { location } = inspect(c);
    expect(location?.url).toMatch(/inspection\.test\.ts$/);
    expect(location?.line).toBeGreaterThan(1);
    c.trySend(1);
    expect(inspect(c).location).toEqual(location);
  });

  test("tells what it waits for while a step is under way", () => {
    const { start, finish, loop } = lab();
    const slow = coroutine(function* slow(): Generator<Wait, number, void> {
      const secret = "abc";
      yield* sleep(5) as Generator<Wait, void, void>;
      return secret.length;
    })();
    const task = start(() => slow.next());
    loop.runUntilIdle();
    expect([inspect(slow).state, inspect(slow).waitingFor, inspect(slow).locals]).toEqual([
      "running",
      "sleep(5)",
      { secret: "abc" },
    ]);
    finish();
    expect(read(task)).toContain("fulfilled");
  });

  test("names the inner variable where one shadows another, and shows those of the blocks it stands in", () => {
    function* shadows(): Generator<string> {
      const x = "outer";
      const y = x;
      {
        const x = "inner";
        yield x + y;
      }
    }
    const g = shadows();
    g.next();
    expect(inspect(g)).toMatchObject({ name: "shadows", state: "suspended", locals: { x: "inner", y: "outer" } });
    g.return(undefined);
    expect(inspect(g).state).toBe("closed");
  });

  test("shows no locals when the view is printed or serialised: only reading them does", () => {
    const c = receiver(function* (): Generator<void, void, string> {
      const password = "hunter2";
      yield;
      expect(password).toBe("hunter2");
    })();
    expect(inspect(c).locals).toEqual({ password: "hunter2" });
    expect([print(inspect(c)), JSON.stringify(inspect(c))].join()).not.toContain("hunter2");
  });
});

describe("inspecting a task", () => {
  test("shows the user's frame, not the runtime's, through run, scopes, groups, retry and mapAll", () => {
    const { start, finish, loop } = lab();
    const task = start(function* main() {
      const where = "main";
      yield* scope(() =>
        retry(function* attempt() {
          const place = `${where}/attempt`;
          yield* mapAll(
            [1],
            function* item(n) {
              const label = `${place}/item ${n}`;
              yield* sleep(5);
              return label;
            },
            { limit: 1 },
          );
        }),
      );
    });
    ending(task);
    loop.runUntilIdle();
    const view = inspect(task);
    expect([view.state, view.frames.map(({ fn }) => fn), view.locals]).toEqual([
      "waiting",
      ["attempt", "main"],
      { place: "main/attempt" },
    ]);
    finish();
  });

  test("DEBUG-004 gives the stack of the frames that `call` keeps, the innermost first", () => {
    const { start, finish, loop } = lab();
    function* depth(n: number): Operation<number> {
      if (n === 0) yield* sleep(1);
      else yield* call(depth(n - 1));
      return n;
    }
    const task = start(function* (root) {
      const child = root.spawn(() => depth(2), { name: "child" });
      yield* child;
    });
    loop.runUntilIdle();
    const child = currentChild(task);
    expect(inspect(child).frames.map(({ fn, locals }) => `${fn} ${locals["n"]}`)).toEqual([
      "depth 0",
      "depth 1",
      "depth 2",
    ]);
    expect(inspect(child).stack).toMatch(/^( {4}at depth \(.*inspection\.test\.ts:\d+:\d+\)\n?){3}$/);
    expect(child.stack()).toBe(inspect(child).stack);
    expect(inspect(child).waitingFor).toBe("sleep(1)");
    finish();
  });

  test("DEBUG-006 of a bare future has no frames, and tells which tasks wait for it; so of a task and a coroutine", () => {
    const { start, finish, loop } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop, name: "answer" });
    const slow = coroutine(function* slow(): Generator<number | Wait, void, void> {
      yield* future;
      yield 1;
    })();
    const task = start(function* main(root) {
      const worker = root.spawn(() => future, { name: "worker" });
      root.spawn(() => worker.join(), { name: "joiner" });
      root.spawn(() => slow.next(), { name: "asker" });
      yield* sleep(1);
    });
    future.then(() => {}); // no task
    const view = inspect(future);
    expect([view.name, view.state, view.awaitedBy, view.frames]).toEqual(["answer", "pending", [], []]);
    expect(view.unavailable).toBe("There are no locals: a future runs nothing.");
    loop.runUntilIdle();
    expect(view.awaitedBy).toEqual(["worker", "slow"]);
    expect(inspect(currentChild(task)).awaitedBy).toEqual(["joiner"]);
    expect([inspect(slow).awaitedBy, inspect(slow).waitingFor]).toEqual([["asker"], 'future "answer"']);
    resolve();
    ending(task);
    finish();
    expect([view.state, view.awaitedBy, inspect(task).awaitedBy]).toEqual(["done", [], []]);
  });

  test("shows a program's own function also if it is called as one of the runtime's", () => {
    const { start, finish, loop } = lab();
    function* mapWorker(): Operation<void> {
      yield* sleep(1);
    }
    function* runBlock(): Operation<void> {
      const operation = mapWorker();
      yield* operation;
    }
    const task = start(() => call(runBlock));
    loop.runUntilIdle();
    expect(inspect(task).frames.map(({ fn }) => fn)).toEqual(["runBlock"]);
    finish();
  });

  test("says so of one that is running, and of one that has ended", () => {
    const { start, finish } = lab();
    const task = start(function* () {
      const self = currentTask() as Task<unknown>;
      expect(inspect(self).unavailable).toBe("There are no locals to be had: it is running this very call.");
      expect([inspect(self).frames, inspect(self).stack]).toEqual([[], ""]);
      expect(self.stack()).toBe(`    at ${self.name}`);
      yield* group(function* () {});
    });
    finish();
    expect(read(task)).toBe("fulfilled undefined");
    expect([inspect(task).state, inspect(task).locals]).toEqual(["ended", undefined]);
  });

  test("leaves nothing behind", () => {
    const c = averager(1);
    c.tryNext();
    const before = Object.getOwnPropertySymbols(globalThis);
    void inspect(c).locals;
    expect(Object.getOwnPropertySymbols(globalThis)).toEqual(before);
  });
});

describe("inspecting", () => {
  test("refuses what is none of them", () => {
    expect(thrown(() => inspect(5 as never)).message).toBe(
      "Cannot inspect 5: give a coroutine, a task, a future or a generator.",
    );
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(() => inspect(proxy as never)).toThrow(
      new MisuseError("Cannot inspect unprintable: give a coroutine, a task, a future or a generator."),
    );
  });

  test("in a browser says that locals are not to be had", () => {
    const c = averager(1);
    c.tryNext();
    vi.stubGlobal("process", undefined);
    try {
      expect([inspect(c).locals, inspect(c).frames, inspect(c).state]).toEqual([undefined, [], "suspended"]);
      expect(inspect(c).unavailable).toBe(nowhereElse);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test.each<[string, InspectorSession]>([
    [
      "answers later, as Deno's",
      { ...silent, post: (_method, _params, answer) => queueMicrotask(() => answer(null, {})) },
    ],
    [
      "answers with an error, as Bun's may",
      { ...silent, post: (_method, _params, answer) => answer(new Error("no"), {}) },
    ],
    ["may not be connected to, as Deno's without a permission", { ...silent, connect: () => fail("not allowed") }],
  ])("says so, too, where the inspector %s", (_how, session) => {
    const c = averager(1);
    c.tryNext();
    const bare = (function* bare() {
      yield 1;
    })();
    const Session = () => session;
    const getBuiltinModule = vi.spyOn(process, "getBuiltinModule").mockReturnValue({ Session });
    try {
      expect([inspect(c).locals, inspect(c).frames, inspect(c).unavailable]).toEqual([undefined, [], nowhereElse]);
      expect([inspect(bare).name, inspect(bare).state, inspect(bare).locals]).toEqual([
        "(anonymous)",
        "unknown",
        undefined,
      ]);
      const { start, loop } = lab();
      const task = start(() => sleep(1), { name: "sleeper" });
      loop.runUntilIdle();
      expect(dump({ locals: true }).split("\n").at(-1)).toBe(nowhereElse);
      expect(task.stack()).toBe("    at sleeper");
      task.cancel();
      loop.runUntilIdle();
      expect(dump({ locals: true })).toBe("no tasks");
    } finally {
      getBuiltinModule.mockRestore();
    }
    expect(inspect(c).locals).toMatchObject({ first: 1 });
  });
});

function currentChild(task: Task<unknown>): Task<unknown> {
  let scope = task.scope;
  while (scope !== null && !("firstChild" in scope)) scope = scope.parent;
  return (scope as unknown as { firstChild: Task<unknown> }).firstChild;
}
