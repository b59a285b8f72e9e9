import { EventLoop } from "@skein/future";
import { describe, expect, test } from "vitest";
import {
  bridge,
  type CancelScope,
  call,
  checkpoint,
  cleanUp,
  coroutine,
  currentScope,
  currentTask,
  ensure,
  Future,
  GroupError,
  group,
  isCancelled,
  type Operation,
  run,
  SwallowedCancelError,
  scope,
  shield,
  sleep,
  type Task,
} from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { afterGarbage, caught, ending, type Lab, lab, read, tell } from "./support.ts";

/** Never ends by itself. */
const forever = (): Operation<void> => sleep(Number.POSITIVE_INFINITY);

/** Swallows every cancellation, for ever. */
function* deaf(): Operation<void> {
  for (;;) {
    try {
      yield* forever();
    } catch {}
  }
}

/** Starts `main`, cancels it at `atMs`, runs to the end and says how it ended. */
function cancelled<T>(here: Lab, main: () => Operation<T>, atMs = 0, reason: unknown = "stop"): string {
  const task = here.start(main, { name: "subject" });
  const end = ending(task);
  here.loop.advance(atMs);
  task.cancel(reason);
  here.finish();
  return end();
}

describe("ask", () => {
  test("ADV-01 CANCEL-019 by throwing: three frames deep, finallys that wait finish in order, and nothing after a call runs", () => {
    const here = lab();
    function* inner(): Operation<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(10);
        here.say("inner finally");
      }
    }
    function* mid(): Operation<void> {
      yield* inner();
      here.say("not reached in mid");
    }
    function* outer(): Operation<void> {
      try {
        yield* mid();
        here.say("not reached in outer");
      } finally {
        yield* sleep(10);
        here.say("outer finally");
      }
    }
    expect([cancelled(here, outer), ...here.log]).toEqual(["cancelled stop", "10 inner finally", "20 outer finally"]);
  });

  test("rivals' hole 1: the code after a cancelled `yield*` whose finally waits does not run, at any depth, by yield* or call", () => {
    const here = lab();
    function* deep(n: number): Operation<void> {
      try {
        if (n === 0) yield* sleep(1000);
        else yield* n % 2 === 0 ? deep(n - 1) : call(deep(n - 1));
        here.say(`not reached ${n}`);
      } finally {
        yield* sleep(1);
        here.say(`finally ${n}`);
      }
    }
    const finallys = Array.from({ length: 12 }, (_, n) => `${n + 1} finally ${n}`);
    expect([cancelled(here, () => deep(11)), ...here.log]).toEqual(["cancelled stop", ...finallys]);
  });

  test("CANCEL-019 a level further out may stop it, and goes on with what it likes", () => {
    const here = lab();
    function* inner(): Operation<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(1);
        here.say("inner finally");
      }
    }
    function* mid(): Operation<string> {
      try {
        yield* inner();
        return "not reached";
      } catch (error) {
        return `stopped ${tell(error)}`;
      }
    }
    const end = cancelled(here, function* () {
      const answer = yield* mid();
      yield* sleep(1);
      return answer;
    });
    expect([end, ...here.log]).toEqual(["fulfilled stopped CancelledError stop", "1 inner finally"]);
  });

  test("ADV-03 rivals' hole 2: a second cancel does not cut cleanup off, and the first reason stands", () => {
    const here = lab();
    const task = here.start(function* () {
      try {
        yield* sleep(1000);
      } finally {
        for (let i = 0; i < 3; i++) {
          yield* sleep(10);
          here.say(`cleanup ${i}`);
        }
      }
    });
    here.loop.runUntilIdle();
    expect(task.cancel("first")).toBe(true);
    here.loop.advance(15);
    expect(task.cancel("second")).toBe(false);
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled first", "10 cleanup 0", "20 cleanup 1", "30 cleanup 2"]);
  });

  test("a cancel of a scope further out during cleanup does not cut it off, either; it shows when the inner scope is left", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* scope(function* (s) {
        try {
          s.cancel("inner");
          yield* sleep(1000);
        } finally {
          yield* sleep(10);
          here.say("cleaned up");
        }
      });
      here.say("inner left");
      yield* checkpoint();
      here.say("not reached");
    });
    here.loop.advance(5);
    task.cancel("outer");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled outer", "10 cleaned up", "10 inner left"]);
  });

  test("ADV-23 C7 CANCEL-012 a task cancelled before its first step runs to its first wait, and its finally runs", () => {
    const here = lab();
    const task = here.start(function* () {
      try {
        here.say("started");
        yield* Future.resolve(1, { loop: here.loop });
        here.say("not reached");
      } finally {
        here.say("finally");
      }
    });
    task.cancel("early");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled early", "0 started", "0 finally"]);
  });

  test("C7 a body that never waits finishes all the same, and keeps its value", () => {
    const here = lab();
    expect(
      cancelled(
        here,
        function* () {
          return "done";
        },
        0,
      ),
    ).toBe("fulfilled done");
  });

  test("every wait of a library operation is a cancellation point, also when the answer is there", () => {
    const here = lab();
    const kinds: Record<string, () => Operation<unknown>> = {
      "a done future": () => Future.resolve(1, { loop: here.loop }),
      "a checkpoint": checkpoint,
      "sleep(0)": () => sleep(0),
      "a call": () =>
        call(function* () {
          yield* checkpoint();
        }),
      "a step": () =>
        coroutine(function* () {
          yield 1;
        })().next(),
    };
    for (const [name, operation] of Object.entries(kinds)) {
      const task: Task<void> = here.start(function* () {
        task.cancel(name);
        yield* operation();
        here.say(`passed ${name}`);
      });
      here.finish();
      expect(read(task)).toBe(`cancelled ${name}`);
    }
    expect(here.log).toEqual([]);
  });

  test("ADV-31 a callee whose finally returns: the caller gets that, goes on, and is insisted after the budget", () => {
    const here = lab();
    function* swallows(): Operation<string> {
      try {
        yield* sleep(1_000_000);
      } finally {
        return "x";
      }
    }
    const end = cancelled(here, function* () {
      here.say(yield* swallows());
      try {
        yield* sleep(4000);
        here.say("goes on");
        yield* sleep(4000);
      } finally {
        here.say("insisted");
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "0 x", "4000 goes on", "5000 insisted"]);
  });

  test("ADV-45 a frame that wraps its cancellation in another error ends rejected with that", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* sleep(1000);
      } catch (error) {
        throw new Error("wrapped", { cause: error });
      }
    });
    expect(end).toBe("rejected Error: wrapped");
  });

  test("CANCEL-004 TIMEOUT-016 a task that catches it and returns 42 has finished with 42", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* sleep(1000);
      } catch {
        return 42;
      }
      return 0;
    });
    expect(end).toBe("fulfilled 42");
  });

  test("ADV-19 cancel and then resolve in one turn: the waiter is cancelled, and the future has its value for others", () => {
    const here = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop: here.loop });
    const first = here.start(() => future);
    const other = here.start(() => future);
    here.loop.runUntilIdle();
    first.cancel("first");
    resolve(5);
    here.finish();
    expect([first, other].map(read)).toEqual(["cancelled first", "fulfilled 5"]);
  });

  test("wake wins: resolve and then cancel in one turn: the waiter has the value, and meets the cancel at its next wait", () => {
    const here = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop: here.loop });
    const task = here.start(function* () {
      here.say(`got ${yield* future}`);
      yield* checkpoint();
      here.say("not reached");
    });
    here.loop.runUntilIdle();
    resolve(5);
    task.cancel("late");
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled late", "0 got 5"]);
  });
});

