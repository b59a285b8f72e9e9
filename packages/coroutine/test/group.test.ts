import { describe, expect, test } from "vitest";
import {
  all,
  type CancelledError,
  checkpoint,
  currentScope,
  currentTask,
  ensure,
  Future,
  failAfter,
  GroupError,
  group,
  type Operation,
  produce,
  scope,
  shield,
  sleep,
  type Task,
  type TaskGroup,
} from "../src/index.ts";
import { afterGarbage, caught, ending, type Lab, lab, read, tell, thrown } from "./support.ts";

/** Sleeps and says so; its cleanup takes `cleanupMs`. */
function* sleeper({ say }: Lab, name: string, ms: number, cleanupMs = 0): Operation<void> {
  try {
    yield* sleep(ms);
    say(`${name} slept`);
  } finally {
    if (cleanupMs > 0) yield* sleep(cleanupMs);
    say(`${name} over`);
  }
}

describe("a child is called", () => {
  test("by its option, else by its function, else by a number: also where the same function comes again", () => {
    const here = lab();
    function* baker(): Operation<void> {}
    function* waiter(): Operation<void> {}
    const names: string[] = [];
    here.play(function* () {
      yield* group(function* (g) {
        const bodies = [baker, baker, waiter, function* () {}, baker];
        names.push(
          ...bodies.map((body) => g.spawn(body).name),
          g.spawn(baker, { name: "chef" }).name,
          g.spawn(baker).name,
        );
        yield* checkpoint();
      });
    });
    expect(names.map((name) => name.replace(/\d+/, "n"))).toEqual([
      "baker",
      "baker",
      "waiter",
      "task-n",
      "baker",
      "chef",
      "baker",
    ]);
  });

  test("and its function is let go of when it ends, also while another lives", async () => {
    const here = lab();
    let ended: WeakRef<object> | undefined;
    function* spawnAndJoin(g: TaskGroup): Operation<void> {
      const body = function* (): Operation<void> {};
      ended = new WeakRef(body);
      yield* g.spawn(body);
    }
    here.start(() =>
      group(function* (g) {
        g.spawn(() => sleep(1000));
        yield* spawnAndJoin(g);
      }),
    );
    here.loop.advance(1);
    await afterGarbage(() => expect([here.loop.timers, ended?.deref()]).toEqual([1, undefined]));
    here.finish();
  });
});

describe("C2 a group does not end before its children", () => {
  test("C2 GROUP-001 it waits for both, and for one added after the body slept", () => {
    const here = lab();
    const end = here.play(function* () {
      yield* group(function* (g) {
        g.spawn(sleeper(here, "a", 10));
        yield* sleep(5);
        g.spawn(sleeper(here, "b", 10));
        here.say("body over");
      });
      here.say("group over");
    });
    expect(end).toBe("fulfilled undefined");
    expect(here.log).toEqual(["5 body over", "10 a slept", "10 a over", "15 b slept", "15 b over", "15 group over"]);
  });

  test("C2 GROUP-013 a child spawns siblings after the body has ended; after the group has, spawning is an error", () => {
    const here = lab();
    here.play(function* () {
      let kept: TaskGroup | undefined;
      yield* group(
        function* (g) {
          kept = g;
          g.spawn(function* () {
            yield* sleep(5);
            g.spawn(sleeper(here, "late", 5));
          });
        },
        { name: "crew" },
      );
      here.say("group over");
      here.say(thrown(() => kept?.spawn(sleep(1))).message);
    });
    expect(here.log).toEqual([
      "10 late slept",
      "10 late over",
      "10 group over",
      '10 Cannot spawn in group "crew": it has ended; do it before, or in an outer group.',
    ]);
  });

  test("C2 run is a group, too: it ends with its last child", () => {
    const here = lab();
    const task = here.start(function* (root) {
      root.spawn(sleeper(here, "child", 10));
      return "main's";
    });
    here.loop.advance(5);
    expect(read(task)).toBe("pending");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["fulfilled main's", "10 child slept", "10 child over"]);
  });

  test("C2 a scope does not end before the groups in it", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(function* (s) {
        yield* group(function* (g) {
          g.spawn(sleeper(here, "child", 10, 7));
          yield* sleep(1);
          s.cancel();
        });
      });
      here.say("scope left");
    });
    expect(here.log).toEqual(["8 child over", "8 scope left"]);
  });

  test("GROUP-012 a group keeps no finished child", () => {
    const { play } = lab();
    play(function* () {
      yield* group(function* (g) {
        for (let i = 0; i < 100; i++) g.spawn(sleep(i));
        yield* sleep(98.5);
        expect([g.firstChild === g.lastChild, g.firstChild?.previousSibling, g.firstChild?.nextSibling]).toEqual([
          true,
          null,
          null,
        ]);
        yield* sleep(10);
        expect([g.firstChild, g.lastChild]).toEqual([null, null]);
      });
    });
  });

  test("GROUP-027 a group without children neither waits nor is a cancellation point", () => {
    const { play, log, say, loop } = lab();
    const end = play(function* () {
      loop.callSoon(() => say("next pass"));
      yield* scope(function* (s) {
        s.cancel();
        yield* group(function* () {
          say("body");
        });
        say("after the group");
        yield* sleep(1);
        say("not reached");
      });
    });
    expect([end, ...log]).toEqual(["fulfilled undefined", "0 body", "0 after the group", "0 next pass"]);
  });
});

