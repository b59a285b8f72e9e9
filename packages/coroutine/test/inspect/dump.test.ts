import { afterEach, describe, expect, test, vi } from "vitest";
import {
  checkpoint,
  coroutine,
  detach,
  Future,
  group,
  Lock,
  moveOnAfter,
  type Operation,
  scope,
  shield,
  sleep,
  type Task,
  until,
  use,
  type Wait,
} from "../../src/index.ts";
import { dump, dumpOnSignal, instrument, snapshot, tasks, track } from "../../src/inspect/index.ts";
import { roots } from "../../src/task/roots.ts";
import { ending, lab, read, thrown } from "../support.ts";

afterEach(() => roots.clear()); // what a failed test has left would be in the next one's dump

describe("the list of tasks", () => {
  test("TASK-028 has a task during its eager step, and afterwards only if it waits", () => {
    const { play } = lab();
    const names = (): string[] => tasks().map(({ name }) => name);
    play(function* main(root) {
      root.spawn(
        function* done() {
          expect(names()).toEqual(["main", "done"]);
        },
        { eager: true },
      );
      root.spawn(
        function* waits() {
          yield* sleep(1);
        },
        { eager: true },
      );
      expect(names()).toEqual(["main", "waits"]);
    });
    expect(names()).toEqual([]);
  });

  test("has each task once, after who owns it, in the order of spawning; detached ones and coroutines too", () => {
    const { start, finish, loop } = lab();
    const task = start(function* main(root) {
      detach(() => sleep(1), { name: "detached", onError: () => {} });
      root.spawn(function* a() {
        yield* group(function* (g) {
          g.spawn(() => sleep(2), { name: "a1" });
          yield* sleep(2);
        });
      });
      root.spawn(function* b() {
        yield* sleep(2);
      });
      const gives = coroutine(function* gives(): Generator<number, void, void> {
        yield 1;
      })();
      gives.tryNext();
      yield* sleep(2);
    });
    ending(task);
    loop.runUntilIdle();
    expect(tasks().map(({ name }) => name)).toEqual(["main", "detached", "a", "a1", "b", "gives"]);
    finish();
    expect(tasks()).toEqual([]);
  });

  test("has what was detached outside any task", () => {
    const { loop } = lab();
    const { finish, start } = lab();
    void loop;
    let lone: Task<void> | undefined;
    const starter = start(function* () {});
    starter.loop.callSoon(() => {
      lone = detach(() => sleep(3), { name: "lone", onError: () => {} });
    });
    starter.loop.callLater(1, () => expect(tasks().map(({ name }) => name)).toEqual(["lone"]));
    finish();
    expect([lone?.phase, tasks()]).toEqual(["ended", []]);
  });
});

