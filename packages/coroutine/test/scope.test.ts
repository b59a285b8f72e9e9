import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  all,
  CancelledError,
  type CancelScope,
  checkpoint,
  currentScope,
  currentTask,
  effectiveDeadline,
  Future,
  group,
  isCancelled,
  type Operation,
  scope,
  shield,
  sleep,
  type Task,
} from "../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "./support.ts";

const strict = { cleanupMs: 0 };

describe("a scope", () => {
  test("gives what its body returns, and is the current one inside", () => {
    const { play } = lab();
    const end = play(function* () {
      const outside = currentScope();
      const inside = yield* scope(function* (s) {
        yield* checkpoint();
        return currentScope() === s;
      });
      return [inside, currentScope() === outside];
    });
    expect(end).toBe("fulfilled [true,true]");
  });

  test("CANCEL-024 cancelled twice: the second does nothing and says so; afterwards both flags stand, and the first reason", () => {
    const { play } = lab();
    play(function* () {
      let kept: CancelScope | undefined;
      const value = yield* scope(function* (s) {
        kept = s;
        expect([s.cancelCalled, s.cancel("one"), s.cancel("two"), s.cancelCalled, s.cancelCaught]).toEqual([
          false,
          true,
          false,
          true,
          false,
        ]);
        const error = (yield* caught(checkpoint)) as CancelledError;
        expect([error.reason, error.scope]).toEqual(["one", s]);
        throw error;
      });
      expect([value, kept?.cancelCalled, kept?.cancelCaught]).toEqual([undefined, true, true]);
    });
  });

  test("the error tells who asked and why", () => {
    const { play } = lab();
    play(function* main() {
      yield* scope(
        function* (s) {
          s.cancel(new Error("too slow"));
          const error = yield* caught(checkpoint);
          expect(error.message).toBe('scope "fetch" was cancelled by task "main": too slow');
          throw error;
        },
        { name: "fetch" },
      );
      yield* scope(function* (s) {
        s.deadlineMs = 1;
        const error = yield* caught(() => sleep(10));
        expect(error.message).toBe('a scope of task "main" was cancelled by its deadline');
        throw error;
      });
    });
  });

  test("CANCEL-007 a task that cancels itself is cancelled at its next wait, at once", () => {
    const { start, finish, log, say, loop } = lab();
    const task = start(function* () {
      currentTask()?.cancel("myself");
      say("still here");
      yield* sleep(100_000);
    });
    finish();
    expect([read(task), loop.now(), ...log]).toEqual(["cancelled myself", 0, "0 still here"]);
  });

  test("CANCEL-006 [L] swallowed, it is thrown again at every wait until the scope is left", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* scope(function* (s) {
        s.cancel();
        for (let i = 0; i < 3; i++) say(tell(yield* caught(() => sleep(1))));
        yield* checkpoint();
        say("not reached");
      }, strict);
      yield* sleep(1);
      say("outside");
    });
    expect(log).toEqual([...Array<string>(3).fill("0 CancelledError undefined"), "1 outside"]);
  });

  test("CANCEL-009 cancelled from inside and left without a wait: nothing is thrown, nothing caught, later waits work", () => {
    const { play } = lab();
    const end = play(function* () {
      let kept: CancelScope | undefined;
      const value = yield* scope(function* (s) {
        kept = s;
        s.cancel();
        return "value";
      });
      yield* sleep(1);
      return [value, kept?.cancelCalled, kept?.cancelCaught];
    });
    expect(end).toBe('fulfilled ["value",true,false]');
  });

  test("CANCEL-013 reasons of every kind come out as they went in, in the error, the outcome and to whoever reads them, without a cause", () => {
    const { start, finish, loop } = lab();
    for (const reason of [undefined, null, 0, "text", { code: 7 }, new Error("why"), Symbol("s")]) {
      let seen: unknown;
      const task = start(function* () {
        try {
          yield* sleep(1000);
        } catch (error) {
          seen = error;
          throw error;
        }
      });
      const end = ending(task);
      loop.runUntilIdle();
      task.cancel(reason);
      finish();
      expect((seen as CancelledError).reason).toBe(reason);
      expect(task.outcome).toEqual({ status: "cancelled", reason });
      const error = thrown(() => task.result());
      expect([error, error.cause]).toEqual([seen, undefined]);
      expect(end()).toContain("cancelled");
      const reader = start(function* () {
        const error = (yield* caught(() => task)) as CancelledError;
        return [error === seen, error.reason === reason, error.cause, yield* task.join()];
      });
      finish();
      expect(reader.result()).toEqual([true, true, undefined, { status: "cancelled", reason }]);
    }
  });

  test("CANCEL-040 nobody but the runtime makes a CancelledError", () => {
    expect(() => new (CancelledError as unknown as new (reason: string) => unknown)("mine")).toThrow(TypeError);
  });

  test("CANCEL-028 turning a shield off has no form here: a shield ends where its body does, and then the cancel bites", () => {
    const { start, loop, finish, log, say } = lab();
    const task = start(function* () {
      yield* shield(function* () {
        yield* sleep(10);
        say("shielded work done");
      });
      say("shield left");
      yield* sleep(1000);
    });
    loop.runUntilIdle();
    task.cancel("outside");
    finish();
    expect([read(task), ...log]).toEqual(["cancelled outside", "10 shielded work done", "10 shield left"]);
  });

  test("CANCEL-027 inside a shield in a cancelled scope waits pass; cancelling the shield itself, or a scope in it, throws", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* scope(function* (outer) {
        outer.cancel();
        yield* shield(function* (s) {
          yield* sleep(1);
          yield* scope(function* (inner) {
            inner.cancel();
            yield* sleep(1);
            say("not reached");
          });
          say("inner left");
          yield* sleep(1);
          s.cancel();
          yield* sleep(1);
          say("not reached");
        });
        say("shield left");
        yield* sleep(1);
        say("not reached");
      }, strict);
    });
    expect(log).toEqual(["1 inner left", "2 shield left"]);
  });

  test("TIMEOUT-022 a shield cut off by its own cancel, or by a deadline that was set in it, gives undefined", () => {
    const { play } = lab();
    const end = play(function* () {
      const cut: (CancelScope | undefined)[] = [];
      const ending = (end: (s: CancelScope) => void): Operation<string> =>
        shield(function* (s) {
          cut.push(s);
          end(s);
          yield* sleep(100);
          return "not reached";
        });
      const seen: unknown[] = [];
      seen.push(yield* ending((s) => s.cancel()));
      seen.push(
        yield* ending((s) => {
          s.deadlineMs = 5;
        }),
      );
      return [...seen, ...cut.map((s) => s?.cancelCaught)];
    });
    expect(end).toBe("fulfilled [null,null,true,true]");
  });

  test("C7 CANCEL-031 a cancel before the body starts is remembered: the first wait throws, and the scope absorbs it", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      yield* scope(
        function* (s) {
          say(`cancelled already: ${s.cancelCalled}`);
          yield* checkpoint();
          say("not reached");
        },
        { deadlineMs: 0 },
      );
      return "went on";
    });
    expect([end, ...log]).toEqual(["fulfilled went on", "0 cancelled already: true"]);
  });

  test("C7 after it has ended, cancel does nothing and returns false", () => {
    const { start, finish, play } = lab();
    play(function* () {
      let kept: CancelScope | undefined;
      yield* scope(function* (s) {
        kept = s;
      });
      expect([kept?.cancel(), kept?.cancelCalled]).toEqual([false, false]);
    });
    const task = start(function* () {
      return 1;
    });
    finish();
    expect([task.cancel(), read(task)]).toEqual([false, "fulfilled 1"]);
  });

  test("CANCEL-033 a deadline that has passed stays: moving it does not take the cancel back", () => {
    const { play } = lab();
    const end = play(function* () {
      yield* sleep(5);
      return yield* scope(
        function* (s) {
          s.deadlineMs = 1000;
          yield* sleep(1);
          return "not reached";
        },
        { deadlineMs: 3 },
      );
    });
    expect(end).toBe("fulfilled undefined");
  });

  test("CANCEL-021 CANCEL-022 a shield gives the value, the error or the cancellation of what it shields, and leaves nothing on a future", () => {
    const { play, loop } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const end = play(function* (root) {
      const done = yield* shield(() => Future.resolve(1, { loop }));
      const failed = tell(yield* caught(() => shield(() => Future.reject(new Error("no"), { loop }))));
      const { future: gone } = Future.withResolvers<number>({ loop });
      gone.cancel("theirs");
      const cancelled = tell(yield* caught(() => shield(() => gone)));
      const waiting = root.spawn(() => scope(() => shield(() => future, { deadlineMs: 5 })));
      yield* sleep(10);
      const left = future.firstWaiter;
      resolve(3);
      return [done, failed, cancelled, read(waiting), left];
    });
    expect(end).toBe('fulfilled [1,"Error: no","CancelledError theirs","fulfilled undefined",null]');
  });

  test("CANCEL-025 the kinds of checkpoint: full throws and yields; a ready answer throws and does not yield; shielded yields and never throws", () => {
    const { play, log, say, loop } = lab();
    const ready = Future.resolve(1, { loop });
    play(function* () {
      loop.callSoon(() => say("next pass"));
      yield* ready;
      say("ready answer passed");
      yield* checkpoint();
      say("checkpoint passed");
      yield* scope(function* (s) {
        s.cancel();
        loop.callSoon(() => say("pass after"));
        yield* shield(() => checkpoint());
        say("shielded checkpoint passed");
        say(tell(yield* caught(() => ready)));
      });
      yield* scope(function* (s) {
        s.cancel();
        say(tell(yield* caught(checkpoint)));
      });
    });
    expect(log).toEqual([
      "0 ready answer passed",
      "0 next pass",
      "0 checkpoint passed",
      "0 pass after",
      "0 shielded checkpoint passed",
      "0 CancelledError undefined",
      "0 CancelledError undefined",
    ]);
  });

  test("CANCEL-036 a wait that may not be cut off: its value is delivered, and the next wait throws", () => {
    const { start, loop, finish, log, say } = lab();
    const { future, resolve } = Future.withResolvers<string>({ loop });
    const task = start(function* () {
      say(yield* shield(() => future));
      yield* checkpoint();
      say("not reached");
    });
    loop.runUntilIdle();
    task.cancel("late");
    loop.runUntilIdle();
    resolve("value");
    finish();
    expect([read(task), ...log]).toEqual(["cancelled late", "0 value"]);
  });

  test("CANCEL-045 in the cleanup of a cancelled scope, a shield is not cancelled; outside of it, it is", () => {
    const { play } = lab();
    const end = play(function* () {
      const seen: unknown[] = [];
      yield* scope(function* (s) {
        s.cancel();
        try {
          yield* checkpoint();
        } finally {
          yield* shield(function* (inner) {
            seen.push(inner.signal.aborted, effectiveDeadline());
            yield* sleep(5);
          });
          seen.push(s.signal.aborted, effectiveDeadline());
        }
      }, strict);
      return seen.map(String);
    });
    expect(end).toBe('fulfilled ["false","Infinity","true","-Infinity"]');
  });

  test("CANCEL-046 [L] inner cancelled, and outer during its unwinding: the error goes on to outer; a shielded inner one catches its own", () => {
    const { play, log, say } = lab();
    function* nested(kind: typeof shield | typeof scope): Operation<void> {
      yield* scope(function* (outer) {
        yield* kind(function* (inner) {
          inner.cancel("inner");
          try {
            yield* checkpoint();
          } finally {
            outer.cancel("outer");
            yield* checkpoint();
          }
        }, strict as object);
        say(`left ${kind.name}`);
        yield* checkpoint();
        say("not reached");
      }, strict);
      say("left outer");
    }
    play(() => nested(scope));
    play(() => nested(shield));
    expect(log).toEqual(["0 left outer", "0 left shield", "0 left outer"]);
  });

  test("CANCEL-048 a scope lets a cancel of its whole task pass", () => {
    const { start, loop, finish, log, say } = lab();
    let kept: CancelScope | undefined;
    const task = start(function* () {
      yield* scope(function* (s) {
        kept = s;
        yield* sleep(1000);
      });
      say("not reached");
    });
    loop.runUntilIdle();
    task.cancel("task");
    finish();
    expect([read(task), kept?.cancelCaught, ...log]).toEqual(["cancelled task", false]);
  });

  test("CANCEL-048 its own cancel is over when it is left, and one of the task that came with it is not", () => {
    const { start, loop, finish, log, say } = lab();
    let kept: CancelScope | undefined;
    const body = function* (): Operation<void> {
      yield* scope(function* (s) {
        kept = s;
        yield* sleep(1000);
      });
      say(`${currentTask()?.phase}`);
      yield* sleep(1);
      say("free");
    };
    const alone = start(body);
    loop.runUntilIdle();
    kept?.cancel("own");
    finish();
    const both = start(body);
    loop.runUntilIdle();
    kept?.cancel("own");
    both.cancel("task");
    finish();
    expect([read(alone), read(both), ...log]).toEqual(["fulfilled undefined", "cancelled task", "0 ready", "1 free"]);
  });

  test("which error: the outermost cancelled scope in sight, chosen when it is thrown", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* scope(function* (outer) {
        yield* scope(function* (middle) {
          yield* scope(function* (inner) {
            inner.cancel("inner");
            middle.cancel("middle");
            outer.cancel("outer");
            try {
              yield* checkpoint();
            } catch (error) {
              say(tell(error));
              throw error;
            }
          });
          say("not reached");
        });
        say("not reached");
      });
      say("left");
    });
    expect(log).toEqual(["0 CancelledError outer", "0 left"]);
  });

  test("only the scope whose error it is absorbs it: one that is kept and thrown elsewhere passes through", () => {
    const { play } = lab();
    const end = play(function* () {
      let kept: unknown;
      yield* scope(function* (s) {
        s.cancel("first");
        kept = yield* caught(checkpoint);
      });
      const error = yield* caught(() =>
        scope(function* (s) {
          s.cancel("second");
          throw kept;
        }),
      );
      return [error === kept, isCancelled(error)];
    });
    expect(end).toBe("fulfilled [true,true]");
  });

  test("a cancel reaches tasks in the order outer first, then siblings as they were spawned", () => {
    const { play, log, say, loop } = lab();
    function* leaf(name: string): Operation<void> {
      try {
        yield* sleep(1000);
      } finally {
        say(name);
      }
    }
    play(function* () {
      yield* scope(function* (s) {
        yield* group(function* (g) {
          g.spawn(leaf("a"));
          g.spawn(() =>
            group(function* (h) {
              h.spawn(leaf("b1"));
              yield* leaf("b");
            }),
          );
          g.spawn(leaf("c"));
          loop.callLater(1, () => s.cancel());
          yield* leaf("body");
        });
      });
    });
    expect(log).toEqual(["1 body", "1 a", "1 b", "1 c", "1 b1"]);
  });
});

