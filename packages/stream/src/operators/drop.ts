import { atLeast } from "../limits.ts";
import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/** Leaves out the first `count` items. @throws {RangeError} If `count` is negative, fractional or NaN. @example drop(2) */
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