describe("cleanup is not reached from outside", () => {
  test("ADV-13 a group opened in a finally: its children finish their sleeps", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* sleep(1000);
      } finally {
        yield* group(function* (g) {
          for (const ms of [10, 20]) {
            g.spawn(function* () {
              yield* sleep(ms);
              here.say(`slept ${ms}`);
            });
          }
        });
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "10 slept 10", "20 slept 20"]);
  });

  test("a detour through tasks: what they spawn in groups of the cleanup, and the groups in those, is not reached", () => {
    const here = lab();
    function* nested(depth: number): Operation<void> {
      yield* sleep(1);
      if (depth > 0)
        yield* group(function* (g) {
          g.spawn(nested(depth - 1));
        });
      here.say(`level ${depth}`);
    }
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* scope(() => nested(3));
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "4 level 0", "4 level 1", "4 level 2", "4 level 3"]);
  });

  test("ADV-39 a scope opened in cleanup and cancelled by hand absorbs its own error; the rest of the cleanup waits freely", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* scope(function* (s) {
          s.cancel("own");
          yield* sleep(1000);
        });
        here.say("left");
        yield* sleep(10);
        here.say("cleaned up");
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "0 left", "10 cleaned up"]);
  });

  test("asks nest: a deadline in cleanup, and one in the cleanup of that, each is asked once and absorbed", () => {
    const here = lab();
    function* level(depth: number): Operation<void> {
      try {
        yield* forever();
      } finally {
        if (depth < 3) {
          yield* scope(() => level(depth + 1), { deadlineMs: here.loop.now() + 10 });
          yield* sleep(1);
        }
        here.say(`level ${depth} over`);
      }
    }
    const end = cancelled(here, () => level(0));
    expect([end, ...here.log]).toEqual([
      "cancelled stop",
      "30 level 3 over",
      "31 level 2 over",
      "32 level 1 over",
      "33 level 0 over",
    ]);
  });

  test("ADV-11 body in cleanup of the outer: the inner, cancelled now, does not absorb; the outer does", () => {
    const here = lab();
    const scopes: CancelScope[] = [];
    here.play(function* () {
      yield* scope(function* (outer) {
        scopes.push(outer);
        yield* scope(function* (inner) {
          scopes.push(inner);
          try {
            outer.cancel("outer");
            yield* sleep(1000);
          } finally {
            expect(inner.cancel("inner")).toBe(true);
            yield* sleep(10);
            here.say("cleaned up");
          }
        });
        here.say("not reached");
      });
    });
    expect(here.log).toEqual(["10 cleaned up"]);
    expect(scopes.map(({ cancelCalled, cancelCaught }) => [cancelCalled, cancelCaught])).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  test("ADV-33 an inner ask was swallowed: when an outer scope with cleanupMs 0 is cancelled, the very next wait throws its error", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(
        function* (outer) {
          yield* scope(function* (inner) {
            inner.cancel("inner");
            try {
              yield* checkpoint();
            } catch (error) {
              here.say(tell(error));
            }
            yield* sleep(1);
            here.say("waits freely");
            outer.cancel("outer");
            here.say(tell(yield* caught(checkpoint)));
            yield* sleep(1);
          });
          here.say("not reached");
        },
        { cleanupMs: 0 },
      );
      here.say("left");
    });
    expect(here.log).toEqual(["0 CancelledError inner", "1 waits freely", "1 CancelledError outer", "1 left"]);
  });
});