describe("s.signal", () => {
  test("aborts with the reason, the identical object, when the scope or one outside is cancelled; with the error if there is none", () => {
    const { play } = lab();
    const reason = { code: 1 };
    play(function* () {
      yield* scope(function* (outer) {
        yield* scope(function* (inner) {
          const { signal } = inner;
          expect(inner.signal).toBe(signal);
          outer.cancel(reason);
          expect([signal.aborted, signal.reason]).toEqual([true, reason]);
          expect(signal.reason).toBe(reason);
          const error = yield* caught(checkpoint);
          expect((error as CancelledError).reason).toBe(reason);
        });
      });
      yield* scope(function* (s) {
        s.cancel();
        expect(isCancelled(s.signal.reason)).toBe(true);
      });
    });
  });

  test("does not abort for a cancel outside a shield, nor in a scope opened to clean up, and never after the scope was left", () => {
    const { play } = lab();
    play(function* () {
      const signals: AbortSignal[] = [];
      yield* scope(function* (outer) {
        yield* scope(function* (early) {
          signals.push(early.signal);
        });
        yield* shield(function* (s) {
          signals.push(s.signal);
          yield* scope(function* (inShield) {
            signals.push(inShield.signal);
            outer.cancel();
          });
        });
        try {
          yield* checkpoint();
        } finally {
          yield* scope(function* (cleanup) {
            signals.push(cleanup.signal);
          });
        }
      });
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false, false]);
    });
  });

  test("reaches the scopes of tasks further in, and costs one listener of the user's", () => {
    const { play } = lab();
    play(function* () {
      yield* scope(function* (outer) {
        yield* group(function* (g) {
          let signal: AbortSignal | undefined;
          g.spawn(() =>
            scope(function* (s) {
              signal = s.signal;
              signal.addEventListener("abort", () => {}, { once: true });
              yield* sleep(1000);
            }),
          );
          yield* sleep(1);
          outer.cancel("far");
          expect([signal?.aborted, signal?.reason, getEventListeners(signal as AbortSignal, "abort").length]).toEqual([
            true,
            "far",
            0,
          ]);
        });
      });
    });
  });
});

