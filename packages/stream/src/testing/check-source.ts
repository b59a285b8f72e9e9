import type { Scheduler } from "@skein/coroutine";
import { ENOUGH } from "../ends.ts";
import { END, type Streamable } from "../source.ts";
import { type Check, check, equal } from "./check.ts";
import { Probe } from "./probe.ts";

/** One fresh stream to be checked. */
export interface SourceCase<T> {
  /** What is checked. */
  readonly stream: Streamable<T>;
  /** What it gives, compared by `Object.is`; at least two items. */
  readonly items: readonly T[];
  /** What it fails with after them; left out: it ends. */
  readonly failure?: { readonly error: unknown };
}

/**
 * The rules of `source.ts` as a list of checks, for sources and operators of your own, on virtual time.
 *
 * @param make Gives a fresh case for the loop that the run lives on; called once or more by each check.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { from } from "@skein/stream";
 * import { checkSource } from "@skein/stream/testing";
 *
 * const checks = checkSource(() => ({ stream: from(new Set([1, 2, 3])), items: [1, 2, 3] }));
 * for (const { id, name, run } of checks) test(`${id} ${name}`, run);
 * ```
 */
export function checkSource<T>(make: (loop: Scheduler) => SourceCase<T>): Check[] {
  return [
    check("S1", "nothing is pushed before the first pump, or past the budget", function* (root, loop) {
      const { stream, items } = make(loop);
      const probe = new Probe(stream, loop, root, { budgets: [1, 2] });
      equal(probe.items, [], "items at open");
      yield* probe.drain();
      const most = probe.pumps.map((count, turn) => count <= (turn % 2) + 1);
      equal(most.every(Boolean), true, "no more items than the budget in each pump");
      equal(probe.items, items, "items");
      yield* probe.close();
    }),
    check("S1", "nothing is pushed in a pump after push has said enough", function* (root, loop) {
      const { stream, items } = make(loop);
      const probe = new Probe(stream, loop, root, { perPump: 1 });
      yield* probe.drain();
      equal(Math.max(...probe.pumps), 1, "the most items in a pump");
      equal(probe.items, items, "items");
      yield* probe.close();
    }),
    check("S2", "items keep order, and a failure comes after them, whatever the budgets", function* (root, loop) {
      for (const budgets of [[1], [2], [3, 1, 1000], [1000]]) {
        const { stream, items, failure } = make(loop);
        const probe = new Probe(stream, loop, root, { budgets });
        yield* probe.drain();
        equal(probe.items, items, `items with budgets of ${budgets}`);
        equal(probe.failure?.error, failure?.error, "the failure");
        yield* probe.close();
      }
    }),
    check("S3", "after the end the answer is END for ever", function* (root, loop) {
      const probe = new Probe(make(loop).stream, loop, root);
      yield* probe.drain();
      const { length } = probe.items;
      equal([probe.pump(10), probe.pump(10), probe.items.length], [END, END, length], "pumps after the end");
      yield* probe.close();
    }),
    check("S4", "closed before the first pump, it gives nothing", function* (root, loop) {
      const probe = new Probe(make(loop).stream, loop, root);
      yield* probe.close(ENOUGH);
      equal(probe.pump(10), END, "the pump after the close");
      equal(probe.items, [], "items");
    }),
    check(
      "S4",
      "closed in the middle, it gives nothing more, and closing again is harmless",
      function* (root, loop, mayReport) {
        const { stream, items, failure } = make(loop);
        mayReport(failure?.error); // if it came to that before the close
        const probe = new Probe(stream, loop, root, { perPump: 1 });
        yield* probe.untilFirst();
        yield* probe.close(ENOUGH);
        yield* probe.close(ENOUGH);
        equal(probe.pump(10), END, "the pump after the close");
        equal(probe.items, items.slice(0, 1), "items");
      },
    ),
    check("S4", "closed inside push, it gives nothing more", function* (root, loop, mayReport) {
      const { stream, items, failure } = make(loop);
      mayReport(failure?.error);
      let closing: ReturnType<Probe<T>["source"]["close"]>;
      const probe = new Probe(stream, loop, root, {
        onPush: (source) => {
          closing ??= source.close(ENOUGH);
        },
      });
      yield* probe.drain();
      if (closing !== undefined) yield* closing;
      equal(probe.items, items.slice(0, 1), "items");
    }),
    check("S5", "it can be closed after its end", function* (root, loop) {
      const probe = new Probe(make(loop).stream, loop, root);
      yield* probe.drain();
      yield* probe.close();
      equal(probe.pump(10), END, "the pump after the close");
    }),
  ];
}
