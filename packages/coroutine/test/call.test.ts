import { describe, expect, test } from "vitest";
import { call, checkpoint, ensure, Future, group, type Operation, scope, sleep } from "../src/index.ts";
import { caught, ending, lab, tell } from "./support.ts";

describe("call", () => {
  test("gives the value, and throws the error, of its operation, through every frame", () => {
    const { play, log, say } = lab();
    function* level(n: number): Operation<number> {
      try {
        if (n === 0) throw new Error("deep");
        return yield* call(level(n - 1));
      } catch (error) {
        say(`${n} ${tell(error)}`);
        if (n === 2) return 2;
        throw error;
      } finally {
        say(`${n} finally`);
      }
    }
    expect(play(() => level(3))).toBe("fulfilled 2");
    expect(log).toEqual([
      "0 0 Error: deep",
      "0 0 finally",
      "0 1 Error: deep",
      "0 1 finally",
      "0 2 Error: deep",
      "0 2 finally",
      "0 3 finally",
    ]);
  });

  test("takes futures, primitives and functions, and waits in its frame", () => {
    const { play, loop } = lab();
    const end = play(function* () {
      return [
        yield* call(Future.resolve(1, { loop })),
        yield* call(() => sleep(5)),
        yield* call(checkpoint()),
        yield* call(function* () {
          yield* sleep(5);
          return loop.now();
        }),
      ];
    });
    expect(end).toBe("fulfilled [1,null,null,10]");
  });

  test("an operation that cannot start throws at the call, like any error", () => {
    const { play } = lab();
    const end = play(function* () {
      const wrong = yield* caught(() => call(5 as never));
      const throws = yield* caught(() =>
        call(() => {
          throw new Error("at start");
        }),
      );
      yield* sleep(1);
      return [tell(wrong), tell(throws)];
    });
    expect(end).toBe(
      'fulfilled ["TypeError: Cannot call: the body is 5; give an operation, or a function that returns one.","Error: at start"]',
    );
  });

  test("recursion 100,000 deep, waiting at the bottom, and as deep a throw", () => {
    const { play } = lab();
    function* down(n: number): Operation<number> {
      if (n > 0) return 1 + (yield* call(down(n - 1)));
      yield* sleep(1);
      return 0;
    }
    function* fail(n: number): Operation<void> {
      if (n === 0) throw new Error("bottom");
      yield* call(fail(n - 1));
    }
    expect(play(() => down(100_000))).toBe("fulfilled 100000");
    expect(play(() => fail(100_000))).toBe("rejected Error: bottom");
  });

  test("cancelled 100,000 deep, every finally runs", () => {
    const { start, loop, finish } = lab();
    let finallys = 0;
    function* down(n: number): Operation<void> {
      try {
        if (n === 0) yield* sleep(1000);
        else yield* call(down(n - 1));
      } finally {
        finallys++;
      }
    }
    const task = start(() => down(100_000));
    const end = ending(task);
    loop.runUntilIdle();
    task.cancel("stop");
    finish();
    expect([end(), finallys]).toEqual(["cancelled stop", 100_001]);
  });

  test("scopes, groups and cleanups of a frame are those of its caller's block", () => {
    const { play, log, say } = lab();
    play(function* () {
      yield* scope(function* (s) {
        yield* call(function* () {
          yield* ensure(() => say("the scope's"));
          yield* group(function* (g) {
            g.spawn(function* () {
              yield* sleep(5);
              say("child");
            });
          });
          s.cancel();
          yield* call(() => sleep(5));
          say("not reached");
        });
      });
      say("left");
    });
    expect(log).toEqual(["5 child", "5 the scope's", "5 left"]);
  });
});