describe("a task's own cancel", () => {
  test("reaches children of groups that it opened, and not its siblings", () => {
    const { play, log, say } = lab();
    function* noisy(name: string): Operation<void> {
      try {
        yield* sleep(10);
        say(`${name} slept`);
      } catch (error) {
        say(`${name} ${tell(error)}`);
        throw error;
      }
    }
    play(function* (root) {
      const parent = root.spawn(() =>
        group(function* (g) {
          g.spawn(noisy("child"));
        }),
      );
      root.spawn(noisy("sibling"));
      yield* sleep(1);
      parent.cancel("family");
      expect(tell(yield* parent.join())).toBe('{"status":"cancelled","reason":"family"}');
    });
    expect(log).toEqual(["1 child CancelledError family", "10 sibling slept"]);
  });

  test("to await a cancelled task throws its CancelledError, an ordinary error to who awaits", () => {
    const { play } = lab();
    const end = play(function* (root) {
      const gone: Task<void> = root.spawn(sleep(1000));
      yield* checkpoint();
      gone.cancel("theirs");
      return (yield* all([
        caught(() => gone),
        function* () {
          return currentTask()?.phase;
        },
      ])).map(tell);
    });
    expect(end).toBe('fulfilled ["CancelledError theirs","ready"]');
  });
});

describe("how it looks", () => {
  test("DEBUG-018 a scope and a group have tags, and are shown by name, state and deadline", () => {
    const { play } = lab();
    const seen: unknown[] = [];
    let gone: CancelScope | undefined;
    play(
      function* (root) {
        seen.push(`${root}`, inspect(root));
        yield* scope(
          function* (s) {
            gone = s;
            seen.push(String(s), inspect(s), inspect({ a: { b: { c: s } } }));
            s.cancel();
            seen.push(inspect(s));
          },
          { name: "download", deadlineMs: 50 },
        );
        yield* scope(function* (s) {
          gone = s;
        });
        seen.push(inspect(gone));
      },
      { name: "main" },
    );
    expect(seen).toEqual([
      "[object TaskGroup]",
      `TaskGroup "main" { state: 'open', deadlineMs: Infinity }`,
      "[object CancelScope]",
      `CancelScope "download" { state: 'open', deadlineMs: 50 }`,
      `{ a: { b: { c: [CancelScope "download"] } } }`,
      `CancelScope "download" { state: 'cancelled', deadlineMs: 50 }`,
      `CancelScope "" { state: 'ended', deadlineMs: Infinity }`,
    ]);
  });
});