describe("insist", () => {
  test("ADV-15 two nested finallys that wait for ever: nothing before 5,000 ms, then both get a throw, inner first", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        try {
          yield* forever();
        } finally {
          try {
            yield* forever();
          } finally {
            here.say("inner insisted");
          }
        }
      } finally {
        try {
          yield* forever();
        } finally {
          here.say("outer insisted");
        }
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "5000 inner insisted", "5000 outer insisted"]);
  });

  test("cleanupMs is each scope's own, counted from its own cancel", () => {
    const here = lab();
    here.play(function* () {
      yield* sleep(7);
      yield* scope(
        function* (s) {
          s.cancel();
          try {
            yield* sleep(1000);
          } finally {
            try {
              yield* forever();
            } finally {
              here.say("insisted");
            }
          }
        },
        { cleanupMs: 30 },
      );
      here.say("left");
    });
    expect(here.log).toEqual(["37 insisted", "37 left"]);
  });

  test("at most once per loop pass", () => {
    const here = lab();
    let pass = 0;
    const passes: number[] = [];
    here.play(function* (root) {
      root.spawn(
        () =>
          scope(
            function* (s) {
              s.cancel();
              for (let i = 0; i < 5; i++) {
                try {
                  yield* sleep(1000);
                } catch {
                  passes.push(pass);
                }
              }
            },
            { cleanupMs: 0 },
          ),
        { eager: true },
      );
      for (; pass < 6; pass++) yield* checkpoint();
    });
    expect(passes).toEqual([0, 1, 2, 3, 4]);
  });

  test("goes through cleanup scopes, not through shields (ADV-41): neither absorbs what is not its own", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        try {
          yield* scope(function* (s) {
            try {
              yield* forever();
            } finally {
              here.say(`insisted, absorbed ${s.cancelCaught}`);
            }
          });
          here.say("not reached");
        } finally {
          yield* shield(function* () {
            yield* sleep(10_000);
            here.say("shield done");
          });
        }
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "5000 insisted, absorbed false", "15000 shield done"]);
  });

  test("ADV-41 the signal of a scope or group opened in cleanup aborts when it is insisted through; behind a shield it does not", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* scope(function* (s) {
          yield* group(function* (g) {
            yield* shield(function* (shielded) {
              const signals = { s: s.signal, g: g.signal, shielded: shielded.signal };
              for (const [name, signal] of Object.entries(signals))
                signal.addEventListener("abort", () => here.say(`${name} aborted, ${signal.reason}`));
              yield* sleep(6000);
              yield* scope(function* (late) {
                here.say(`late aborted: ${late.signal.aborted}`);
              });
            });
            here.say(`later aborted: ${currentScope()?.signal.aborted}`);
          });
        });
      }
    });
    expect([end, ...here.log]).toEqual([
      "cancelled stop",
      "5000 g aborted, stop",
      "5000 s aborted, stop",
      "6000 late aborted: false",
      "6000 later aborted: true",
    ]);
  });

  test("ADV-43 a group opened in cleanup whose child waits for ever: child and owner both get a throw", () => {
    const here = lab();
    const end = cancelled(here, function* () {
      try {
        yield* forever();
      } finally {
        yield* group(function* (g) {
          g.spawn(function* () {
            try {
              yield* forever();
            } finally {
              here.say("child");
            }
          });
          try {
            yield* forever();
          } finally {
            here.say("owner");
          }
        });
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "5000 owner", "5000 child"]);
  });

  test("ADV-17 TIMEOUT-027 CANCEL-027 a shield in a cancelled task is left at its deadline, and the next wait throws", () => {
    const here = lab();
    const task: Task<void> = here.start(function* () {
      task.cancel("stop");
      yield* shield(
        function* () {
          yield* sleep(10);
          here.say("inside");
          yield* forever();
        },
        { deadlineMs: 20 },
      );
      here.say("left");
      yield* checkpoint();
      here.say("not reached");
    });
    here.finish();
    expect([read(task), ...here.log]).toEqual(["cancelled stop", "10 inside", "20 left"]);
  });

  test("ADV-27 a child error and an outside cancel in one turn: the GroupError is caught, waits run free until the budget, then throw", () => {
    const here = lab();
    let boom: (() => unknown) | undefined;
    const task = here.start(function* () {
      const gate = Future.withResolvers<void>({ loop: here.loop });
      boom = () => gate.reject(new Error("boom"));
      const error = yield* caught(() =>
        group(function* (g) {
          g.spawn(function* () {
            yield* gate.future;
          });
          yield* forever();
        }),
      );
      here.say(tell(error));
      yield* sleep(4000);
      here.say("free");
      yield* sleep(4000);
      here.say("not reached");
    });
    here.loop.runUntilIdle();
    boom?.();
    task.cancel("outside");
    here.finish();
    expect([read(task), here.loop.now(), ...here.log]).toEqual([
      "cancelled outside",
      5000,
      "0 GroupError [Error: boom]",
      "4000 free",
    ]);
  });

  test("GROUP-021 [L] the same with the budget spent: at the next wait", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(
        function* (s) {
          const error = yield* caught(() =>
            group(function* (g) {
              g.spawn(function* () {
                s.cancel("outside");
                throw new Error("boom");
              });
              yield* forever();
            }),
          );
          here.say(tell(error));
          yield* sleep(1);
          here.say("not reached");
        },
        { cleanupMs: 0 },
      );
      here.say("left");
    });
    expect(here.log).toEqual(["0 GroupError [Error: boom]", "0 left"]);
  });

  test("CANCEL-043 a cancelled scope whose task is shielded waits idle: delivery is not tried again and again", () => {
    const here = lab();
    const task = here.start(() => shield(() => sleep(60_000)));
    here.loop.runUntilIdle();
    task.cancel();
    for (let i = 0; i < 10; i++) {
      here.loop.advance(1000);
      expect(here.loop.idle).toBe(true);
    }
    here.finish();
    expect(read(task)).toBe("fulfilled undefined");
  });

  test("CANCEL-043 [L] the same where every wait is to throw, and where the task that was in it is done", () => {
    const here = lab();
    const idleFor = (ms: number): void => {
      for (let i = 0; i < ms; i += 1000) {
        here.loop.advance(1000);
        expect(here.loop.idle).toBe(true);
      }
    };
    const task = here.start(function* () {
      yield* scope(
        function* (s) {
          s.cancel();
          yield* shield(() => sleep(10_000));
        },
        { cleanupMs: 0 },
      );
      yield* group(
        function* (g) {
          const child = g.spawn(function* () {});
          g.spawn(() => shield(() => sleep(10_000)));
          yield* child;
          g.cancel();
        },
        { cleanupMs: 0, onCancel: () => {} },
      );
    });
    idleFor(20_000);
    here.finish();
    expect([read(task), here.loop.now()]).toEqual(["fulfilled undefined", 20_000]);
  });
});