describe("C3 the first failure cancels the siblings and is awaited with them", () => {
  test("C3 GROUP-003 siblings and body are cancelled at their waits, what follows does not run, the error has only the real ones", () => {
    const here = lab();
    const end = here.play(function* () {
      yield* group(function* (g) {
        g.spawn(sleeper(here, "sibling", 1000, 5));
        g.spawn(function* bad() {
          yield* sleep(1);
          throw new Error("boom");
        });
        yield* sleeper(here, "body", 1000);
      });
      here.say("not reached");
    });
    expect(end).toBe("rejected GroupError [Error: boom]");
    expect(here.log).toEqual(["1 body over", "6 sibling over"]);
  });

  test("C3 GROUP-022 one failing child makes a GroupError, too, and it names the group", () => {
    const { play } = lab();
    play(function* () {
      const error = (yield* caught(() =>
        group(
          function* (g) {
            g.spawn(function* () {
              throw new Error("only");
            });
          },
          { name: "crew" },
        ),
      )) as GroupError;
      expect(error).toBeInstanceOf(GroupError);
      expect(error).toBeInstanceOf(AggregateError);
      expect([error.code, error.group, error.message, tell(error.cause)]).toEqual([
        "GROUP",
        "crew",
        'Group "crew" failed: only',
        "Error: only",
      ]);
    });
  });

  test("C3 GROUP-006 the body's error cancels the children and is in the group's", () => {
    const here = lab();
    const end = here.play(function* () {
      yield* group(function* (g) {
        g.spawn(sleeper(here, "child", 1000, 3));
        yield* sleep(1);
        throw new Error("body");
      });
    });
    expect([end, ...here.log]).toEqual(["rejected GroupError [Error: body]", "4 child over"]);
  });

  test("C3 GROUP-010 a child's error and another of the body's finally are both in it, the body's first", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* group(function* (g) {
        g.spawn(function* () {
          throw new Error("child");
        });
        try {
          yield* sleep(1000);
        } finally {
          throw new Error("body's finally");
        }
      });
    });
    expect(end).toBe("rejected GroupError [Error: body's finally, Error: child]");
  });

  test("C3 every error object is in it once: a child's that the body awaited, too", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* group(function* (g) {
        const bad = g.spawn(function* () {
          throw new Error("one");
        });
        yield* bad;
      });
    });
    expect(end).toBe("rejected GroupError [Error: one]");
  });

  test("C3 no error is lost: those of siblings' cleanup are there, in the order in which they came", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* group(function* (g) {
        for (const ms of [3, 1, 2]) {
          g.spawn(function* () {
            try {
              yield* sleep(1000);
            } finally {
              yield* sleep(ms);
              throw new Error(`cleanup ${ms}`);
            }
          });
        }
        g.spawn(function* () {
          yield* sleep(1);
          throw new Error("first");
        });
      });
    });
    expect(end).toBe("rejected GroupError [Error: first, Error: cleanup 1, Error: cleanup 2, Error: cleanup 3]");
  });

  test("C3 a frame that was asked to end and fails has the cancellation as cause, unless it gave one itself", () => {
    const { play } = lab();
    play(function* (root) {
      function* failing(cause?: Error): Operation<void> {
        try {
          yield* sleep(1000);
        } finally {
          throw cause === undefined ? new Error("plain") : new Error("own", { cause });
        }
      }
      const own = new Error("its own");
      const tasks = [root.spawn(failing(), { onError: "owner" }), root.spawn(failing(own), { onError: "owner" })];
      yield* sleep(1);
      const causes: unknown[] = [];
      for (const task of tasks) {
        task.cancel("stop");
        causes.push((yield* caught(() => task)).cause);
      }
      expect(tell(causes[0])).toBe("CancelledError stop");
      expect(causes[1]).toBe(own);
    });
  });

  test("GROUP-007 inner failures are a group error in the outer one; an outer failure just cancels the inner group", () => {
    const { play } = lab();
    function* fail(message: string): Operation<void> {
      yield* sleep(1);
      throw new Error(message);
    }
    function* nested(outer: string[], inner: string[]): Operation<void> {
      yield* group(function* (g) {
        for (const message of outer) g.spawn(fail(message));
        yield* group(function* (h) {
          for (const message of inner) h.spawn(fail(message));
          yield* sleep(1000);
        });
      });
    }
    expect(play(() => nested([], ["x"]))).toBe("rejected GroupError [GroupError [Error: x]]");
    expect(play(() => nested(["y"], []))).toBe("rejected GroupError [Error: y]");
  });

  test("GROUP-018 errors of a child and of the cleanup of a resource opened in the body are both in it", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* group(function* (g) {
        yield* ensure(() => {
          throw new Error("cleanup");
        });
        g.spawn(function* () {
          throw new Error("child");
        });
      });
    });
    expect(end).toBe("rejected GroupError [Error: cleanup, Error: child]");
  });

  test("GROUP-018 and who catches it is not being cancelled: its waits are free, and its phase is as before", () => {
    const here = lab();
    here.play(function* () {
      const error = yield* caught(() =>
        group(function* (g) {
          yield* ensure(() => {
            throw new Error("cleanup");
          });
          g.spawn(function* () {
            yield* sleep(1);
            throw new Error("child");
          });
          yield* sleep(1000);
        }),
      );
      here.say(`${tell(error)} ${currentTask()?.phase}`);
      yield* sleep(1);
      here.say("free");
    });
    expect(here.log).toEqual(["1 GroupError [Error: cleanup, Error: child] ready", "2 free"]);
  });

  test("CANCEL-039 who is cancelled by a sibling's failure finds its error and name in the reason", () => {
    const { play } = lab();
    const boom = new Error("boom");
    play(function* () {
      yield* caught(() =>
        group(function* (g) {
          g.spawn(function* bad() {
            yield* sleep(1);
            throw boom;
          });
          try {
            yield* sleep(1000);
          } catch (error) {
            const { reason } = error as CancelledError;
            expect(reason).toMatchObject({
              name: "ChildFailedError",
              code: "CHILD_FAILED",
              task: "bad",
              message: '"bad" failed: boom',
            });
            expect((reason as Error).cause).toBe(boom);
            throw error;
          }
        }),
      );
    });
  });

  test("onError owner: a failing child leaves its siblings alone, and its error is for who joins it", () => {
    const here = lab();
    const end = here.play(function* (root) {
      const bad = root.spawn(
        function* () {
          throw new Error("mine");
        },
        { onError: "owner" },
      );
      root.spawn(sleeper(here, "sibling", 5));
      return tell(yield* caught(() => bad));
    });
    expect([end, ...here.log]).toEqual(["fulfilled Error: mine", "5 sibling slept", "5 sibling over"]);
  });
});

