import type { Sink } from "../source.ts";
import { type Check, check, equal } from "./check.ts";

/** A sink around a sink: what a stateless operator is. */
export interface SinkCase<A, B> {
  /** Makes the sink that is checked, around `inner`. */
  readonly make: (inner: Sink<B>) => Sink<A>;
  /** What is pushed into it. */
  readonly items: readonly A[];
  /** What comes out, compared by `Object.is`; at least two items. */
  readonly gives: readonly B[];
}

/**
 * The rules of `Sink` in `source.ts` as a list of checks, for operators of your own that are a sink around a sink.
 *
 * @param sinkCase Gives the case; called once or more by each check.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import type { Sink } from "@skein/stream";
 * import { checkSink } from "@skein/stream/testing";
 *
 * const double = (inner: Sink<number>): Sink<number> => ({ push: (n) => inner.push(n * 2) });
 * const checks = checkSink(() => ({ make: double, items: [1, 2], gives: [2, 4] }));
 * for (const { id, name, run } of checks) test(`${id} ${name}`, run);
 * ```
 */
export function checkSink<A, B>(sinkCase: () => SinkCase<A, B>): Check[] {
  return [
    check("S1", "it gives nothing when it is made, and answers true as long as its sink does", function* () {
      const { make, items, gives } = sinkCase();
      const inner = new Inner<B>();
      const sink = make(inner);
      equal(inner.items, [], "items when it is made");
      const answers = items.map((item) => sink.push(item));
      equal(
        answers,
        items.map(() => true),
        "answers",
      );
      equal(inner.items, gives, "items");
    }),
    check("S1", "where its sink says enough it says so too, and gives no more in that push", function* () {
      const { gives } = sinkCase();
      for (let enoughAt = 1; enoughAt <= gives.length; enoughAt++) {
        const { make, items } = sinkCase();
        const inner = new Inner<B>(enoughAt);
        const sink = make(inner);
        const answers: boolean[] = [];
        for (const item of items) {
          answers.push(sink.push(item));
          if (inner.items.length >= enoughAt) break;
        }
        equal(answers.at(-1), false, `the answer at which item ${enoughAt} was enough`);
        equal(answers.slice(0, -1).every(Boolean), true, "the answers before were true");
        equal(inner.items, gives.slice(0, enoughAt), "items");
      }
    }),
    check("S2", "after enough, the next push goes on in order", function* () {
      const { make, items, gives } = sinkCase();
      const inner = new Inner<B>(1);
      const sink = make(inner);
      for (const item of items) sink.push(item);
      equal(inner.items, gives, "items");
    }),
    check("S7", "what its sink throws passes through it as it is, at once", function* () {
      const { make, items } = sinkCase();
      const error = new Error("the consumer's");
      const sink = make({
        push() {
          throw error;
        },
      });
      let thrown: unknown;
      try {
        for (const item of items) sink.push(item);
      } catch (seen) {
        thrown = seen;
      }
      equal(thrown, error, "what push throws");
    }),
  ];
}

class Inner<B> implements Sink<B> {
  readonly items: B[] = [];
  private readonly enoughAt: number;
  /** From item number `enoughAt` on every answer is false. */
  constructor(enoughAt: number = Number.POSITIVE_INFINITY) {
    this.enoughAt = enoughAt;
  }
  push(item: B): boolean {
    this.items.push(item);
    return this.items.length < this.enoughAt;
  }
}