test("a scope whose error first comes by an insist has asked by it: its own cleanup is not cut off before its own budget is spent", () => {
  const here = lab();
  here.play(function* () {
    yield* scope(
      function* (outer) {
        try {
          yield* scope(
            function* (inner) {
              inner.cancel("inner");
              yield* caught(checkpoint); // swallowed
              outer.cancel("outer");
              yield* checkpoint();
            },
            { cleanupMs: 0 },
          );
        } finally {
          yield* sleep(10);
          here.say("cleaned up");
          try {
            yield* group(function* (g) {
              g.spawn(() => sleep(80));
            });
            here.say("and so did a child");
            yield* forever();
          } finally {
            here.say("insisted");
          }
        }
      },
      { cleanupMs: 100 },
    );
    here.say("left");
    yield* sleep(1);
    here.say("free");
  });
  expect(here.log).toEqual(["10 cleaned up", "90 and so did a child", "100 insisted", "100 left", "101 free"]);
});

test("the same in the cleanup of the inner one: what both have asked for is over when the outer is left", () => {
  const here = lab();
  here.play(function* () {
    yield* scope(function* (around) {
      yield* scope(function* (outer) {
        yield* scope(
          function* (inner) {
            inner.cancel("inner");
            try {
              yield* checkpoint();
            } finally {
              outer.cancel("outer");
              yield* scope(function* () {
                here.say(tell(yield* caught(() => sleep(50))));
                yield* scope(() => sleep(1));
                here.say("not reached");
              });
            }
          },
          { cleanupMs: 30 },
        );
      });
      here.say(`${currentTask()?.phase}`);
      around.cancel("around");
      yield* sleep(1);
      here.say("not reached");
    });
  });
  expect(here.log).toEqual(["30 CancelledError outer", "30 ready"]);
});

