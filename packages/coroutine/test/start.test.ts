import { describe, expect, test } from "vitest";
import { checkpoint, group, type Operation, scope, shield, sleep, type Task, type TaskGroup } from "../src/index.ts";
import { caught, lab, tell, thrown } from "./support.ts";

describe("g.start", () => {
  test("GROUP-028 gives what started() was called with, and the task goes on as a member of the group", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* group(function* (g) {
        const port = yield* g.start(function* server(started: (port: number) => void) {
          yield* sleep(5);
          started(8080);
          yield* sleep(10);
          say("server ends");
        });
        say(`listening on ${port}`);
      });
      say("group ends");
    });
    expect(log).toEqual(["5 listening on 8080", "15 server ends", "15 group ends"]);
  });

  test("GROUP-028 also when it is ready before its first wait, or before it has even begun", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      say(
        yield* root.start<string>(function* (started) {
          started("at once");
        }),
      );
      say(
        yield* root.start<string>((started) => {
          started("in the call");
          return sleep(1);
        }),
      );
      say(
        yield* root.start<string>(
          function* (started) {
            started("eager");
          },
          { eager: true },
        ),
      );
    });
    expect(log).toEqual(["0 at once", "0 in the call", "0 eager"]);
  });

  test("GROUP-030 throws what the task throws before it is ready, unwrapped and to the caller alone", () => {
    const { play, log, say } = lab();
    const cause = new Error("why");
    const end = play(function* (root) {
      root.spawn(function* sibling() {
        yield* sleep(3);
        say("sibling goes on");
      });
      const error = yield* caught(() =>
        root.start(function* () {
          yield* sleep(1);
          throw new Error("no port", { cause });
        }),
      );
      say(`${tell(error)}, because ${tell(error.cause)}`);
    });
    expect(log).toEqual(["1 Error: no port, because Error: why", "3 sibling goes on"]);
    expect(end).toBe("fulfilled undefined");
  });

  test("GROUP-030 after it is ready its failure is the group's", () => {
    const { play } = lab();
    for (const waits of [true, false]) {
      const end = play(() =>
        group(function* (g) {
          yield* g.start(function* (started: () => void) {
            started();
            if (waits) yield* sleep(1);
            throw new Error("crash");
          });
          yield* sleep(100);
        }),
      );
      expect(end).toBe("rejected GroupError [Error: crash]");
    }
  });

  test("GROUP-031 in a cancelled scope: the signal is ignored, the task is cancelled, and start throws cancelled after its end", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      yield* scope(function* (s) {
        s.cancel("closing time");
        const error = yield* caught(() =>
          root.start<void>(function* (started) {
            started();
            say("started, in vain");
            try {
              yield* sleep(100);
            } finally {
              yield* sleep(2);
              say("cleaned up");
            }
          }),
        );
        say(tell(error));
        throw error;
      });
      expect(root.cancelCalled).toBe(false);
    });
    expect(log).toEqual(["0 started, in vain", "2 cleaned up", "2 CancelledError closing time"]);
  });

  test("GROUP-031 a task that fails while it cleans up: its error comes out, with the cancellation as cause", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      yield* scope(function* (s) {
        root.spawn(function* () {
          yield* sleep(1);
          s.cancel("late");
        });
        const error = yield* caught(() =>
          root.start(function* () {
            try {
              yield* sleep(100);
            } finally {
              throw new Error("cleanup");
            }
          }),
        );
        say(`${tell(error)}, because ${tell(error.cause)}`);
      });
    });
    expect(log).toEqual(["1 Error: cleanup, because CancelledError late"]);
  });

  test.each(["before", "after"] as const)(
    "GROUP-033 the group cancelled just %s started(): the task and its own children are cancelled",
    (when) => {
      const { play, log, say } = lab();
      function* sleeper(name: string): Operation<void> {
        try {
          yield* sleep(100);
        } catch (error) {
          say(`${name} ${tell(error)}`);
          throw error;
        }
      }
      play(function* (root) {
        let open!: TaskGroup;
        function* target(g: TaskGroup): Operation<void> {
          open = g;
          yield* sleep(100);
        }
        root.spawn(() => group(target, { onCancel: () => {} }), { eager: true });
        const value = yield* open.start<string>(function* (started) {
          yield* group(function* (inner) {
            inner.spawn(() => sleeper("grandchild"), { eager: true });
            if (when === "before") open.cancel("over");
            started("ready");
            if (when === "after") open.cancel("over");
            yield* sleeper("child");
          });
        });
        say(value);
      });
      expect(log.sort()).toEqual(["0 child CancelledError over", "0 grandchild CancelledError over", "0 ready"]);
    },
  );

  test("GROUP-034 in an inner scope that is cancelled: only the start is, not the group; a shield in the task holds until it ends", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      yield* scope(function* (s) {
        root.spawn(function* () {
          yield* sleep(1);
          s.cancel("enough");
        });
        const error = yield* caught(() =>
          root.start(function* () {
            yield* shield(() => sleep(20));
            say("shield over");
            yield* sleep(20);
          }),
        );
        say(tell(error));
        throw error;
      });
      yield* checkpoint();
      say("the group goes on");
    });
    expect(log).toEqual(["20 shield over", "20 CancelledError enough", "20 the group goes on"]);
  });

  test("TASK-033 the task is in the target group from the start, and its starter answers for it until it is ready", () => {
    const { play } = lab();
    play(function* (root) {
      let child: Task<unknown> | undefined;
      yield* root.start(function* starting(started: () => void): Operation<void> {
        child = root.lastChild ?? undefined;
        expect([child?.name, child?.base === root]).toEqual(["starting", true]);
        started();
        expect(child?.base === root).toBe(true);
      });
      expect(child?.phase).toBe("ended");
    });
  });

  test("wake wins: ready and then the caller cancelled in one turn: it has started, and the cancel shows at the next wait", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      yield* scope(function* (s) {
        yield* root.start(function* (started: () => void) {
          yield* sleep(1);
          started();
          s.cancel("too late");
          yield* sleep(5);
          say("member goes on");
        });
        say("started");
        say(tell(yield* caught(() => sleep(1))));
      });
    });
    expect(log).toEqual(["1 started", "1 CancelledError too late", "6 member goes on"]);
  });

  test("says so if the task ends without started(), calls it twice, or is no function", () => {
    const { play } = lab();
    play(function* (root) {
      expect(tell(yield* caught(() => root.start(function* quiet() {})))).toBe(
        'MisuseError: Cannot start task "quiet": it ended before it was ready; call started() in it.',
      );
      yield* root.start(function* twice(started: () => void) {
        started();
        expect(tell(thrown(() => started()))).toBe(
          'MisuseError: Cannot call started() again: task "twice" is ready; call it once.',
        );
      });
      expect(thrown(() => root.start(5 as never)).message).toContain('Cannot start a task in group "');
    });
  });

  test("says so if the task is cancelled by somebody else before it is ready", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      let child: Task<unknown> | null = null;
      root.spawn(function* () {
        yield* sleep(1);
        child?.cancel("not wanted");
      });
      say(
        tell(
          yield* caught(() =>
            root.start(function* () {
              child = root.lastChild;
              yield* sleep(100);
            }),
          ),
        ),
      );
    });
    expect(log).toEqual(["1 CancelledError not wanted"]);
  });
});

test("C3 a task that says that it is ready and fails, all in its eager step, fails its group", () => {
  const here = lab();
  const end = here.play(() =>
    group(function* (g) {
      return yield* g.start<number>(
        function* (started) {
          started(1);
          throw new Error("after it");
        },
        { eager: true },
      );
    }),
  );
  expect(end).toContain("after it");
});
