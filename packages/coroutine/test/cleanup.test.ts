import { describe, expect, test } from "vitest";
import {
  CancelledError,
  call,
  checkpoint,
  detach,
  ensure,
  Future,
  group,
  type Operation,
  type Resource,
  scope,
  shield,
  sleep,
  use,
} from "../src/index.ts";
import { caught, ending, type Lab, lab, tell } from "./support.ts";

/** Takes `acquireMs` to be taken and `releaseMs` to be given back, and says both. */
function resource({ say }: Lab, name: string, releaseMs = 0, acquireMs = 0): Resource<string> {
  return {
    *acquire() {
      yield* sleep(acquireMs);
      say(`${name} taken`);
      return name;
    },
    *release(value) {
      if (releaseMs > 0) yield* sleep(releaseMs);
      say(`${value} given back`);
    },
  };
}

describe("use and ensure", () => {
  test("are done when their block ends, last first, after the children of the group", () => {
    const here = lab();
    here.play(function* () {
      const value = yield* group(function* (g) {
        yield* ensure(() => here.say("ensured"));
        const a = yield* use(resource(here, "a", 2));
        yield* use(resource(here, "b", 3));
        g.spawn(function* () {
          yield* sleep(10);
          here.say("child over");
        });
        here.say("body over");
        return a;
      });
      here.say(`group gave ${value}`);
    });
    expect(here.log).toEqual([
      "0 a taken",
      "0 b taken",
      "0 body over",
      "10 child over",
      "13 b given back",
      "15 a given back",
      "15 ensured",
      "15 group gave a",
    ]);
  });

  test("belong to the innermost scope, group or task", () => {
    const here = lab();
    here.play(function* (root) {
      yield* ensure(() => here.say("run's"));
      yield* scope(function* () {
        yield* ensure(() => here.say("scope's"));
        yield* call(function* () {
          yield* ensure(() => here.say("scope's, from a call"));
        });
      });
      here.say("scope left");
      yield* root.spawn(function* () {
        yield* ensure(() => here.say("task's"));
        here.say("in the task");
      });
      here.say("task over");
    });
    expect(here.log).toEqual([
      "0 scope's, from a call",
      "0 scope's",
      "0 scope left",
      "0 in the task",
      "0 task's",
      "0 task over",
      "0 run's",
    ]);
  });

  test("take disposables, asynchronous first, and give them as they are", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(function* () {
        const sync = { [Symbol.dispose]: () => here.say("disposed"), id: 1 };
        const both = {
          [Symbol.dispose]: () => here.say("not reached"),
          [Symbol.asyncDispose]: () =>
            Future.resolve(undefined, { loop: here.loop }).then(() => here.say("disposed, asynchronously")),
        };
        expect([yield* use(sync), yield* use(both)]).toEqual([sync, both]);
      });
    });
    expect(here.log).toEqual(["0 disposed, asynchronously", "0 disposed"]);
  });

  test("a cleanup may be a promise, an operation, or nothing that waits", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(function* () {
        yield* ensure(() => here.say("plain"));
        yield* ensure(() => Future.resolve(undefined, { loop: here.loop }).then(() => here.say("promised")));
        yield* ensure(function* () {
          yield* sleep(5);
          here.say("operation");
        });
        yield* ensure(() => sleep(1));
      });
    });
    expect(here.log).toEqual(["6 operation", "6 promised", "6 plain"]);
  });

  test("run also when the body fails, and when it is cancelled; a cancel during the cleanup does not cut it off", () => {
    const here = lab();
    const task = here.start(function* (root) {
      const failed = tell(
        yield* caught(() =>
          scope(function* () {
            yield* use(resource(here, "a", 1));
            throw new Error("body");
          }),
        ),
      );
      here.say(failed);
      root.spawn(function* () {
        yield* use(resource(here, "b", 10));
        yield* use(resource(here, "c", 10));
        yield* sleep(1000);
      });
    });
    const end = ending(task);
    here.loop.advance(5);
    task.cancel("first");
    here.loop.advance(5);
    task.cancel("second");
    here.finish();
    expect([end(), ...here.log]).toEqual([
      "cancelled first",
      "0 a taken",
      "1 a given back",
      "1 Error: body",
      "1 b taken",
      "1 c taken",
      "15 c given back",
      "25 b given back",
    ]);
  });

  test("a cancel that comes only while the block cleans up does not cut that off, either, and shows afterwards", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* scope(function* () {
        yield* use(resource(here, "a", 10));
        yield* use(resource(here, "b", 10));
      });
      here.say("block left");
      yield* checkpoint();
      here.say("not reached");
    });
    const end = ending(task);
    here.loop.advance(5);
    task.cancel("late");
    here.finish();
    expect([end(), ...here.log]).toEqual([
      "cancelled late",
      "0 a taken",
      "0 b taken",
      "10 b given back",
      "20 a given back",
      "20 block left",
    ]);
  });

  test("the budget holds for them, too: then their waits throw, each is still begun, and a shield gets through", () => {
    const here = lab();
    const task = here.start(function* () {
      yield* ensure(() => here.say("last"));
      yield* ensure(() => shield(() => sleep(5)));
      yield* ensure(function* () {
        yield* sleep(60_000);
        here.say("not reached");
      });
      yield* sleep(60_000);
    });
    const end = ending(task);
    here.loop.runUntilIdle();
    task.cancel();
    here.finish();
    expect([end(), ...here.log]).toEqual(["cancelled undefined", "5005 last"]);
  });

  test("C3 an error of a cleanup comes out, with the body's as cause; the other cleanups are done all the same, and their errors kept", () => {
    const here = lab();
    here.play(function* () {
      const body = new Error("body");
      const first = new Error("first cleanup");
      const second = new Error("second cleanup");
      const error = yield* caught(() =>
        scope(function* () {
          yield* ensure(() => here.say("done"));
          yield* ensure(() => {
            throw second;
          });
          yield* ensure(function* () {
            yield* sleep(1);
            throw first;
          });
          throw body;
        }),
      );
      expect([error, error.cause, (error.cause as Error).cause]).toEqual([second, first, body]);
      expect([error === second, error.cause === first]).toEqual([true, true]);
    });
    expect(here.log).toEqual(["1 done"]);
  });

  test("C3 an error of a cleanup of a cancelled block has the cancellation as cause; without a failure it has none", () => {
    const here = lab();
    here.play(function* () {
      const error = yield* caught(() =>
        scope(function* (s) {
          yield* ensure(() => {
            throw new Error("cleanup");
          });
          s.cancel("stop");
          yield* checkpoint();
        }),
      );
      here.say(`${tell(error)}, cause ${tell(error.cause)}`);
      const plain = yield* caught(() =>
        scope(function* () {
          yield* ensure(() => {
            throw new Error("cleanup");
          });
        }),
      );
      here.say(`${tell(plain)}, cause ${tell(plain.cause)}`);
    });
    expect(here.log).toEqual(["0 Error: cleanup, cause CancelledError stop", "0 Error: cleanup, cause undefined"]);
  });

  test("a release is told why the block is left, whatever other cleanups do, and a cleanup is told nothing", () => {
    const here = lab();
    const told = (name: string): Resource<void> => ({
      *acquire() {},
      release: (_, error) => here.say(`${name}: ${error === undefined ? "it ended" : tell(error)}`),
    });
    const ensured = (...given: unknown[]) => here.say(`ensured, told ${given.length}`);
    const task = here.start(function* (root) {
      yield* use(told("the run's"));
      yield* scope(function* () {
        yield* use(told("after its body"));
        yield* ensure(ensured);
      });
      const failing = function* () {
        yield* use(told("failing"));
        yield* ensure(() => {
          throw new Error("cleanup");
        });
        throw new Error("body");
      };
      yield* caught(() => scope(failing));
      yield* scope(
        function* () {
          yield* use(told("out of time"));
          yield* sleep(1000);
        },
        { deadlineMs: 10 },
      );
      root.spawn(function* () {
        yield* group(function* (g) {
          yield* use(told("with children"));
          g.spawn(() => sleep(1000));
        });
      });
      yield* sleep(1000);
    });
    const end = ending(task);
    here.loop.advance(20);
    task.cancel("stop");
    here.finish();
    expect([end(), ...here.log]).toEqual([
      "cancelled stop",
      "0 ensured, told 0",
      "0 after its body: it ended",
      "0 failing: Error: body",
      "10 out of time: CancelledError undefined",
      "20 with children: CancelledError stop",
      "20 the run's: CancelledError stop",
    ]);
  });

  test("a call that is cancelled while it acquires has taken nothing, and gives nothing back", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(
        function* () {
          yield* use(resource(here, "slow", 0, 50));
        },
        { deadlineMs: 10 },
      );
    });
    expect(here.log).toEqual([]);
  });

  test("a value that was handed over is given back, though the cancel came in the same turn", () => {
    const here = lab();
    const { future, resolve } = Future.withResolvers<string>({ loop: here.loop });
    const task = here.start(function* () {
      yield* use<string>({ acquire: () => future, release: (value) => here.say(`${value} given back`) });
      here.say("taken");
      yield* checkpoint();
      here.say("not reached");
    });
    const end = ending(task);
    here.loop.runUntilIdle();
    resolve("permit");
    task.cancel();
    here.finish();
    expect([end(), ...here.log]).toEqual(["cancelled undefined", "0 taken", "0 permit given back"]);
  });

  test("a cleanup may register more", () => {
    const here = lab();
    here.play(function* () {
      yield* scope(function* (): Operation<void> {
        yield* ensure(() => here.say("first"));
        yield* ensure(function* () {
          yield* scope(function* () {
            yield* ensure(() => here.say("of the cleanup's scope"));
          });
          here.say("second");
        });
      });
    });
    expect(here.log).toEqual(["0 of the cleanup's scope", "0 second", "0 first"]);
  });

  test("of a task that a detached task has detached something in are done, too", () => {
    const here = lab();
    here.loop.callSoon(() => {
      detach(
        function* () {
          detach(() => sleep(1000), { onError() {} });
          yield* ensure(() => here.say("cleaned up"));
          yield* sleep(5);
        },
        { onError: (error) => here.say(tell(error)) },
      );
    });
    here.finish();
    expect(here.log).toEqual(["5 cleaned up"]);
  });

  test("a CancelledError that a cleanup throws by itself does not hide the body's error", () => {
    const here = lab();
    here.play(function* (root) {
      const gone = root.spawn(sleep(1000));
      yield* checkpoint();
      gone.cancel();
      const error = yield* caught(() =>
        scope(function* () {
          yield* ensure(() => gone);
          throw new Error("body");
        }),
      );
      here.say(tell(error));
      const alone = yield* caught(() =>
        scope(function* () {
          yield* ensure(() => gone);
        }),
      );
      expect(alone).toBeInstanceOf(CancelledError);
    });
    expect(here.log).toEqual(["0 Error: body"]);
  });
});

test("what a cleanup itself uses or ensures is given back before the next cleanup", () => {
  const here = lab();
  here.play(function* () {
    yield* ensure(() => here.say("outer"));
    yield* ensure(function* () {
      yield* use(resource(here, "inner", 1));
      yield* ensure(() => here.say("nested"));
    });
  });
  expect(here.log).toEqual(["0 inner taken", "0 nested", "1 inner given back", "1 outer"]);
});
