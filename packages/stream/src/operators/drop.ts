import { atLeast } from "../limits.ts";
import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/**
 * Leaves out the first `count` items.
 *
 * @param count How many: a whole number of at least 0, or Infinity.
 * @throws {RangeError} If `count` is negative, fractional or NaN.
 * @example
 * ```ts
 * import { drop, from } from "@skein/stream";
 *
 * const rows = from(["name,born", "ada,1815", "alan,1912"]);
 * console.log(await rows.pipe(drop(1)).toArray()); // [ 'ada,1815', 'alan,1912' ]
 * ```
 */
export function drop<A>(count: number): Operator<A, A> {
  atLeast(0, count, "drop");
  return step(FILTER, () => {
    let left = count;
    return () => {
      if (left === 0) return true;
      left--;
      return false;
    };
  });
}