describe("a dump", () => {
  test("writes the tree: phases, waits and since when, ages, spawners, deadlines, cancels and their reasons", () => {
    const { start, finish, loop } = lab();
    using _tracking = track();
    const lock = new Lock({ name: "db" });
    const task = start(function* main(root) {
      root.spawn(function* writer() {
        yield* use(lock);
        yield* moveOnAfter(100, () => sleep(50));
      });
      yield* sleep(5);
      root.spawn(function* reader() {
        yield* lock.acquire();
        lock.release();
      });
      const stubborn = root.spawn(function* stubborn() {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(20);
        }
      });
      yield* sleep(1);
      stubborn.cancel("not wanted");
      const gives = coroutine(function* gives(): Generator<number, void, void> {
        yield 1;
      })();
      gives.tryNext();
      yield* shield(() => sleep(10));
    });
    loop.advance(10);
    expect(dump()).toBe(
      [
        "main [waiting]; waits for sleep(10) for 4 ms; 10 ms old",
        '  group "main"',
        "    writer [waiting]; waits for sleep(50) for 10 ms; 10 ms old; spawned by main",
        "      scope; deadline in 90 ms",
        '    reader [waiting]; waits for lock "db" (held by "writer") for 5 ms; 5 ms old; spawned by main',
        "    stubborn [cancelling]; waits for sleep(20) for 4 ms; 5 ms old; spawned by main; " +
          'cancelled 4 ms ago (task "stubborn" was cancelled by task "main": not wanted), insists in 4996 ms',
        "    coroutine gives [waiting]; waits for being asked for its next item; 4 ms old; spawned by main",
        "  shield",
      ].join("\n"),
    );
    ending(task);
    finish();
    expect(dump()).toBe("no tasks");
  });

  test("knows no times without `track`, and shows what is running, cancelled scopes and cleanup", () => {
    const { play, log, say } = lab();
    play(function* main(root) {
      yield* scope(
        function* (s) {
          s.cancel(new Error("too slow"));
          try {
            yield* checkpoint();
          } finally {
            yield* scope(
              function* () {
                say(`\n${dump()}`);
              },
              { name: "closing" },
            );
          }
        },
        { name: "request", cleanupMs: Number.POSITIVE_INFINITY },
      );
      void root;
    });
    expect(log.join().split("\n").slice(1)).toEqual([
      'main [running]; cancelled 0 ms ago (scope "request" was cancelled by task "main": too slow)',
      '  group "main"',
      '  scope "request"; cancelled 0 ms ago (scope "request" was cancelled by task "main": too slow)',
      '  cleanup "closing"',
    ]);
  });

  test("tells the cancel that a task is ending by also from inside a shield", () => {
    const { start, finish, loop } = lab();
    const task = start(function* main() {
      try {
        yield* sleep(100);
      } finally {
        yield* shield(() => sleep(10));
      }
    });
    loop.advance(1);
    task.cancel("enough");
    loop.advance(1);
    expect(dump().split("\n")[0]).toBe(
      'main [cancelling]; waits for sleep(10); cancelled 1 ms ago (task "main" was cancelled by code outside any task: enough), insists in 4999 ms',
    );
    ending(task);
    finish();
  });

  test("does not guess since when a coroutine waits that was stepped in its caller's stack", () => {
    const { start, finish, loop } = lab();
    using _tracking = track();
    const task = start(function* main() {
      const slow = coroutine(function* slow(): Generator<Wait | number, void, void> {
        yield 1;
        yield* sleep(10) as Generator<Wait, void, void>;
      })();
      slow.tryNext();
      yield* sleep(5);
      yield* slow.next();
    });
    loop.advance(7);
    expect(dump()).toContain("coroutine slow [waiting]; waits for sleep(10); 7 ms old; spawned by main");
    ending(task);
    finish();
  });

  test("ADV-55 lists a promise that went on although its task was cancelled, until it settles", async () => {
    const { start, finish, loop } = lab();
    let resolve = (): void => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    const task = start(function* stubborn() {
      yield* until(() => promise);
    });
    ending(task);
    loop.advance(2);
    task.cancel();
    loop.advance(1);
    expect(dump()).toBe('orphan: a promise that "stubborn" waited for and left at 2 ms');
    expect(snapshot().orphans).toEqual([{ task: "stubborn", sinceMs: 2 }]);
    resolve();
    await promise;
    await null;
    finish();
    expect(dump()).toBe("no tasks");
  });

  test("shows local variables only when asked to", () => {
    const { start, finish, loop } = lab();
    const task = start(function* main(root) {
      root.spawn(function* login() {
        const password = "hunter2";
        yield* sleep(1);
        return password;
      });
      const users = ["ada"];
      yield* sleep(1);
      return users;
    });
    loop.runUntilIdle();
    expect(dump()).not.toContain("hunter2");
    expect(JSON.stringify(snapshot())).not.toContain("hunter2");
    expect(
      dump({ locals: true })
        .split("\n")
        .map((line) => line.replace(/\(.*[\\/](.*\.ts):\d+:\d+\)/, "($1)")),
    ).toEqual([
      "main [waiting]; waits for sleep(1)",
      "  at main (dump.test.ts): root = a TaskGroup, users = an Array",
      '  group "main"',
      "    login [waiting]; waits for sleep(1)",
      '      at login (dump.test.ts): password = "hunter2"',
    ]);
    ending(task);
    finish();
  });

  test("refuses options and instruments that are no object", () => {
    for (const wrong of [null, 5, "locals"]) {
      expect(() => dump(wrong as never)).toThrow(/^Cannot dump the tasks: options is .*; give an object/);
      expect(() => instrument(wrong as never)).toThrow(/^Cannot instrument the tasks: options is .*; give an object/);
    }
  });

  test("is the same as data: plain, and safe to serialise", () => {
    const { start, finish, loop } = lab();
    using _tracking = track();
    const task = start(function* main() {
      yield* moveOnAfter(7, function* (s) {
        s.cancel({ code: 5 });
        yield* shield(() => sleep(2));
      });
    });
    loop.advance(1);
    const seen = snapshot();
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
    const cancel = {
      message: 'a scope of task "main" was cancelled by task "main": an object',
      reason: "an object",
      msAgo: 1,
      insistsInMs: 4999,
    };
    expect(seen).toEqual({
      tasks: [
        {
          name: "main",
          kind: "task",
          phase: "waiting",
          waitingFor: "sleep(2)",
          waitingMs: 1,
          ageMs: 1,
          spawnedBy: null,
          cancel: null,
          blocks: [
            { name: "main", kind: "group", deadlineInMs: null, cancel: null, tasks: [] },
            { name: "", kind: "scope", deadlineInMs: 6, cancel, tasks: [] },
            { name: "", kind: "shield", deadlineInMs: null, cancel: null, tasks: [] },
          ],
        },
      ],
      orphans: [],
    });
    ending(task);
    finish();
  });

  test("one line a task, whatever names and reasons hold", () => {
    const { start, loop, finish } = lab();
    const task = start(
      function* main() {
        yield* scope(
          function* (s) {
            s.cancel(new Error("two\nlines\u2028or\r\nthree\u001b[2J"));
            yield* shield(() => sleep(10));
          },
          { name: "x\ty" },
        );
      },
      { name: "root\n\nname" },
    );
    loop.runUntilIdle();
    const why = `cancelled 0 ms ago (scope "x\\ty" was cancelled by task "root\\n\\nname": two\\nlines\\u2028or\\r\\nthree\\u001b[2J), insists in 5000 ms`;
    expect(dump().split(/[\n\r\u2028]/)).toEqual([
      "root\\n\\nname [waiting]; waits for sleep(10)",
      '  group "root\\n\\nname"',
      `  scope "x\\ty"; ${why}`,
      "  shield",
    ]);
    finish();
    expect(read(task)).toBe("fulfilled undefined");
  });

  test("DEBUG-013 tells exactly which tasks live, and which of them can run", () => {
    const { start, loop, finish } = lab();
    const { future, resolve } = Future.withResolvers<void>({ loop });
    const seen: string[][] = [];
    const see = (): unknown => seen.push(tasks().map(({ name, phase }) => `${name} ${phase}`));
    const task = start(function* main(root) {
      root.spawn(() => future, { name: "waiter", eager: true });
      root.spawn(sleep(5), { name: "sleeper", eager: true });
      root.spawn(function* late() {});
      see();
      resolve();
      yield* sleep(1);
      see();
    });
    ending(task);
    see();
    loop.runUntilIdle();
    see();
    finish();
    see();
    expect(seen).toEqual([
      ["main created"],
      ["main ready", "waiter waiting", "sleeper waiting", "late created"],
      ["main waiting", "sleeper waiting"],
      ["main ready", "sleeper waiting"],
      [],
    ]);
  });

  test("DEBUG-018 shows a scope as open with the time to its deadline, and as cancelled; one that was left is gone", () => {
    const { play, log, say } = lab();
    const kinds = (): string =>
      JSON.stringify(
        snapshot()
          .tasks[0]?.blocks.slice(1)
          .map(({ deadlineInMs, cancel }) => [deadlineInMs, cancel?.msAgo]),
      );
    play(function* () {
      yield* moveOnAfter(10, function* (s) {
        say(kinds());
        yield* sleep(4);
        say(kinds());
        s.cancel();
        say(kinds());
      });
      say(kinds());
    });
    expect(log).toEqual(["0 [[10,null]]", "4 [[6,null]]", "4 [[6,0]]", "4 []"]);
  });

  test("of a tree 3,000 tasks deep does not run out of stack", () => {
    const { start, finish, loop } = lab();
    function* nest(depth: number): Operation<void> {
      yield* group(function* (g) {
        if (depth > 0) g.spawn(() => nest(depth - 1));
        yield* sleep(1);
      });
    }
    const task = start(() => nest(3000));
    ending(task);
    loop.runUntilIdle();
    const lines = dump().split("\n");
    expect([tasks().length, lines.length]).toEqual([3001, 3001 * 2 + 1]);
    expect([lines[31], lines.at(-1)].map((line) => line?.trim())).toEqual([
      expect.stringMatching(/^task-\d+ \[waiting\]; waits for sleep\(1\)$/),
      "(6001) group",
    ]);
    finish();
  });

  test("is written at a signal, until it is stopped", () => {
    const written: string[] = [];
    const listeners = process.listenerCount("SIGUSR2");
    const watching = dumpOnSignal((text) => written.push(text));
    process.emit("SIGUSR2");
    watching.stop();
    expect([written, process.listenerCount("SIGUSR2")]).toEqual([["no tasks"], listeners]);
    vi.stubGlobal("process", undefined);
    const { message } = thrown(() => dumpOnSignal(() => {}));
    vi.unstubAllGlobals();
    expect(message).toBe("Cannot dump on SIGUSR2: only Node has signals, and this is not Node; call dump() yourself.");
  });
});
