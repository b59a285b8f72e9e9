import { describe, expect, test } from "vitest";
import {
  type Coroutine,
  call,
  checkpoint,
  coroutine,
  currentTask,
  detach,
  Future,
  group,
  MisuseError,
  type Operation,
  receiver,
  scope,
  sleep,
  type Task,
  use,
  type Wait,
  WouldBlockError,
} from "../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "./support.ts";

const averager = coroutine(function* averager(): Generator<number, string, number> {
  let sum = 0;
  let count = 0;
  let average = 0;
  for (;;) {
    const value = yield average;
    if (Number.isNaN(value)) return `${count} values`;
    sum += value;
    average = sum / ++count;
  }
});

const noisy = (say: (text: string) => void, waitMs = 0) =>
  coroutine(function* noisy(): Generator<number | Wait, string, string> {
    try {
      for (let i = 0; ; i++) {
        const got = yield i;
        say(`got ${got}`);
        if (waitMs > 0) yield* sleep(waitMs);
      }
    } catch (error) {
      say(`caught ${tell(error)}`);
      throw error;
    } finally {
      if (waitMs > 0) yield* sleep(waitMs);
      say("finally");
    }
  });

describe("a two-way coroutine that does not wait", () => {
  test("gives values out and takes values in, outside any task, and keeps its variables", () => {
    const c = averager();
    expect(c.state).toBe("created");
    expect(c.tryNext()).toEqual({ done: false, value: 0 });
    expect([c.trySend(10), c.trySend(20), c.trySend(60)].map(({ value }) => value)).toEqual([10, 15, 30]);
    expect(c.state).toBe("suspended");
    expect(c.trySend(Number.NaN)).toEqual({ done: true, value: "3 values" });
    expect(c.state).toBe("closed");
    expect(c.tryNext()).toEqual({ done: true, value: undefined });
  });

  test("its steps are operations, too, that never park", () => {
    const { start, loop, finish } = lab();
    const seen: unknown[] = [];
    const task = start(function* () {
      const c = averager();
      seen.push(yield* c.next(), yield* c.send(4), yield* c.send(Number.NaN), yield* c.next());
    });
    loop.callSoon(() => seen.push("next callback of the same pass"));
    finish();
    expect(seen).toEqual([
      { done: false, value: 0 },
      { done: false, value: 4 },
      { done: true, value: "1 values" },
      { done: true, value: undefined },
      "next callback of the same pass",
    ]);
    expect(read(task)).toBe("fulfilled undefined");
  });

  test("throw(error) raises it at the yield; uncaught, it comes out and the coroutine is closed", () => {
    const { play, log, say } = lab();
    play(function* () {
      const c = noisy(say)();
      yield* c.next();
      const boom = new Error("boom");
      expect(yield* caught(() => c.throw(boom))).toBe(boom);
      expect(c.state).toBe("closed");
      expect(yield* caught(() => c.throw(boom))).toBe(boom);
      const fresh = noisy(say)();
      expect(yield* caught(() => fresh.throw(boom))).toBe(boom);
      expect(fresh.state).toBe("closed");
      expect(yield* fresh.next()).toEqual({ done: true, value: undefined });
    });
    expect(log).toEqual(["0 caught Error: boom", "0 finally"]);
  });

  test("throw(error) that is caught goes on to the next yield", () => {
    const { play } = lab();
    const end = play(function* () {
      const c = coroutine(function* (): Generator<string, void, unknown> {
        for (;;) {
          try {
            yield "ready";
          } catch (error) {
            yield `handled ${tell(error)}`;
          }
        }
      })();
      yield* c.next();
      return [(yield* c.throw(new Error("a"))).value, (yield* c.next()).value];
    });
    expect(end).toBe('fulfilled ["handled Error: a","ready"]');
  });

  test("close() throws a CancelledError at its yield, runs its finallys, and does nothing a second time, nor before the first step", () => {
    const { play, log, say } = lab();
    play(function* () {
      const c = noisy(say)();
      yield* c.next();
      expect(yield* c.close()).toEqual({ done: true, value: undefined });
      expect([c.state, yield* c.close()]).toEqual(["closed", { done: true, value: undefined }]);
      const fresh = noisy(say)();
      yield* fresh.close();
      expect([fresh.state, yield* fresh.next()]).toEqual(["closed", { done: true, value: undefined }]);
    });
    expect(log).toEqual(["0 caught CancelledError closed", "0 finally"]);
  });

  test("ADV-59 a future that it yields is data: send returns it as value, and nothing is parked", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers<number>({ loop });
    const c = coroutine(function* (): Generator<Future<number> | string, void, unknown> {
      yield future;
      yield "next";
    })();
    expect(c.tryNext().value).toBe(future);
    expect(c.trySend(undefined)).toEqual({ done: false, value: "next" });
    expect(future.firstWaiter).toBeNull();
    const { play } = lab();
    const end = play(function* () {
      const answering = coroutine(function* (): Generator<Future<number> | string, void, string> {
        if ((yield "ready") === "go") yield future;
      })();
      yield* answering.next();
      const { done, value } = yield* answering.send("go");
      return [done, value === future, answering.state, future.firstWaiter];
    });
    expect(end).toBe('fulfilled [false,true,"suspended",null]');
  });

  test("an error of its body comes out of the step, once; later steps find it closed", () => {
    const { play } = lab();
    const end = play(function* () {
      const c = coroutine(function* (): Generator<number, void, unknown> {
        yield 1;
        throw new Error("broken");
      })();
      yield* c.next();
      const error = yield* caught(() => c.next());
      return [tell(error), c.state, (yield* c.next()).done];
    });
    expect(end).toBe('fulfilled ["Error: broken","closed",true]');
  });

  test("a pipeline: producer → filter → receiver", () => {
    const { play, log, say } = lab();
    const tokens = coroutine(function* (): Generator<string, void, void> {
      yield* ["one", "two", "three"];
    });
    const upper = receiver(function* (to: Coroutine<void, void, string>): Generator<unknown, void, string> {
      for (;;) {
        const token = yield;
        if (token !== "two") yield* to.send(token.toUpperCase());
      }
    });
    const printer = receiver(function* (): Generator<void, void, string> {
      for (;;) say(yield);
    });
    play(function* () {
      const source = tokens();
      const sink = upper(printer());
      for (let step = yield* source.next(); !step.done; step = yield* source.next()) yield* sink.send(step.value);
    });
    expect(log).toEqual(["0 ONE", "0 THREE"]);
  });
});

