import { describe, expect, test } from "vitest";
import { checkpoint, currentTask, sleep } from "../../src/index.ts";
import { type Instrument, instrument } from "../../src/inspect/index.ts";
import { observer } from "../../src/task/observer.ts";
import { lab } from "../support.ts";

describe("an instrument", () => {
  test("DEBUG-009 is told of spawn and end, and of a pair for every step: 5 checkpoints are 6 steps", () => {
    const { play } = lab();
    const events: string[] = [];
    const note = (what: string) => (task: { readonly name: string }) =>
      void (task.name === "child" && events.push(what));
    using _instrument = instrument({
      spawned: note("spawned"),
      beforeStep: note("before"),
      afterStep: note("after"),
      ended: note("ended"),
    });
    play(function* (root) {
      root.spawn(function* child() {
        for (let i = 0; i < 5; i++) yield* checkpoint();
      });
    });
    const pair = ["before", "after"];
    expect(events).toEqual(["spawned", ...pair, ...pair, ...pair, ...pair, ...pair, "before", "ended", "after"]);
  });

  test("DEBUG-009 an eager first step is one too", () => {
    const { play } = lab();
    let steps = 0;
    using _instrument = instrument({ afterStep: ({ name }) => void (name === "eager" && steps++) });
    play(function* (root) {
      root.spawn(
        function* eager() {
          yield* sleep(1);
        },
        { eager: true },
      );
      expect(steps).toBe(1);
    });
    expect(steps).toBe(2);
  });

  test("DEBUG-010 that throws is taken off and reported; the run and the others go on", () => {
    const { play, reports } = lab({ reports: true });
    let told = 0;
    using _bad = instrument({
      beforeStep: () => {
        throw new Error("broken instrument");
      },
    });
    using _good = instrument({ beforeStep: () => void told++ });
    expect(
      play(function* main() {
        yield* sleep(1);
        return "done";
      }),
    ).toBe("fulfilled done");
    expect([reports, told]).toEqual([["instrument's beforeStep, main: broken instrument"], 2]);
  });

  test("DEBUG-012 is told outside of the task's own step, which it is given", () => {
    const { play } = lab();
    const seen: unknown[] = [];
    using _instrument = instrument({ beforeStep: (task) => void seen.push([task.name, currentTask()]) });
    play(function* main() {});
    expect(seen).toEqual([["main", undefined]]);
  });

  test("costs nothing once the last one is stopped, twice being as good as once", () => {
    const hooks: Instrument = {};
    const [one, two] = [instrument(hooks), instrument({})];
    expect(observer).not.toBe(null);
    one.stop();
    one.stop();
    expect(observer).not.toBe(null);
    two[Symbol.dispose]();
    expect(observer).toBe(null);
  });
});
