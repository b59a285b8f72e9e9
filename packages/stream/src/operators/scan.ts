import type { Operator } from "../stream.ts";
import { MAP, step } from "./step.ts";

/**
 * Folds the items and gives each step: `scan(f, s)` over a, b is f(s, a), f(f(s, a), b).
 *
 * @param fn Makes the next step of the one before and the item. What it throws ends the run.
 * @param initial What the first step is made of, in every run: not given itself.
 * @example
 * ```ts
 * import { from, scan } from "@skein/stream";
 *
 * const balances = from([100, -30, 5]).pipe(scan((balance, amount) => balance + amount, 0));
 * console.log(await balances.toArray()); // [ 100, 70, 75 ]
 * ```
 */
export function scan<A, B>(fn: (accumulated: B, item: A) => B, initial: B): Operator<A, B> {
  return step(MAP, () => {
    let accumulated = initial;
    return (item: A) => {
      accumulated = fn(accumulated, item);
      return accumulated;
    };
  });
}