describe("one that waits", () => {
  test("its step waits for the answer; state is running meanwhile", () => {
    const { start, loop, finish, log, say } = lab();
    let c: Coroutine<number, string, string> | undefined;
    const task = start(function* () {
      c = noisy(say, 5)();
      yield* c.next();
      const step = yield* c.send("hello");
      say(`answer ${step.value}`);
      yield* c.close();
    });
    loop.advance(2);
    expect(c?.state).toBe("running");
    finish();
    expect([read(task), ...log]).toEqual([
      "fulfilled undefined",
      "0 got hello",
      "5 answer 1",
      "5 caught CancelledError closed",
      "10 finally",
    ]);
  });

  test("trySend throws WouldBlockError with the step under way; `ready` tells when it can be asked again; a second step meanwhile is refused", () => {
    const { play, log, say } = lab();
    play(function* () {
      const c = noisy(say, 5)();
      c.tryNext();
      const error = thrown(() => c.trySend("a"));
      expect(error).toBeInstanceOf(WouldBlockError);
      expect([(error as WouldBlockError).code, c.state, c.ready.state]).toEqual(["WOULD_BLOCK", "running", "pending"]);
      expect(thrown(() => c.trySend("b")).message).toBe(
        'Cannot step task "noisy": its last step is under way; wait for its answer.',
      );
      yield* c.ready;
      say(`ready, ${c.state}`);
      expect(thrown(() => c.trySend("c"))).toBeInstanceOf(WouldBlockError);
      yield* c.ready;
      yield* c.close();
    });
    expect(log).toEqual(["0 got a", "5 ready, suspended", "5 got c", "10 caught CancelledError closed", "15 finally"]);
  });

  describe("the answer of a step that threw WouldBlockError is for who asks after `ready`", () => {
    type Slow = Coroutine<number, string, unknown>;
    const slow = (say: (text: string) => void = () => {}): Slow =>
      coroutine(function* slow(): Generator<number | Wait, string, unknown> {
        for (let item = 1; item <= 3; item++) {
          yield* sleep(5);
          say(`took ${yield item}`);
        }
        yield* sleep(5);
        return "over";
      })();

    for (const [name, ask] of [
      ["tryNext", (c: Slow) => Future.resolve(c.tryNext(), { loop: currentTask()?.loop })],
      ["next", (c: Slow) => c.next()],
    ] as const) {
      test(`${name}: no item is lost, and none is given twice`, () => {
        const { play } = lab();
        const end = play(function* () {
          const c = slow();
          const answers: unknown[] = [];
          for (;;) {
            let answer: IteratorResult<number, string>;
            try {
              answer = c.tryNext();
            } catch (error) {
              expect(error).toBeInstanceOf(WouldBlockError);
              expect(thrown(() => c.tryNext())).toBeInstanceOf(WouldBlockError); // asked once more: nothing happens
              yield* c.ready;
              answer = yield* ask(c);
            }
            answers.push(answer.value);
            if (answer.done) return [...answers, c.tryNext().done, c.state];
          }
        });
        expect(end).toBe('fulfilled [1,2,3,"over",true,"closed"]');
      });
    }

    test("send goes on without it, but not past the end; nor does close", () => {
      const { play, log, say } = lab();
      play(function* () {
        const c = slow(say);
        thrown(() => c.tryNext());
        yield* c.ready;
        thrown(() => c.trySend("a"));
        yield* c.ready;
        say(`gave ${(yield* c.send("b")).value}`);
        thrown(() => c.trySend("c"));
        yield* c.ready;
        say(`closed ${JSON.stringify(yield* c.close())}`);
        expect(c.tryNext()).toEqual({ done: true, value: undefined });
        expect(thrown(() => c.trySend("d")).message).toContain("it has ended");
        const sent = slow();
        for (let ask = 0; ask < 4; ask++) {
          thrown(() => (ask === 0 ? sent.tryNext() : sent.trySend(ask)));
          yield* sent.ready;
        }
        expect(sent.trySend("late")).toEqual({ done: true, value: "over" });
      });
      expect(log).toEqual([
        "5 took a",
        "10 took b",
        "15 gave 3",
        "15 took c",
        '20 closed {"done":true,"value":"over"}',
      ]);
    });

    test("a failure too, once: it is heard by who waits for `ready`, whatever is asked then; without that it is reported", () => {
      const { play, reports } = lab({ reports: true });
      const failing = (): Coroutine<number, void, unknown> =>
        coroutine(function* failing(): Generator<number | Wait, void, unknown> {
          yield 0;
          yield* sleep(5);
          throw new Error("broken");
        })();
      const asks = [
        (c: Coroutine<number, void, unknown>) => c.next(),
        (c: Coroutine<number, void, unknown>) => c.send(1),
        (c: Coroutine<number, void, unknown>) => c.close(),
      ];
      for (const ask of asks) {
        play(function* () {
          const c = failing();
          c.tryNext();
          thrown(() => c.tryNext());
          yield* c.ready;
          expect((yield* caught(() => ask(c))).message).toBe("broken");
          expect(c.tryNext()).toEqual({ done: true, value: undefined });
        });
      }
      expect(reports).toEqual([]);
      play(function* () {
        const c = failing();
        c.tryNext();
        thrown(() => c.tryNext());
        yield* sleep(10);
      });
      expect(reports).toEqual(["unheard rejection, failing: broken"]);
    });
  });

  test("STR-01 close while a step is under way: that step answers done, the finally runs whole, and then both know", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      const c = coroutine(function* slow(): Generator<number | Wait, void, void> {
        try {
          yield 1;
          yield* sleep(1000);
          say("not reached");
        } finally {
          yield* sleep(5);
          say("finally");
        }
      })();
      yield* c.next();
      const asker = root.spawn(function* () {
        say(`step ${JSON.stringify(yield* c.next())}`);
      });
      yield* sleep(1);
      const closers = [1, 2].map((n) =>
        root.spawn(function* () {
          say(`close ${n} ${JSON.stringify(yield* c.close())}`);
        }),
      );
      for (const task of [asker, ...closers]) yield* task;
    });
    expect(log).toEqual(["6 finally", '6 step {"done":true}', '6 close 1 {"done":true}', '6 close 2 {"done":true}']);
  });

  test("its body is a task of its own, in the group in which it was first stepped, and ends with it", () => {
    const { play, log, say } = lab();
    play(function* main() {
      const c = noisy(say, 5)();
      yield* group(function* () {
        yield* c.next();
        say("body over");
      });
      say(`${c.state}, ${currentTask()?.name}`);
    });
    expect(log).toEqual([
      "0 body over",
      '0 caught CancelledError a group of task "main" has ended',
      "5 finally",
      "5 closed, main",
    ]);
  });

  test("S3 closed because its group has ended, it answers done, as one that was closed by hand", () => {
    const { play } = lab();
    const end = play(function* () {
      const c = averager();
      const waits = noisy(() => {}, 5)();
      yield* group(function* () {
        yield* c.next();
        yield* waits.next();
      });
      expect([c.tryNext(), yield* c.next(), yield* c.close()]).toEqual(Array(3).fill({ done: true, value: undefined }));
      expect([yield* waits.next(), waits.tryNext()]).toEqual(Array(2).fill({ done: true, value: undefined }));
      expect(thrown(() => c.trySend(5)).message).toContain("it has ended; make a new one");
      return c.state;
    });
    expect(end).toBe("fulfilled closed");
  });

  test("a step that the end of its group cuts off throws the cancellation, once", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        yield* sleep(1000);
        yield 1;
      })();
      const inner = root.spawn(() =>
        group(
          function* (g) {
            g.spawn(function* () {
              yield* sleep(5);
              g.cancel("enough");
            });
            thrown(() => c.tryNext());
            yield* sleep(1000);
          },
          { onCancel: () => {} },
        ),
      );
      yield* sleep(1);
      const asked = c.ready;
      yield* inner;
      yield* asked;
      say(tell(yield* caught(() => c.next())));
      say(tell(yield* c.next()));
    });
    expect(log).toEqual(["5 CancelledError enough", '5 {"done":true}']);
  });

  test("lives on after the body of its group while a task in the group may still ask it, and is closed after the last", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      root.spawn(function* () {
        const c = noisy(say, 5)();
        yield* c.next();
        yield* sleep(20);
        say(`answer ${(yield* c.send("late")).value}`);
      });
    });
    expect(log).toEqual([
      "20 got late",
      "25 answer 1",
      '25 caught CancelledError group "main" has ended',
      "30 finally",
    ]);
  });

  test("the item is handed over: a step that another takes in the same pass does not take it away", () => {
    const { play, log, say, loop } = lab();
    play(function* (root) {
      const c = noisy(say, 5)();
      yield* c.next();
      const asker = root.spawn(function* () {
        say(`asker ${(yield* c.send("a")).value}`);
      });
      c.ready; // made before it waits
      yield* checkpoint();
      yield* c.ready;
      expect(loop.now()).toBe(5);
      thrown(() => c.trySend("b"));
      yield* asker;
      yield* c.ready;
      yield* c.close();
    });
    expect(log.slice(0, 3)).toEqual(["0 got a", "5 got b", "5 asker 1"]);
  });

  test("a cancelled asker leaves the step under way, and the coroutine can be used again", () => {
    const { play, log, say } = lab();
    play(function* (root) {
      const c = noisy(say, 5)();
      yield* c.next();
      const asker = root.spawn(() => c.send("a"));
      yield* sleep(1);
      asker.cancel();
      yield* c.ready;
      say(`ready, ${asker.state}`);
      say(`answer ${(yield* c.send("b")).value}`);
      yield* c.close();
    });
    expect(log).toEqual([
      "0 got a",
      "5 ready, cancelled",
      "5 got b",
      "10 answer 2",
      "10 caught CancelledError closed",
      "15 finally",
    ]);
  });

  test("its `use` and its scopes are its own: given back when it ends, and no scope stays open across a yield", () => {
    const { play, log, say } = lab();
    play(function* () {
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        yield* use({ [Symbol.dispose]: () => say("disposed") });
        yield* scope(() => sleep(1));
        yield 1;
      })();
      yield* c.next();
      say("stepped");
      yield* c.next();
    });
    expect(log).toEqual(["1 stepped", "1 disposed"]);
  });

  test("yield inside a scope is refused, at that yield", () => {
    const { play } = lab();
    const end = play(function* () {
      const c = coroutine(function* leaky(): Generator<number | Wait, void, void> {
        yield* scope(function* (): Operation<void> {
          yield 5 as unknown as Wait;
        });
      })();
      return tell(yield* caught(() => c.next()));
    });
    expect(end).toMatch(/MisuseError: Cannot yield 5 in task "leaky": a scope is open around it; yield after it\./);
  });

  test("CORO-013 STR-03 closed at a yield inside `yield*`, whose finally waits: both finallys run, and nothing after the call", () => {
    const { play, log, say } = lab();
    function* inner(): Generator<number | Wait, void, void> {
      try {
        yield 1;
        say("not reached");
      } finally {
        yield* sleep(5);
        say("inner finally");
      }
    }
    play(function* () {
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          yield* inner();
          say("not reached");
        } finally {
          say("outer finally");
        }
      })();
      yield* c.next();
      yield* c.close();
    });
    expect(log).toEqual(["5 inner finally", "5 outer finally"]);
  });

  test("closed at a yield inside `yield* array`, which has no throw(): its finally runs, and the close is no error", () => {
    const { play, log, say } = lab();
    const end = play(function* () {
      const c = coroutine(function* (): Generator<number, void, void> {
        try {
          yield* [1, 2, 3];
        } finally {
          say("finally");
        }
      })();
      yield* c.next();
      return yield* c.close();
    });
    expect([end, ...log]).toEqual(['fulfilled {"done":true}', "0 finally"]);
  });

  test("cancelled at a yield inside `yield* array`, it ends as cancelled, also after a finally that waits", () => {
    const { loop, play, log, say } = lab();
    const end = play(function* (root) {
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          yield* [1, 2, 3];
        } finally {
          yield* sleep(3);
          say("finally");
        }
      })();
      yield* c.next();
      loop.callSoon(() => void root.cancel("enough"));
      yield* sleep(1000);
    });
    expect([end, ...log]).toEqual(["cancelled enough", "3 finally"]);
  });

  test("what is thrown in at a yield inside `yield* array` comes out, also after a finally that waits, however often", () => {
    const { play } = lab();
    const end = play(function* () {
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          yield* [1, 2, 3];
        } finally {
          yield* caught(() => Future.reject(new Error("another")));
          yield* sleep(3);
        }
      })();
      yield* c.next();
      const error = yield* caught(() => c.throw(new Error("thrown in")));
      const twice = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          try {
            yield* [1];
          } finally {
            yield 2;
          }
        } finally {
          yield* sleep(1);
          yield* [3];
        }
      })();
      yield* twice.next();
      yield* twice.throw(new Error("at 1"));
      yield* twice.throw(new Error("at 2"));
      return [tell(error), tell(yield* caught(() => twice.throw(new Error("at 3"))))];
    });
    expect(end).toBe('fulfilled ["Error: thrown in","Error: at 3"]');
  });

  test("C3 what a finally throws is reported, once, if nobody waits for the close any more", () => {
    const { start, finish, loop, reports } = lab({ reports: true });
    const c = coroutine(function* (): Generator<number | Wait, void, void> {
      try {
        yield 1;
      } finally {
        yield* sleep(5);
        throw new Error("cleanup");
      }
    });
    let closing: Task<unknown> | undefined;
    start(function* (root) {
      const one = c();
      yield* one.next();
      closing = root.spawn(() => one.close());
      yield* sleep(100);
    });
    loop.advance(1);
    closing?.cancel("enough");
    finish();
    expect([closing?.state, reports]).toEqual(["cancelled", [expect.stringContaining(": cleanup")]]);
  });

  test("C3 what was thrown in is meant until the next item, and not for a later error, nor where it was refused", () => {
    const { play } = lab();
    const end = play(function* () {
      const iterator = (): Iterator<number> => [1, 2][Symbol.iterator]();
      const later = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          yield 1;
        } catch {}
        yield 2;
        (iterator() as { throw?: () => void }).throw?.();
        throw new TypeError("The iterator does not provide a 'throw' method.");
      })();
      yield* later.next();
      yield* later.throw(new Error("handled"));
      const first = yield* caught(() => later.next());
      const busy = coroutine(function* (): Generator<number | Wait, void, void> {
        yield* sleep(1);
        throw new TypeError("The iterator does not provide a 'throw' method.");
      })();
      const step = thrown(() => busy.tryNext());
      yield* caught(() => busy.throw(new Error("refused")));
      yield* busy.ready;
      return [tell(first), step.name, tell(yield* caught(() => busy.next()))];
    });
    const its = "TypeError: The iterator does not provide a 'throw' method.";
    expect(end).toBe(`fulfilled ${JSON.stringify([its, "WouldBlockError", its])}`);
  });

  test("F7 CORO-015 what a step throws after a wait is thrown to who waits for it, and reported to nobody else", () => {
    for (const step of ["next", "send", "close"] as const) {
      const { play, reports } = lab({ reports: true });
      const end = play(function* () {
        const c = coroutine(function* (): Generator<number | Wait, void, void> {
          try {
            yield 1;
          } finally {
            yield* sleep(1);
            throw new Error(step);
          }
        })();
        yield* c.next();
        return tell(yield* caught(() => c[step]()));
      });
      expect([end, reports]).toEqual([`fulfilled Error: ${step}`, []]);
    }
  });

  test("CORO-012 one that is still suspended when run ends is closed before run does", () => {
    const { start, finish, log, say } = lab();
    const task = start(function* () {
      const c = noisy(say, 5)();
      yield* c.next();
    });
    task.addDoneCallback(() => say(`run ${read(task)}`));
    finish();
    expect(log[0]).toMatch(/^0 caught CancelledError/);
    expect(log.slice(1)).toEqual(["5 finally", "5 run fulfilled undefined"]);
  });

  test("CORO-015 one that throws in its finally while nobody closes it is reported by name, and disturbs nothing else", () => {
    const { play, reports } = lab({ reports: true });
    const end = play(function* () {
      const c = coroutine(function* rude(): Generator<number, void, void> {
        try {
          yield 1;
        } finally {
          throw new Error("in finally");
        }
      })();
      yield* c.next();
      return "main's";
    });
    expect([end, ...reports]).toEqual(["fulfilled main's", "unheard rejection, rude: in finally"]);
  });

  test("CORO-016 one first stepped while another is being closed at the end is closed as well", () => {
    const { play, log, say } = lab();
    play(function* () {
      const late = noisy((text) => say(`late ${text}`))();
      const c = coroutine(function* (): Generator<number | Wait, void, void> {
        try {
          yield 1;
        } finally {
          yield* late.next();
          say("first closed");
        }
      })();
      yield* c.next();
    });
    expect(log.map((line) => line.replace(/Error .*/, "Error"))).toEqual([
      "0 first closed",
      "0 late caught CancelledError",
      "0 late finally",
    ]);
  });

  test("works outside any task, too: trySend, then ready", () => {
    const { loop, finish, log, say } = lab();
    let c: Coroutine<number, string, string> | undefined;
    loop.callSoon(() => {
      c = noisy(say, 5)();
      c.tryNext();
      thrown(() => c?.trySend("x"));
      c.ready.then(() => say(`ready ${c?.state}`));
    });
    finish();
    expect(log).toEqual(["0 got x", "5 ready suspended"]);
  });
});

