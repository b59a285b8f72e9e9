import type { Operator } from "../stream.ts";
import { MAP, step } from "./step.ts";

/**
 * Folds the items and gives each step: `scan(f, s)` over a, b is f(s, a), f(f(s, a), b).
 * @example scan((sum: number, n: number) => sum + n, 0) // 1, 2, 3 → 1, 3, 6
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