describe("C4 real errors beat cancellation", () => {
  test("C4 GROUP-009 a body that turns its cancellation into another error makes a GroupError of it, caused by the cancellation", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* group(function* () {
        try {
          yield* sleep(1000);
        } catch {
          throw new Error("turned");
        }
      });
    });
    const end = ending(task);
    here.loop.runUntilIdle();
    task.cancel("outside");
    here.finish();
    expect(end()).toBe("rejected GroupError [Error: turned]");
    const [turned] = (thrown(() => task.result()) as GroupError).errors;
    expect(tell(turned.cause)).toBe("CancelledError outside");
  });

  test("C4 CANCEL-015 a child's error in the cleanup of a cancelled task comes out instead of the cancellation", () => {
    const here = lab();
    const task = here.start(function* (root) {
      root.spawn(function* () {
        try {
          yield* sleep(1000);
        } finally {
          throw new Error("cleanup");
        }
      });
    });
    const end = ending(task);
    here.loop.runUntilIdle();
    task.cancel();
    here.finish();
    expect(end()).toBe("rejected GroupError [Error: cleanup]");
  });

  test("C4 GROUP-024 cancellations are left out at every level, and the nesting of real errors is kept", () => {
    const { play } = lab();
    function* cleanupFails(name: string): Operation<void> {
      try {
        yield* sleep(1000);
      } finally {
        throw new Error(name);
      }
    }
    const end = play(function* () {
      yield* group(function* (g) {
        g.spawn(sleep(1000));
        g.spawn(() =>
          group(function* (h) {
            h.spawn(sleep(1000));
            h.spawn(cleanupFails("deep"));
          }),
        );
        g.spawn(cleanupFails("shallow"));
        yield* sleep(1);
        g.cancel();
      });
    });
    expect(end).toBe("rejected GroupError [Error: shallow, GroupError [Error: deep]]");
  });

  test("C4 GROUP-025 without real errors one plain cancellation comes out, however many were cancelled", () => {
    const here = lab();
    const task = here.start(function* () {
      try {
        yield* group(function* (g) {
          for (let i = 0; i < 3; i++)
            g.spawn(() =>
              group(function* (h) {
                h.spawn(sleep(1000));
              }),
            );
        });
      } catch (error) {
        here.say(tell(error));
        throw error;
      }
    });
    here.loop.runUntilIdle();
    task.cancel("why");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled why", "0 CancelledError why"]);
  });
});