test("outside any run, a body that detaches something can still yield, and nothing waits for what it detached", () => {
  const { loop, finish, log, say } = lab();
  loop.callSoon(() => {
    const c = coroutine(function* (): Generator<number, void, void> {
      detach(
        function* () {
          yield* sleep(5);
          say("detached over");
        },
        { onError() {} },
      );
      yield 1;
      say("body over");
    })();
    say(`item ${c.tryNext().value}`);
    c.tryNext();
    say(c.state);
  });
  finish();
  expect(log).toEqual(["0 item 1", "0 body over", "0 closed", "5 detached over"]);
});

describe("misuse", () => {
  test("send to a fresh one, a closed one, itself, and a step of itself: errors that say what to do", () => {
    const { play } = lab();
    play(function* () {
      const fresh = averager();
      expect(thrown(() => fresh.trySend(1)).message).toBe(
        'Cannot send to coroutine "averager": it stands at no yield yet; call next() first, or make it with receiver().',
      );
      expect(fresh.trySend(undefined as never)).toEqual({ done: false, value: 0 });
      yield* fresh.close();
      expect(thrown(() => fresh.trySend(1)).message).toBe(
        'Cannot send to coroutine "averager": it has ended; make a new one.',
      );
      const messages: string[] = [];
      const own: Coroutine<number, void, void> = coroutine(function* narcissus(): Generator<number | Wait, void, void> {
        messages.push(thrown(() => own.tryNext()).message);
        messages.push((yield* caught(() => own.close())).message);
        yield 1;
      })();
      yield* own.next();
      expect(messages).toEqual([
        'Cannot step coroutine "narcissus": it is running this very call; step it from outside.',
        'Cannot close coroutine "narcissus": it is running this very call; return from it instead.',
      ]);
    });
  });

  test("one that steps the one that steps it is refused instead of hanging", () => {
    const { play } = lab();
    const end = play(function* () {
      const pair: Coroutine<unknown, void, void>[] = [];
      const partner = (other: number) =>
        coroutine(function* (): Generator<unknown, void, void> {
          try {
            yield (yield* (pair[other] as Coroutine<unknown, void, void>).next()).value;
          } catch (error) {
            yield tell(error);
          }
        })();
      pair.push(partner(1), partner(0));
      const { value } = yield* (pair[0] as Coroutine<unknown, void, void>).next();
      return value;
    });
    expect(end).toMatch(/^fulfilled WouldBlockError: Cannot step task ".*": its last step is under way/);
  });

  test("a function that is no generator function is refused at the first step", () => {
    const wrong = coroutine((() => 5) as never) as () => Coroutine<unknown, unknown, unknown>;
    expect(thrown(() => wrong().tryNext()).message).toMatch(
      /^Cannot .*: what it returned is 5; give a generator function\.$/,
    );
  });

  test("receiver: primed on creation; a body that waits or ends first is refused, and cleaned up", () => {
    const { play, log, say } = lab();
    play(function* () {
      const make = receiver(function* waits(): Generator<unknown, void, void> {
        try {
          yield* sleep(5);
        } finally {
          say("cleaned up");
        }
      });
      const error = thrown(make);
      expect(error).toBeInstanceOf(MisuseError);
      expect(error.message).toBe(
        'Cannot make the receiver "waits": its body has to come to a `yield` without waiting or ending first.',
      );
      expect(thrown(receiver(function* (): Generator<void, void, void> {}))).toBeInstanceOf(MisuseError);
      expect(
        thrown(
          receiver(function* (): Generator<void, void, void> {
            throw new Error("own");
          }),
        ).message,
      ).toBe("own");
      yield* sleep(1);
    });
    expect(log).toEqual(["0 cleaned up"]);
  });

  test("TASK-022 a wait inside a call of another coroutine belongs to that: each has its own place", () => {
    const { play, log, say } = lab();
    play(function* () {
      const echo = coroutine(function* (): Generator<string | Wait, void, string> {
        for (let got = yield "first"; ; got = yield `echo ${got}`) yield* call(() => sleep(1));
      });
      const [a, b] = [echo(), echo()];
      yield* a.next();
      yield* b.next();
      yield* group(function* (g) {
        for (const [name, c] of [
          ["a", a],
          ["b", b],
        ] as const) {
          g.spawn(function* () {
            say(`${(yield* c.send(name)).value}`);
          });
        }
      });
      yield* checkpoint();
    });
    expect(log).toEqual(["1 echo a", "1 echo b"]);
  });
});

