import { describe, expect, test } from "vitest";
import { all, any, ContextVar, currentTask, mapAll, type Operation, retry, settled } from "../src/index.ts";
import { ending, lab } from "./support.ts";

const variable = new ContextVar<number>("n");
const at = function* (): Operation<number> {
  return 1;
};

/** Operations that may end without any wait of their own. */
const ready: Readonly<Record<string, () => Operation<unknown>>> = {
  "all of nothing": () => all([]),
  "settled of nothing": () => settled([]),
  "any of nothing": function* () {
    try {
      yield* any([]);
    } catch (error) {
      if (!(error instanceof AggregateError)) throw error;
    }
  },
  "mapAll of nothing": () => mapAll([], at, { limit: 1 }),
  mapAll: () => mapAll([1, 2, 3], at, { limit: 2 }),
  retry: () => retry(at),
  "ContextVar.run": () => variable.run(1, at),
};

describe("every yield* is a cancellation point, also when the answer is there", () => {
  for (const [name, operation] of Object.entries(ready)) {
    test(`CANCEL: ${name} throws in a task that was cancelled, and does nothing`, () => {
      const here = lab();
      const end = ending(
        here.start(function* () {
          currentTask()?.cancel("stop");
          yield* operation();
          here.say("went on");
        }),
      );
      here.finish();
      expect([end(), here.log]).toEqual(["cancelled stop", []]);
    });

    test(`L3 ${name} in a loop gives others their turn`, () => {
      const here = lab();
      const end = ending(
        here.start(function* (root) {
          let over = false;
          root.spawn(function* () {
            over = true;
          });
          for (let i = 0; i < 5_000 && !over; i++) yield* operation();
          return over;
        }),
      );
      here.finish();
      expect(end()).toBe("fulfilled true");
    });
  }

  test("L3 mapAll of many items whose function never waits gives others their turn", () => {
    const here = lab();
    here.play(function* (root) {
      root.spawn(function* () {
        here.say("other");
      });
      yield* mapAll(Array(5_000), at, { limit: 1 });
      here.say("mapped");
    });
    expect(here.log).toEqual(["0 other", "0 mapped"]);
  });
});
