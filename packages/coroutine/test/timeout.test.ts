import { describe, expect, test } from "vitest";
import {
  type CancelScope,
  call,
  checkpoint,
  effectiveDeadline,
  ensure,
  Future,
  failAfter,
  group,
  isCancelled,
  moveOnAfter,
  type Operation,
  scope,
  shield,
  sleep,
  TimeoutError,
} from "../src/index.ts";
import { caught, ending, lab, read, tell } from "./support.ts";

describe("C5 a timeout is never a cancellation", () => {
  test("C5 TIMEOUT-001 the body sees a CancelledError, the block throws TimeoutError, which is none", () => {
    const { play, log, say, loop } = lab();
    play(function* main() {
      let limit: CancelScope | undefined;
      const error = yield* caught(() =>
        failAfter(10, function* (s) {
          limit = s;
          try {
            yield* sleep(10_000);
          } catch (error) {
            say(tell(error));
            throw error;
          }
        }),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect([limit?.cancelCalled, limit?.cancelCaught]).toEqual([true, true]);
      expect([isCancelled(error), (error as TimeoutError).timeoutMs, isCancelled(error.cause)]).toEqual([
        false,
        10,
        true,
      ]);
      say(error.message);
    });
    expect([loop.now(), ...log]).toEqual([
      10,
      "10 CancelledError undefined",
      '10 Timed out after 10 ms in task "main"',
    ]);
  });

  test("C5 TIMEOUT-003 two nested with the same deadline: only the outermost throws, whatever order the loop picks", () => {
    for (let seed = 0; seed < 8; seed++) {
      const { play } = lab({ seed, order: "random" });
      const limits: CancelScope[] = [];
      const end = play(function* () {
        let inner = "";
        const error = yield* caught(() =>
          failAfter(10, function* (s) {
            limits.push(s);
            try {
              yield* failAfter(10, (s) => {
                limits.push(s);
                return sleep(100);
              });
            } catch (error) {
              inner = tell(error);
              throw error;
            }
          }),
        );
        return [inner, error.name];
      });
      expect(end).toBe('fulfilled ["CancelledError undefined","TimeoutError"]');
      expect(limits.map(({ cancelCalled, cancelCaught }) => [cancelCalled, cancelCaught])).toEqual([
        [true, true],
        [true, false],
      ]);
    }
  });

  test("C5 TIMEOUT-022 moveOnAfter just leaves, failAfter throws; an explicit cancel before the deadline makes neither throw", () => {
    const { play } = lab();
    const end = play(function* () {
      const cancelling = (
        body: (ms: number, body: (s: CancelScope) => Operation<string>) => Operation<unknown>,
      ): Operation<unknown> =>
        body(10, function* (s) {
          s.cancel();
          yield* sleep(100);
          return "not reached";
        });
      return [
        yield* moveOnAfter(5, () => sleep(100)),
        (yield* caught(() => failAfter(5, () => sleep(100)))).name,
        yield* cancelling(moveOnAfter),
        yield* cancelling(failAfter),
      ];
    });
    expect(end).toBe('fulfilled [null,"TimeoutError",null,null]');
  });

  test("C5 TIMEOUT-007 an outside cancel before the deadline comes out as itself", () => {
    const { start, finish, loop } = lab();
    const task = start(() => failAfter(10, () => sleep(100)));
    const end = ending(task);
    loop.advance(5);
    task.cancel("outside");
    finish();
    expect(end()).toBe("cancelled outside");
  });

  test("C5 a deadline that fires while an outside ask is being cleaned up does not turn it into a timeout", () => {
    const { start, finish, loop } = lab();
    const task = start(() =>
      failAfter(10, function* () {
        try {
          yield* sleep(100);
        } finally {
          yield* sleep(20);
        }
      }),
    );
    const end = ending(task);
    loop.advance(5);
    task.cancel("outside");
    finish();
    expect([end(), loop.now()]).toEqual(["cancelled outside", 25]);
  });
});

describe("deadlines", () => {
  test("TIMEOUT-004 of 0 or in the past: the first wait ends it, a checkpoint or a done future, too; without a wait the value stands", () => {
    const { play, loop } = lab();
    const end = play(function* () {
      const ends: string[] = [];
      for (const ms of [0, -5, Number.NEGATIVE_INFINITY]) {
        for (const wait of [() => sleep(0), checkpoint, () => Future.resolve(1, { loop })]) {
          ends.push((yield* caught(() => failAfter(ms, wait as () => Operation<unknown>))).name);
        }
      }
      return [
        new Set(ends).size,
        ends[0],
        yield* failAfter(0, function* () {
          return "kept";
        }),
      ];
    });
    expect(end).toBe('fulfilled [1,"TimeoutError","kept"]');
  });

  test("TIMEOUT-006 the body fails in its cleanup: that error comes out, with the cancellation as cause", () => {
    const { play } = lab();
    const end = play(function* () {
      const error = yield* caught(() =>
        failAfter(10, function* () {
          try {
            yield* sleep(100);
          } finally {
            throw new Error("cleanup");
          }
        }),
      );
      return [error, error.cause].map(tell);
    });
    expect(end).toBe('fulfilled ["Error: cleanup","CancelledError undefined"]');
  });

  test("TIMEOUT-009 an outer limit that passes while the inner one is being cleaned up interrupts the very next wait", () => {
    const { play, log, say } = lab();
    play(function* () {
      const error = yield* caught(() =>
        failAfter(15, function* () {
          const inner = yield* caught(() =>
            failAfter(10, function* () {
              try {
                yield* sleep(100);
              } finally {
                yield* sleep(20);
              }
            }),
          );
          say(inner.message.slice(0, 21));
          yield* checkpoint();
          say("not reached");
        }),
      );
      say(error.message.slice(0, 21));
    });
    expect(log).toEqual(["30 Timed out after 10 ms", "30 Timed out after 15 ms"]);
  });

  test("TIMEOUT-016 a body that catches its cancellation and returns a value has made it: no TimeoutError, whoever sets the limit", () => {
    function* swallows(): Operation<number> {
      try {
        yield* sleep(100);
      } catch {
        return 42;
      }
      return 0;
    }
    const { play } = lab();
    const end = play(function* (root) {
      return [
        yield* failAfter(10, swallows),
        yield* moveOnAfter(10, swallows),
        yield* scope(swallows, { deadlineMs: 30 }),
        yield* root.spawn(() => failAfter(10, swallows)),
      ];
    });
    expect(end).toBe("fulfilled [42,42,42,42]");
  });

  test("TIMEOUT-009 code that overruns both limits: only the outer reports", () => {
    for (const [outerMs, innerMs] of [
      [20, 10],
      [10, 20],
    ] as const) {
      const { start, finish } = lab();
      const task = start(() =>
        failAfter(outerMs, () =>
          failAfter(innerMs, function* () {
            yield* shield(() => sleep(30)); // as code that blocks the thread: both deadlines pass before the next wait
            yield* checkpoint();
          }),
        ),
      );
      const end = ending(task);
      finish();
      expect(end()).toMatch(new RegExp(`^rejected TimeoutError: Timed out after ${outerMs} ms`));
    }
  });

  test("TIMEOUT-010 TIMEOUT-025 moved later, or to never, the work goes on; moved to the past, the next wait throws; moved after the end: nothing", () => {
    const { play, loop, log, say } = lab();
    play(function* () {
      let kept: CancelScope | undefined;
      yield* scope(
        function* (s) {
          kept = s;
          yield* sleep(8);
          s.deadlineMs = 30;
          yield* sleep(15);
          s.deadlineMs = Number.POSITIVE_INFINITY;
          expect(loop.timers).toBe(0);
          yield* sleep(100);
          say("still there");
          s.deadlineMs = 0;
          say("no wait yet");
          yield* checkpoint();
          say("not reached");
        },
        { deadlineMs: 10 },
      );
      if (kept) kept.deadlineMs = 1;
      yield* sleep(1);
      say("unharmed");
    });
    expect(log).toEqual(["123 still there", "123 no wait yet", "124 unharmed"]);
  });

  test("a task that only does quick checkpoints meets its deadline at the next one", () => {
    const { start, loop, finish } = lab();
    const task = start(() =>
      failAfter(10, function* () {
        for (;;) {
          yield* checkpoint();
          yield* sleep(0.01);
        }
      }),
    );
    const end = ending(task);
    finish();
    expect(end()).toContain("TimeoutError");
    expect(loop.now()).toBe(10);
  });

  test("TIMEOUT-013 a group whose child throws in cleanup: its error comes out, not the timeout", () => {
    const { play } = lab();
    const end = play(() =>
      failAfter(10, () =>
        group(function* (g) {
          g.spawn(function* () {
            try {
              yield* sleep(100);
            } finally {
              throw new Error("cleanup");
            }
          });
        }),
      ),
    );
    expect(end).toBe("rejected GroupError [Error: cleanup]");
  });

  test("TIMEOUT-015 it returns only when the cleanup is really done", () => {
    const { play, log, say } = lab();
    play(function* () {
      const error = yield* caught(() =>
        failAfter(10, () =>
          group(function* (g) {
            const work = g.spawn(function* () {
              try {
                yield* sleep(100);
              } finally {
                yield* sleep(25);
                say("cleaned up");
              }
            });
            yield* work;
          }),
        ),
      );
      say(error.name);
    });
    expect(log).toEqual(["35 cleaned up", "35 TimeoutError"]);
  });

  test("ADV-47 a value delivered just before the deadline, and no further wait: the value, no TimeoutError", () => {
    const { play } = lab();
    const end = play(() =>
      failAfter(10, function* () {
        yield* sleep(10); // its timer was set after the deadline's, and so fires after it …
        return "late";
      }),
    );
    expect(end).toContain("TimeoutError");
    const { play: again, loop } = lab();
    const { future, resolve } = Future.withResolvers<string>({ loop });
    loop.callLater(10, () => resolve("in time")); // … this one was set before
    expect(
      again(() =>
        failAfter(10, function* () {
          return yield* future;
        }),
      ),
    ).toBe("fulfilled in time");
  });

  test("TIMEOUT-018 a limit of 0 or less: what comes first is a wait, so a done future times out, too; what was not begun is not; a child that runs is cancelled and awaited", () => {
    for (const ms of [0, -1]) {
      const { play, loop, log, say } = lab();
      const name = (operation: () => Operation<unknown>): Operation<string> =>
        (function* () {
          return (yield* caught(() => failAfter(ms, operation))).name;
        })();
      const end = play(function* (root) {
        const running = root.spawn(
          function* () {
            try {
              yield* sleep(100);
            } finally {
              yield* sleep(5);
              say("cleaned up");
            }
          },
          { eager: true },
        );
        return [
          yield* name(() => Future.resolve(1, { loop })),
          yield* name(() =>
            call(function* () {
              say("not begun");
            }),
          ),
          yield* name(function* () {
            try {
              yield* running;
            } finally {
              running.cancel();
              yield* running.join();
            }
          }),
        ];
      });
      expect(end).toBe('fulfilled ["TimeoutError","TimeoutError","TimeoutError"]');
      expect([log, loop.now()]).toEqual([["5 cleaned up"], 5]);
    }
  });

  test("TIMEOUT-019 the awaited task ends and the waiter's deadline comes in one pass: what came first wins, and the task keeps its value", () => {
    for (const first of ["value", "deadline"] as const) {
      const { play, loop } = lab();
      const { future, resolve } = Future.withResolvers<string>({ loop });
      const settle = (): void => void loop.callAt(10, () => resolve("value"));
      if (first === "value") settle(); // timers of one moment fire in the order in which they were set
      const end = play(function* () {
        const got = yield* moveOnAfter(10, function* () {
          if (first === "deadline") settle();
          return yield* future;
        });
        return [got ?? "deadline", read(future), loop.now()];
      });
      expect(end).toBe(`fulfilled ${JSON.stringify([first, "fulfilled value", 10])}`);
    }
  });

  test("TIMEOUT-021 a task of further out runs on when who waits for it has timed out, and can be awaited later", () => {
    const { play } = lab();
    const end = play(function* (root) {
      const work = root.spawn(function* () {
        yield* sleep(20);
        return "work";
      });
      const first = yield* moveOnAfter(5, () => work);
      return [first, yield* work];
    });
    expect(end).toBe('fulfilled [null,"work"]');
  });

  test("TIMEOUT-024 effectiveDeadline: the earliest around it, up to a shield; -Infinity once cancelled", () => {
    const { play } = lab();
    const seen: number[] = [];
    const see = (): unknown => seen.push(effectiveDeadline());
    play(function* () {
      see();
      yield* scope(
        function* (outer) {
          see();
          yield* scope(
            function* () {
              see();
              yield* shield(
                function* () {
                  see();
                },
                { deadlineMs: 70 },
              );
              outer.cancel();
              see();
              yield* shield(function* () {
                see(); // what is cancelled outside does not count in here
              });
            },
            { deadlineMs: 100 },
          );
        },
        { deadlineMs: 50 },
      );
      see();
    });
    const never = Number.POSITIVE_INFINITY;
    expect(seen).toEqual([never, 50, 50, 70, Number.NEGATIVE_INFINITY, never, never]);
  });

  test("TIMEOUT-024 effectiveDeadline in a cleanup: its own deadline, or when a scope outside comes to insist", () => {
    const { start, finish } = lab();
    const seen: number[] = [];
    const see = (): unknown => seen.push(effectiveDeadline());
    function* cleanUp(): Operation<void> {
      see();
      yield* scope(
        function* (s) {
          see();
          s.cancel();
          see();
        },
        { deadlineMs: 50 },
      );
      yield* group(function* (g) {
        g.spawn(function* () {
          see();
        });
      });
      yield* sleep(100); // the scope further out is cancelled meanwhile, and insists first
      see();
      yield* shield(function* () {
        see();
      });
      yield* caught(() => sleep(1000));
      see();
    }
    const task = start(() =>
      scope(
        () =>
          scope(
            function* () {
              try {
                yield* sleep(10_000);
              } finally {
                see(); // of the scope itself, whatever its cleanup may still do
                yield* scope(cleanUp, { deadlineMs: 5000 });
              }
            },
            { deadlineMs: 20, cleanupMs: 200 },
          ),
        { deadlineMs: 100, cleanupMs: 30 },
      ),
    );
    finish();
    const never = Number.POSITIVE_INFINITY;
    expect([read(task), ...seen]).toEqual(["fulfilled undefined", -never, 130, 50, -never, 130, 130, never, -never]);
  });

  test("TIMEOUT-024 effectiveDeadline in what ensure() has left to be done: nobody has to be cancelled yet", () => {
    const { play } = lab();
    const seen: number[] = [];
    play(() =>
      scope(
        function* () {
          yield* scope(function* () {
            yield* ensure(() => void seen.push(effectiveDeadline()));
          });
          seen.push(effectiveDeadline());
        },
        { deadlineMs: 100, cleanupMs: 30 },
      ),
    );
    expect(seen).toEqual([130, 100]);
  });

  test("TIMEOUT-028 a deadline rewritten thousands of times keeps one timer", () => {
    const { play, loop } = lab();
    play(function* () {
      yield* scope(function* (s) {
        for (let i = 0; i < 5000; i++) s.deadlineMs = 1_000_000 + i;
        expect(loop.timers).toBe(1);
      });
      expect(loop.timers).toBe(0);
    });
  });

  test("deadlines nest: each block is left at its own, and only the one that fired throws", () => {
    const { play, log, say } = lab();
    play(function* () {
      const error = yield* caught(() =>
        failAfter(30, function* () {
          yield* moveOnAfter(10, () => sleep(100));
          say("first");
          yield* moveOnAfter(10, () => sleep(100));
          say("second");
          yield* moveOnAfter(100, function* () {
            yield* ensure(() => say("cleaned up"));
            yield* sleep(1000);
          });
          say("not reached");
        }),
      );
      say(error.name);
    });
    expect(log).toEqual(["10 first", "20 second", "30 cleaned up", "30 TimeoutError"]);
  });
});