test("a failure that a cancelled asker did not hear is reported", () => {
  const { play, reports } = lab({ reports: true });
  play(function* (root) {
    const c = coroutine(function* fails(): Generator<number | Wait, void, void> {
      yield 1;
      yield* sleep(5);
      throw new Error("late");
    })();
    yield* c.next();
    const asker = root.spawn(() => c.next());
    ending(asker);
    yield* sleep(1);
    asker.cancel();
    yield* sleep(10);
  });
  expect(reports).toEqual(["unheard rejection, fails: late"]);
});

test("C2 close() after a cancel from further out has come, but before it was delivered, steps nothing twice", () => {
  const here = lab();
  const made = coroutine(function* two() {
    yield 1;
    yield 2;
  })();
  const end = here.play(function* (root) {
    const owner = root.spawn(function* owner() {
      try {
        yield* group(function* (g) {
          g.spawn(function* child() {
            try {
              yield* sleep(1e6);
            } finally {
              yield* sleep(30);
              here.say("child cleaned up");
            }
          });
          yield* made.next();
          yield* sleep(1e6);
        });
      } finally {
        here.say("group ended");
      }
    });
    yield* sleep(5);
    owner.cancel("enough");
    yield* made.close();
    yield* owner.join();
    here.say("owner ended");
  });
  expect(end).toBe("fulfilled undefined");
  expect(here.log).toEqual(["35 child cleaned up", "35 group ended", "35 owner ended"]);
});
