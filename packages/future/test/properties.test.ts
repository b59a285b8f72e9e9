import fc from "fast-check";
import { expect, test } from "vitest";
import { Future } from "../src/index.ts";
import { countWaiters, Probe } from "../src/testing/index.ts";
import { lab } from "./support/lab.ts";

/*
 * A future against the simplest model of one: a list of who waits, and an outcome. Any order of adding and removing
 * callbacks and tasks, and of settling in the three ways, gives the same log, the same answers and the same length.
 */
type Step =
  | { do: "add" | "remove"; who: number }
  | { do: "park" | "unpark"; who: number }
  | { do: "then" | "unthen"; who: number }
  | { do: "resolve" | "reject" | "cancel" | "run" };

const who = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom("add", "remove", "park", "unpark", "then", "unthen"), who }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("resolve", "reject", "cancel", "run") }) },
) as fc.Arbitrary<Step>;

test("F1 F2 F3 F4 settle, wait and remove in any order, as the model does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { loop, log } = lab();
      const { future, resolve, reject } = Future.withResolvers<string>({ loop });
      const callbacks = [0, 1, 2, 3].map((index) => () => void log.push(`callback ${index}`));
      const probes = [0, 1, 2, 3].map((index) => {
        const probe = new Probe(loop, `p${index}`);
        probe.wake = () => loop.callSoon(() => void log.push(`task ${index}`));
        return probe;
      });
      const derived: Future<unknown>[] = [];

      let waiting: string[] = [];
      let coming: string[] = [];
      const expected: string[] = [];
      let status = "pending";
      const settle = (how: string, answer: boolean) => {
        expect(answer).toBe(status === "pending");
        if (status !== "pending") return;
        status = how;
        coming.push(...waiting);
        waiting = [];
      };
      const join = (entry: string) => (status === "pending" ? waiting : coming).push(entry);
      const leave = (entry: string, all: boolean): number => {
        const before = waiting.length;
        const index = waiting.indexOf(entry);
        if (all) waiting = waiting.filter((other) => other !== entry);
        else if (index >= 0) waiting.splice(index, 1);
        return before - waiting.length;
      };

      for (const now of steps) {
        const index = "who" in now ? now.who : 0;
        const probe = probes[index] as Probe;
        const callback = callbacks[index] as () => void;
        switch (now.do) {
          case "add":
            future.addDoneCallback(callback);
            join(`callback ${index}`);
            break;
          case "remove":
            expect(future.removeDoneCallback(callback)).toBe(leave(`callback ${index}`, true));
            break;
          case "park":
            if (probe.waitsIn !== null) break;
            future.park(probe);
            join(`task ${index}`);
            break;
          case "unpark":
            future.unpark(probe);
            leave(`task ${index}`, false);
            break;
          case "then": {
            const entry = `then ${derived.length}`;
            const note = () => void log.push(entry);
            derived.push(future.then(note, note));
            join(entry);
            break;
          }
          case "unthen": {
            const target = derived[index];
            if (target === undefined || target.state !== "pending") break;
            target.cancel();
            leave(`then ${index}`, false);
            coming = coming.filter((entry) => entry !== `then ${index}`);
            break;
          }
          case "resolve":
            settle("fulfilled", resolve("value"));
            break;
          case "reject":
            settle("rejected", reject("error"));
            break;
          case "cancel":
            settle("cancelled", future.cancel("reason"));
            break;
          case "run":
            loop.runUntilIdle();
            expected.push(...coming);
            coming = [];
        }
        expect(log).toEqual(expected);
        expect(countWaiters(future)).toBe(waiting.length);
        expect(future.peek()?.status ?? "pending").toBe(status);
      }
      loop.runUntilIdle();
      expect(log).toEqual([...expected, ...coming]);
    }),
    { numRuns: 2000 },
  );
});