describe("in development the first insist says where an ask was swallowed", () => {
  function* stubborn(): Operation<void> {
    try {
      yield* sleep(100_000);
    } catch {}
    yield* sleep(100_001); // the wait at which it stands when it is insisted upon
  }

  function cancelledWith(debug: boolean, main: () => Operation<void>): (SwallowedCancelError & { at: unknown })[] {
    const reports: (SwallowedCancelError & { at: unknown })[] = [];
    const onError = (error: unknown, info: { readonly scheduledAt?: string }): void =>
      void reports.push(Object.assign(error as SwallowedCancelError, { at: info.scheduledAt }));
    const loop = new VirtualLoop({ debug, onError });
    const task = run(main, { loop, name: "subject" });
    task.addDoneCallback(() => {});
    loop.runUntilIdle();
    task.cancel("stop");
    while (loop.advanceToNext());
    expect(read(task)).toBe("cancelled stop");
    return reports;
  }

  test("once a task and cancel, by name, with the stack of the wait it stands at", () => {
    const [report, ...others] = cancelledWith(true, () => call(stubborn));
    expect(others).toEqual([]);
    expect(report?.message).toBe(
      'Task "subject" went on after its cancel and is asked again at each wait; ' +
        "rethrow the CancelledError, or use `finally`.",
    );
    const frames = `${report?.at}`.split("\n").filter((line) => line.includes("    at "));
    expect(frames.find((line) => line.includes(".test.ts"))).toMatch(
      /at (Object\.)?stubborn.*ask-insist-end\.test\.ts:\d+/,
    );
    expect(tell(report?.cause)).toBe("CancelledError stop");
  });

  test("also where that is the ask for a scope further out", () => {
    const reports = cancelledWith(true, function* () {
      yield* scope(
        function* (s) {
          s.cancel("inner");
          yield* caught(checkpoint);
          currentTask()?.cancel("stop");
          yield* checkpoint();
        },
        { cleanupMs: 0 },
      );
    });
    expect(reports.map(({ task, cause }) => [task, tell(cause)])).toEqual([["subject", "CancelledError stop"]]);
  });

  test("one that takes no notice at all is told of twice: at the first insist, and at its end", () => {
    const reports = cancelledWith(true, deaf);
    expect(reports.map(({ message }) => /and (is asked again|was ended by force)/.exec(message)?.[1])).toEqual([
      "is asked again",
      "was ended by force",
    ]);
  });

  test("not of a task that heeds it, nor without debug; and the bridge is as it was", () => {
    function* heeds(): Operation<void> {
      try {
        yield* forever();
      } finally {
        yield* group(function* (g) {
          g.spawn(sleep(5), { eager: true });
        });
      }
    }
    expect(cancelledWith(true, heeds)).toEqual([]);
    expect(cancelledWith(false, stubborn)).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(bridge, "request")).toMatchObject({ value: null, writable: true });
  });
});

