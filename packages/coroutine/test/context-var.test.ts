import { describe, expect, test } from "vitest";
import { ContextVar, coroutine, detach, group, mapAll, run, sleep, type Task } from "../src/index.ts";
import { caught, lab, tell, thrown } from "./support.ts";

describe("a context variable", () => {
  test("TASK-018 is each task's own: 100 tasks that set it ten times around sleeps read back only their own values", () => {
    const { play } = lab();
    const variable = new ContextVar<string>("mine");
    const seen: string[] = [];
    play(function* (root) {
      for (let task = 0; task < 100; task++) {
        root.spawn(function* () {
          for (let round = 0; round < 10; round++) {
            variable.set(`${task}:${round}`);
            yield* sleep((task * 7 + round) % 5);
            if (variable.get() !== `${task}:${round}`) seen.push(`${task}:${round} saw ${variable.get()}`);
          }
        });
      }
    });
    expect(seen).toEqual([]);
  });

  test("is copied at spawn: later sets of the spawner are not seen by the child, nor the child's by the spawner", () => {
    const { play, log, say } = lab();
    const variable = new ContextVar("v", { default: "default" });
    play(function* (root) {
      variable.set("at spawn");
      const child = root.spawn(function* child() {
        say(`child: ${variable.get()}`);
        variable.set("child's");
        root.spawn(function* grandchild() {
          say(`grandchild: ${variable.get()}`);
        });
      });
      variable.set("later");
      yield* child;
      say(`spawner: ${variable.get()}`);
    });
    expect(log).toEqual(["0 child: at spawn", "0 grandchild: child's", "0 spawner: later"]);
  });

  test("TASK-021 a detached task has what its spawner had, as every other", () => {
    const { play, log, say } = lab();
    const variable = new ContextVar("v", { default: "before" });
    play(function* () {
      variable.set("changed");
      detach(
        function* () {
          say(variable.get());
        },
        { onError: () => {} },
      );
      yield* sleep(1);
    });
    expect(log).toEqual(["0 changed"]);
  });

  test("TASK-030 set in an eager step is the child's own, and still there in its later steps", () => {
    const { play, log, say } = lab();
    const variable = new ContextVar("v", { default: "none" });
    play(function* (root) {
      variable.set("spawner's");
      root.spawn(
        function* () {
          say(variable.get());
          variable.set("child's");
          yield* sleep(1);
          say(variable.get());
        },
        { eager: true },
      );
      say(variable.get());
      yield* sleep(2);
      say(variable.get());
    });
    expect(log).toEqual(["0 spawner's", "0 spawner's", "1 child's", "2 spawner's"]);
  });

  test("run puts back what there was, also when the body fails or is cancelled, and leaves other variables alone", () => {
    const { play, log, say } = lab();
    const [inner, other] = [
      new ContextVar("inner", { default: "default" }),
      new ContextVar("other", { default: "unset" }),
    ];
    play(function* (root) {
      const result = yield* inner.run("once", function* () {
        other.set("kept");
        inner.set("twice");
        return yield* mapAll(
          [1, 2],
          function* (n) {
            return `${inner.get()} ${n}`;
          },
          { limit: 2 },
        );
      });
      say(`${result}; ${inner.get()}, ${other.get()}`);
      inner.set("outer");
      yield* caught(() =>
        inner.run("failing", function* () {
          throw new Error(inner.get());
        }),
      );
      say(inner.get());
      const task: Task<void> = root.spawn(
        function* () {
          try {
            yield* inner.run("cancelled", () => sleep(100));
          } finally {
            say(`finally ${inner.get()}`);
          }
        },
        { eager: true },
      );
      task.cancel();
    });
    expect(log).toEqual(["0 twice 1,twice 2; default, kept", "0 outer", "0 finally outer"]);
  });

  test("is seen by a two-way coroutine as where it was first stepped, and by a run inside a task", () => {
    const { play, log, say, loop } = lab();
    const variable = new ContextVar("v", { default: "none" });
    play(function* () {
      variable.set("stepper's");
      const made = coroutine(function* (): Generator<string, void, void> {
        for (;;) yield variable.get();
      })();
      say(`${made.tryNext().value}`);
      variable.set("later");
      say(`${made.tryNext().value}`);
      say(
        yield* run(
          function* () {
            return variable.get();
          },
          { loop },
        ),
      );
      yield* group(function* (g) {
        g.spawn(made.close());
      });
    });
    expect(log).toEqual(["0 stepper's", "0 stepper's", "0 later"]);
  });

  test("is known by identity: two of one name do not meet", () => {
    const { play } = lab();
    const [one, two] = [new ContextVar("id", { default: 1 }), new ContextVar("id", { default: 2 })];
    play(function* () {
      one.set(10);
      expect([one.get(), two.get()]).toEqual([10, 2]);
    });
  });

  test("has its default outside any task; undefined is a default; without one, reading it says what to do", () => {
    expect([new ContextVar("a", { default: 5 }).get(), new ContextVar("b", { default: undefined }).get()]).toEqual([
      5,
      undefined,
    ]);
    const bare = new ContextVar<number>("request");
    expect(tell(thrown(() => bare.get()))).toBe(
      'MisuseError: Cannot read the context variable "request": nothing was set here, and it has no default; ' +
        "give it one, or set it in this task or a task around it.",
    );
    expect(tell(thrown(() => bare.set(1)))).toContain(
      'MisuseError: Cannot use "request".set() here: no task is running',
    );
  });

  test("costs a task nothing where none was set", () => {
    const { play } = lab();
    play(function* (root) {
      const child = root.spawn(() => sleep(1));
      expect((child as unknown as { rare: unknown }).rare).toBe(null);
      yield* child;
    });
  });
});