describe("the end of a group", () => {
  test("C8 GROUP-004 the owner is cancelled from outside: children are cancelled and awaited, and a plain CancelledError comes out", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* group(function* (g) {
        g.spawn(sleeper(here, "a", 1000, 2));
        g.spawn(sleeper(here, "b", 1000, 4));
      });
      here.say("not reached");
    });
    here.loop.advance(1);
    expect(task.cancel("outside")).toBe(true);
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled outside", "3 a over", "5 b over"]);
  });

  test("C8 it is a cancellation point only if it has to wait; the value that the body returned stands", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      return yield* scope(function* (s) {
        const value = yield* group(function* (g) {
          g.spawn(function* () {}, { eager: true });
          s.cancel();
          return "body's";
        });
        say(value);
        return value;
      });
    });
    expect([end, ...log]).toEqual(["fulfilled body's", "0 body's"]);
  });

  test("C8 ADV-29 a cancel while it waits for children with a slow cleanup shows after them: what follows does not run", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* group(function* (g) {
        g.spawn(sleeper(here, "child", 1000, 5));
        here.say("body returned");
      });
      here.say("not reached");
    });
    here.loop.advance(2);
    task.cancel("late");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled late", "0 body returned", "7 child over"]);
  });

  test("C8 g.cancel() after the body has returned: its value stands", () => {
    const here = lab();
    const end = here.play(function* () {
      return yield* group(function* (g) {
        g.spawn(function* () {
          yield* sleep(1);
          g.cancel("enough");
        });
        g.spawn(sleeper(here, "other", 1000));
        return "value";
      });
    });
    expect([end, ...here.log]).toEqual(["fulfilled value", "1 other over"]);
  });

  test("C8 a body cut off by g.cancel() gives onCancel(), else the group throws its CancelledError", () => {
    const { play } = lab();
    function* cut(g: TaskGroup): Operation<string> {
      yield* sleep(1);
      g.cancel("enough");
      yield* sleep(1);
      return "not reached";
    }
    expect(play(() => group(cut, { onCancel: () => "instead" }))).toBe("fulfilled instead");
    expect(
      play(function* () {
        return tell(yield* caught(() => group(cut)));
      }),
    ).toBe("fulfilled CancelledError enough");
  });

  test("C5 a group whose deadline fires throws TimeoutError", () => {
    const { play } = lab();
    const end = play(function* () {
      const error = yield* caught(() =>
        group(
          function* (g) {
            g.deadlineMs = 5;
            yield* sleep(1000);
          },
          { name: "crew" },
        ),
      );
      return `${tell(error)}, cause ${tell(error.cause)}`;
    });
    expect(end).toBe('fulfilled TimeoutError: group "crew" ran out of time, cause CancelledError undefined');
  });

  test("ADV-49 a body that throws while a cancelled child cleans up: the group waits, and throws the body's error only", () => {
    const here = lab();
    const end = here.play(function* () {
      yield* group(function* (g) {
        const child = g.spawn(sleeper(here, "child", 1000, 10));
        yield* sleep(1);
        child.cancel();
        yield* sleep(1);
        throw new Error("body");
      });
    });
    expect([end, ...here.log]).toEqual(["rejected GroupError [Error: body]", "11 child over"]);
  });

  test("ADV-25 C3 order: body's finally, sibling's finally, GroupError", () => {
    const here = lab();
    const end = here.play(function* () {
      const error = yield* caught(() =>
        group(function* (g) {
          g.spawn(sleeper(here, "sibling", 1000, 5));
          g.spawn(function* () {
            yield* sleep(1);
            throw new Error("boom");
          });
          yield* sleeper(here, "body", 1000);
        }),
      );
      here.say(tell(error));
    });
    expect([end, ...here.log]).toEqual([
      "fulfilled undefined",
      "1 body over",
      "6 sibling over",
      "6 GroupError [Error: boom]",
    ]);
  });

  test("ADV-37 of two siblings one fails and the other's cleanup throws: both errors, no CancelledError", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* group(function* (g) {
        g.spawn(function* () {
          yield* sleep(1);
          throw new Error("boom");
        });
        g.spawn(function* () {
          try {
            yield* sleep(1000);
          } finally {
            throw new Error("cleanup");
          }
        });
      });
    });
    expect(end).toBe("rejected GroupError [Error: boom, Error: cleanup]");
  });

  test("GROUP-016 a child spawned in a cancelled group starts, runs to its first wait, and is cancelled there", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* group(
        function* (g) {
          g.cancel();
          g.spawn(function* () {
            try {
              say("started");
              yield* sleep(1000);
            } finally {
              say("cancelled");
            }
          });
        },
        { onCancel: () => {} },
      );
    });
    expect(log).toEqual(["0 started", "0 cancelled"]);
  });

  test("GROUP-042 the same task is cancelled once in each of two groups in a row", () => {
    const { play, log, say } = lab();
    play(function* () {
      for (const name of ["first", "second"]) {
        yield* group(
          function* (g) {
            try {
              g.cancel();
              yield* sleep(1000);
            } finally {
              say(name);
            }
          },
          { onCancel: () => {} },
        );
      }
      yield* sleep(1);
    });
    expect(log).toEqual(["0 first", "0 second"]);
  });

  test("GROUP-040 a group that is being cancelled does not swallow a timeout from outside", () => {
    const here = lab();
    const end = here.play(function* () {
      const error = yield* caught(() =>
        failAfter(3, function* () {
          yield* group(
            function* (g) {
              g.spawn(sleeper(here, "child", 1000, 10));
              yield* sleep(1);
              g.cancel();
              yield* sleep(1000);
            },
            { onCancel: () => here.say("not reached") },
          );
          yield* sleep(1000);
        }),
      );
      here.say(error.name);
    });
    expect([end, ...here.log]).toEqual(["fulfilled undefined", "11 child over", "11 TimeoutError"]);
  });

  test("GROUP-036 what keeps a group past its end can start nothing in it, in any way; iterated by hand it is refused and left closed", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      let kept: TaskGroup | undefined;
      yield* group(function* (g) {
        kept = g;
      });
      const started = function* (): Operation<void> {
        say("not reached");
      };
      const over = kept as TaskGroup;
      for (const use of [
        () => over.spawn(started),
        () => over.spawn(started, { eager: true }),
        () => produce(over, started as never, { onReady() {} }),
      ]) {
        expect(thrown(use).message).toMatch(/it has ended/);
      }
      expect((yield* caught(() => over.start(started))).message).toMatch(/it has ended/);
      const outside = currentScope();
      const error = thrown(() => [
        ...group(function* (g) {
          g.spawn(started);
          yield* checkpoint();
        }),
      ]);
      expect(currentScope()).toBe(outside);
      yield* sleep(1);
      return error.name;
    });
    expect([end, ...log]).toEqual(["fulfilled MisuseError"]);
  });

  describe("GROUP-036 CANCEL-034 a block that is left open by who stepped it by hand and stopped half-way", () => {
    /** Goes on to the first wait of `operation`, waits there, and forgets it. */
    function* half(operation: Operation<unknown>): Operation<IterableIterator<unknown>> {
      const steps = operation[Symbol.iterator]();
      const step = steps.next();
      if (!step.done) yield step.value;
      return steps as unknown as IterableIterator<unknown>;
    }
    const stranded = (here: Lab) =>
      group(
        function* (g) {
          g.deadlineMs = 10_000;
          g.spawn(sleeper(here, "stranded", 1000, 5));
        },
        { name: "inner" },
      );

    test("ends with the block around it, which fails and says so; its tasks are cancelled and waited for", () => {
      const here = lab();
      const end = here.play(function* () {
        here.say(tell(yield* caught(() => scope(() => half(stranded(here)), { name: "outer" }))));
      });
      expect([end, ...here.log]).toEqual([
        "fulfilled undefined",
        "5 stranded over",
        '5 MisuseError: Cannot end scope "outer": a block in it is open; step blocks by `yield*`.',
      ]);
    });

    test("so it does at the end of a run", () => {
      const here = lab();
      const task = here.start(function* main() {
        yield* half(stranded(here));
        throw new Error("mine");
      });
      const end = ending(task);
      here.finish();
      expect([end(), ...here.log]).toEqual([
        'rejected MisuseError: Cannot end group "main": a block in it is open; step blocks by `yield*`.',
        "5 stranded over",
      ]);
      expect(tell(thrown(() => task.result()).cause)).toBe("Error: mine");
    });

    test("going on with it after that changes nothing", () => {
      const here = lab();
      here.play(function* () {
        let left: IterableIterator<unknown> | undefined;
        yield* caught(() =>
          scope(function* () {
            left = yield* half(stranded(here));
          }),
        );
        const outside = currentScope();
        left?.return?.();
        expect(currentScope()).toBe(outside);
        yield* sleep(1);
        here.say("over");
      });
      expect(here.log).toEqual(["5 stranded over", "6 over"]);
    });
  });

  test("GROUP-037 a group that failed is held by nobody once its error is dropped: neither group, nor error, nor child", () => {
    const { play } = lab();
    const held: WeakRef<object>[] = [];
    const end = play(function* (root) {
      const error = yield* caught(() =>
        group(function* (g) {
          const child = g.spawn(function* () {
            throw new Error("boom");
          });
          held.push(new WeakRef(g), new WeakRef(child));
        }),
      );
      held.push(new WeakRef(error), new WeakRef((error as GroupError).errors[0]));
      root.spawn(() => sleep(1));
    });
    expect(end).toBe("fulfilled undefined");
    return afterGarbage(() =>
      expect(held.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined, undefined]),
    );
  });

  test("DEBUG-019 a child's error comes out as it was thrown: its first frame is the program's", () => {
    const { play } = lab();
    const end = play(function* () {
      const error = (yield* caught(() =>
        group(function* (g) {
          g.spawn(function* faulty() {
            yield* sleep(1);
            throw new Error("boom");
          });
        }),
      )) as GroupError;
      const [frame] = ((error.errors[0] as Error).stack as string).split("\n    at ").slice(1);
      return frame?.startsWith("faulty") && frame.includes("group.test.ts");
    });
    expect(end).toBe("fulfilled true");
  });

  test("C3 a group opened to clean up, or in a shield, whose body throws the cancellation from outside, cancels its children", () => {
    for (const around of [(body: () => Operation<void>) => body(), (body: () => Operation<void>) => shield(body)]) {
      const { start, loop, finish, log, say } = lab();
      const task = start(function* () {
        try {
          yield* sleep(1000);
        } catch (error) {
          yield* around(() =>
            group(function* (g) {
              g.spawn(function* () {
                try {
                  yield* sleep(1000);
                } finally {
                  say("child ends");
                }
              });
              yield* sleep(1);
              throw error;
            }),
          );
        }
      });
      const end = ending(task);
      loop.runUntilIdle();
      task.cancel("stop");
      finish();
      expect([end(), ...log]).toEqual(["cancelled stop", "1 child ends"]);
    }
  });

  test("CANCEL-030 cancelling the top of a tree of groups reaches every leaf, and every level", () => {
    const here = lab();
    function* tree(depth: number, path: string): Operation<void> {
      if (depth === 0) return yield* sleeper(here, path, 1000);
      yield* group(function* (g) {
        for (const branch of ["l", "r"]) g.spawn(tree(depth - 1, path + branch));
      });
    }
    const task = here.start(() => tree(3, ""));
    here.loop.runUntilIdle();
    task.cancel();
    here.finish();
    expect(here.log).toEqual(["lll", "llr", "lrl", "lrr", "rll", "rlr", "rrl", "rrr"].map((leaf) => `0 ${leaf} over`));
  });

  test("CANCEL-042 cancelling a group whose child has ended reports nothing", () => {
    const { play } = lab();
    const end = play(function* () {
      return yield* group(function* (g) {
        const child = g.spawn(function* () {
          return 1;
        });
        yield* child;
        return [g.cancel(), child.cancel(), read(child)];
      });
    });
    expect(end).toBe('fulfilled [true,false,"fulfilled 1"]');
  });

  test("g.signal aborts with the reason, for the children's platform calls", () => {
    const { play } = lab();
    const reason = new Error("why");
    play(function* () {
      yield* group(
        function* (g) {
          const { signal } = g;
          expect(signal.aborted).toBe(false);
          g.cancel(reason);
          expect([signal.aborted, signal.reason]).toEqual([true, reason]);
          yield* sleep(1);
        },
        { onCancel: () => {} },
      );
    });
  });

  test("a waiter on a child is not in the child's way when the group ends", () => {
    const { play, loop } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    let child: Task<number> | undefined;
    const end = play(function* () {
      return yield* all([
        group(function* (g) {
          child = g.spawn(function* () {
            return yield* future;
          });
          return yield* child;
        }),
        function* () {
          yield* sleep(1);
          resolve(9);
        },
      ]);
    });
    expect([end, child?.firstWaiter, future.firstWaiter]).toEqual(["fulfilled [9,null]", null, null]);
  });
});

test("GROUP a child that throws what cannot be made a string still ends its group", () => {
  const bare: unknown = Object.create(null);
  const here = lab();
  let errors: readonly unknown[] = [];
  here.play(function* () {
    try {
      yield* group(function* (g) {
        g.spawn(function* () {
          yield* sleep(1);
          throw bare;
        });
      });
    } catch (error) {
      errors = (error as GroupError).errors;
    }
  });
  expect(errors).toEqual([bare]);
});

test("a reason that cannot be made a string cancels all the same", () => {
  const bare: unknown = Object.create(null);
  const here = lab();
  const task = here.start(() => sleep(1e6));
  here.loop.runUntilIdle();
  expect(task.cancel(bare)).toBe(true);
  here.finish();
  expect(task.peek()).toEqual({ status: "cancelled", reason: bare });
});