describe("end", () => {
  test("ADV-05 a loop that swallows everything: 49 more rounds, insisted at 5,000 ms, ended after 1,000 throws, reported once by name, its group joined", () => {
    const here = lab({ reports: true });
    let rounds = 0;
    let throws = 0;
    const end = here.play(function* (root) {
      const deaf = root.spawn(function* deaf() {
        for (;;) {
          try {
            yield* sleep(100);
            rounds++;
          } catch (error) {
            if (isCancelled(error)) throws++;
          }
        }
      });
      yield* checkpoint();
      deaf.cancel("please");
      const outcome = yield* deaf.join();
      here.say(`joined, ${outcome.status}`);
    });
    expect({ end, rounds, throws, log: here.log }).toEqual({
      end: "fulfilled undefined",
      rounds: 49,
      throws: 1001,
      log: ["5000 joined, cancelled"],
    });
    expect(here.reports).toEqual([
      'task ended by force, deaf: Task "deaf" went on after its cancel and was ended by force; ' +
        "rethrow the CancelledError, or use `finally`.",
    ]);
  });

  const loops: Record<string, () => Operation<unknown>> = {
    "a scope that throws": () => scope(() => sleep(100)),
    "a scope that swallows": () => scope(swallowing),
    "a call that swallows": () => call(swallowing),
    "a call in a scope in a call": () => call(() => scope(() => call(swallowing))),
    "a group whose children swallow": () =>
      group(function* (g) {
        g.spawn(swallowing);
      }),
  };
  function* swallowing(): Operation<void> {
    try {
      yield* sleep(100);
    } catch {}
  }

  test.each(Object.keys(loops))("a loop over %s ends as well: what a frame's callees ignore counts for it", (name) => {
    const here = lab({ reports: true });
    let rounds = 0;
    const end = cancelled(here, function* () {
      for (;;) {
        try {
          yield* (loops[name] as () => Operation<unknown>)();
        } catch {}
        rounds++;
      }
    });
    expect([end, here.loop.now()]).toEqual(["cancelled stop", 5000]);
    expect(rounds).toBeLessThan(50 + 1002);
    expect(here.reports).toEqual([expect.stringMatching(/^task ended by force, subject/)]);
  });

  test("a frame is not ended for what the scopes that it opens insist upon, however many there are", () => {
    const here = lab({ reports: true });
    const end = here.play(() =>
      shield(function* () {
        currentTask()?.cancel("stop"); // waits outside: the task is in trouble all the time
        for (let i = 0; i < 1_100; i++) {
          yield* scope(
            function* (s) {
              s.cancel("over");
              yield* swallowing();
              yield* swallowing(); // this one is insisted upon
            },
            { cleanupMs: 0 },
          );
        }
        here.say("done");
      }),
    );
    expect([end, ...here.log, ...here.reports]).toEqual(["fulfilled undefined", "0 done"]);
  });

  test("its finallys run at the end by force, as far as they do not wait", () => {
    const here = lab({ reports: true });
    const end = cancelled(here, function* () {
      try {
        yield* deaf();
      } finally {
        here.say("finally");
      }
    });
    expect([end, ...here.log]).toEqual(["cancelled stop", "5000 finally"]);
    expect(here.reports).toHaveLength(1);
  });

  test("C3 C4 what a finally throws then comes out, unless it passes the cancellation on", () => {
    const here = lab({ reports: true });
    for (const fails of [true, false]) {
      const end = cancelled(here, function* () {
        let stop: unknown;
        try {
          for (;;) stop = yield* caught(forever);
        } finally {
          throw fails ? new Error("could not close") : stop;
        }
      });
      expect(end).toBe(fails ? "rejected Error: could not close" : "cancelled stop");
    }
    const byForce = expect.stringMatching(/^task ended by force, subject/);
    expect(here.reports).toEqual([byForce, byForce]);
  });

  test("ADV-07 a frame whose finally continues: 16 returns, then it is abandoned, reported as such, and the task settles cancelled", () => {
    const here = lab({ reports: true });
    let finallys = 0;
    const end = cancelled(here, function* () {
      for (;;) {
        try {
          yield* forever();
        } finally {
          finallys++;
          if (finallys > 0) continue;
        }
        here.say("not reached");
      }
    });
    expect(end).toBe("cancelled stop");
    expect(finallys).toBe(1 + 1000 + 16); // the ask, the insisted throws, the returns
    expect(here.reports).toEqual([expect.stringMatching(/^task abandoned, subject: Task "subject" .* was abandoned;/)]);
  });

  test("ADV-09 cleanupMs 0 and a loop over a done future: nothing hangs, timers fire between the throws, and it ends", async () => {
    const reports: unknown[] = [];
    // Every pass is a turn of the host's, so that what is measured is the order of things and not how fast they are.
    const loop = new EventLoop({ maxPassMs: 0, onError: (error) => reports.push(error) });
    loop.start();
    const done = Future.resolve(1, { loop });
    let throws = 0;
    let atTimer = 0;
    await run(
      function* () {
        yield* scope(
          function* (s) {
            s.cancel();
            for (;;) {
              try {
                yield* done;
              } catch {
                if (++throws === 1) loop.callLater(0, () => (atTimer = throws));
              }
            }
          },
          { cleanupMs: 0 },
        );
      },
      { loop },
    );
    loop.close();
    expect(throws).toBe(1 + 1000);
    expect(atTimer).toBeGreaterThan(0);
    expect(atTimer).toBeLessThan(throws);
    expect(reports).toEqual([expect.any(SwallowedCancelError)]);
  });

  test("ADV-51 with frames of call only the swallowing frame is closed: its caller's catch sees the CancelledError", () => {
    const here = lab({ reports: true });
    const end = cancelled(here, function* () {
      try {
        yield* call(function* () {
          try {
            yield* deaf();
          } finally {
            here.say("frame closed");
          }
        });
      } catch (error) {
        here.say(tell(error));
        throw error;
      } finally {
        here.say("caller's finally");
      }
    });
    expect([end, ...here.log]).toEqual([
      "cancelled stop",
      "5000 frame closed",
      "5000 CancelledError stop",
      "5000 caller's finally",
    ]);
    expect(here.reports).toHaveLength(1);
  });

  test("C3 ADV-51 what a finally throws at the end by force comes out in the cancellation's place, which is its cause", () => {
    function* fails(): Operation<void> {
      try {
        yield* deaf();
      } finally {
        throw new Error("cleanup");
      }
    }
    const here = lab({ reports: true });
    const ends = [fails, () => scope(fails), () => call(fails), () => group((g) => g.spawn(fails))].map((main) => {
      const task = here.start(main, { name: "subject" });
      ending(task);
      here.loop.runUntilIdle();
      task.cancel("stop");
      here.finish();
      const outcome = task.peek();
      const error = outcome?.status === "rejected" ? (outcome.reason as Error) : undefined;
      return [tell(error), tell((error instanceof GroupError ? error.errors[0] : error)?.cause)];
    });
    expect(ends).toEqual([
      ["Error: cleanup", "CancelledError stop"],
      ["Error: cleanup", "CancelledError stop"],
      ["Error: cleanup", "CancelledError stop"],
      ["GroupError [Error: cleanup]", "CancelledError stop"],
    ]);
    expect(here.reports).toHaveLength(4);
  });

  test("C2 the end of a group's body is not the end of its children: they end before the task", () => {
    const here = lab({ reports: true });
    let throws = 0;
    const task = here.start(function* () {
      yield* group(function* (g) {
        g.spawn(() =>
          shield(function* () {
            yield* sleep(6000);
            here.say("child over");
          }),
        );
        for (;;) {
          try {
            yield* forever();
          } catch {
            throws++;
            if (throws > 1010) yield* shield(() => sleep(700)); // or no time would pass
          }
        }
      });
    });
    task.addDoneCallback(() => here.say(`task ${read(task)}`));
    here.loop.runUntilIdle();
    task.cancel("stop");
    here.finish();
    expect(here.log).toEqual(["6000 child over", "6000 task cancelled stop"]);
    expect(throws).toBe(1001);
    expect(here.reports).toHaveLength(1);
  });

  test("C2 a cleanup that takes no notice is not ended while children that it has spawned in its own group live", () => {
    const here = lab({ reports: true });
    let throws = 0;
    const task = here.start(() =>
      group(function* (g) {
        yield* ensure(function* () {
          g.spawn(() =>
            shield(function* () {
              yield* sleep(6000);
              here.say("child over");
            }),
          );
          for (;;) {
            try {
              yield* forever();
            } catch {
              throws++;
              if (throws > 1010) yield* shield(() => sleep(700)); // or no time would pass
            }
          }
        });
        yield* forever();
      }),
    );
    task.addDoneCallback(() => here.say(`task ${read(task)}`));
    here.loop.runUntilIdle();
    task.cancel("stop");
    here.finish();
    expect(here.log).toEqual(["6000 child over", "6400 task cancelled stop"]);
    expect(here.reports).toHaveLength(1);
  });

  test("what `ensure` was given in the task, or in a scope that is ended by force, is done all the same, and may wait behind a shield", () => {
    const here = lab({ reports: true });
    const end = here.play(function* (root) {
      const task = root.spawn(function* () {
        yield* ensure(() =>
          shield(function* () {
            yield* sleep(1); // without a shield it would throw: the budget is spent
            here.say("the task's");
          }),
        );
        yield* scope(function* () {
          yield* ensure(() => here.say("the scope's"));
          yield* deaf();
        });
      });
      yield* checkpoint();
      task.cancel("stop");
      here.say(tell(yield* task.join()));
    });
    expect(end).toBe("fulfilled undefined");
    expect(here.log).toEqual(["5000 the scope's", "5001 the task's", '5001 {"status":"cancelled","reason":"stop"}']);
    expect(here.reports).toHaveLength(1);
  });

  test("the report keeps the cancellation as cause, and has a code", () => {
    const seen: unknown[] = [];
    const here = lab({ reports: true });
    const { reportError } = here.loop;
    here.loop.reportError = (error, info) => {
      seen.push(error);
      reportError.call(here.loop, error, info);
    };
    cancelled(
      here,
      function* () {
        for (;;)
          try {
            yield* forever();
          } catch {}
      },
      0,
      "why",
    );
    const [report] = seen as [SwallowedCancelError];
    expect(report).toBeInstanceOf(SwallowedCancelError);
    expect([report.code, report.task, report.abandoned, tell(report.cause)]).toEqual([
      "SWALLOWED_CANCEL",
      "subject",
      false,
      "CancelledError why",
    ]);
  });
});

describe("nothing stays behind", () => {
  test("ADV-53 cancelling a scope that was left does nothing, and no timer of it stays", () => {
    const here = lab();
    here.play(function* () {
      let kept: ReturnType<typeof currentScope>;
      yield* scope(
        function* (s) {
          kept = s;
          s.cancel("in time");
          yield* sleep(1);
        },
        { deadlineMs: 9000, cleanupMs: 7000 },
      );
      expect(here.loop.timers).toBe(0);
      expect(kept?.cancel("late")).toBe(false);
      yield* checkpoint();
      if (kept) kept.deadlineMs = 10;
      expect(here.loop.timers).toBe(0);
      yield* sleep(20);
      here.say("unharmed");
    });
    expect(here.log).toEqual(["20 unharmed"]);
  });

  test("ADV-53 of tasks cancelled with a budget no timer stays once they have ended", () => {
    const here = lab();
    const tasks = Array.from({ length: 100 }, () => here.start(forever));
    here.loop.runUntilIdle();
    for (const task of tasks) task.cancel();
    here.loop.runUntilIdle();
    expect([here.loop.timers, ...new Set(tasks.map((task) => task.phase))]).toEqual([0, "ended"]);
  });

  test("LOOP-034 the timer of a cancelled sleep is gone at once", () => {
    const here = lab();
    const task = here.start(() => scope(() => sleep(100_000), { cleanupMs: Number.POSITIVE_INFINITY }));
    here.loop.runUntilIdle();
    expect(here.loop.timers).toBe(1);
    task.cancel();
    expect(here.loop.timers).toBe(1); // the budget's
    here.loop.runUntilIdle();
    expect(here.loop.timers).toBe(0);
  });

  test("CORO-009 an ended task keeps neither its frame nor its scopes nor its cancellation, nor what its locals held", () => {
    const here = lab();
    const held: WeakRef<object>[] = [];
    const task = here.start(function* () {
      const precious = { big: "buffer" };
      held.push(new WeakRef(precious));
      try {
        yield* scope(forever);
      } finally {
        held.push(new WeakRef({ ...precious }));
      }
    });
    here.loop.runUntilIdle();
    task.cancel();
    here.finish();
    expect([task.frame, task.request, task.scope, task.trouble, task.cleanups]).toEqual([null, null, null, null, null]);
    return afterGarbage(() => {
      expect(held.map((ref) => ref.deref())).toEqual([undefined, undefined]);
      expect(read(task)).toBe("cancelled undefined"); // the task itself is still held here
    });
  });
});

describe("cleanUp", () => {
  /** Cleans up for `ms`, in a scope that is cancelled at 10 ms, and says when that is over. */
  const cleaning = (begun: "before" | "after", ms: number, cleanupMs: number | undefined): string => {
    const here = lab();
    here.play(() =>
      scope(
        function* (s) {
          here.loop.callLater(10, () => void s.cancel());
          try {
            if (begun === "after") yield* forever();
          } finally {
            yield* cleanUp(function* () {
              try {
                yield* sleep(ms);
              } finally {
                here.say("over");
              }
            });
            here.say("went on");
          }
        },
        { cleanupMs },
      ),
    );
    return here.log.join(", ");
  };
  test.each([
    ["before", 20, undefined, "20 over, 20 went on"],
    ["before", 100, 50, "60 over"],
    ["before", 100, 0, "10 over"],
    ["before", 100_000, 20_000, "5000 over, 5000 went on"], // the default, which it was begun with
    ["after", 20, 50, "30 over, 30 went on"],
    ["after", 100, 50, "60 over"],
    ["after", 10_000, 20_000, "10010 over, 10010 went on"],
    ["after", 100_000, undefined, "5010 over"],
  ] as const)("begun %s a cancel at 10 ms, of %d ms with a cleanupMs of %d: %s", (begun, ms, cleanupMs, log) => {
    expect(cleaning(begun, ms, cleanupMs)).toBe(log);
  });

  test("in a block of the cleanup it has the budget of the cancel as well, and behind a shield the default", () => {
    const around: Record<string, (op: () => Operation<unknown>) => Operation<unknown>> = { scope, group, shield };
    const ends = Object.entries(around).map(([name, block]) => {
      const here = lab();
      here.play(() =>
        scope(
          function* (s) {
            s.cancel();
            try {
              yield* forever();
            } finally {
              yield* block(() => cleanUp(() => sleep(20_000)));
              here.say(name);
            }
          },
          { cleanupMs: 60_000 },
        ),
      );
      return here.log.join();
    });
    expect(ends).toEqual(["20000 scope", "20000 group", "5000 shield"]);
  });
});
