import type { Operator } from "../stream.ts";
import { step, TAP } from "./step.ts";

/**
 * Calls `fn` with each item and passes the item on: for logging and counting.
 *
 * @param fn What it gives back is not looked at, and not waited for. What it throws ends the run.
 * @example
 * ```ts
 * import { from, tap } from "@skein/stream";
 *
 * const prices = from([3, 4]).pipe(tap((price) => console.log(price))); // 3 4
 * console.log(await prices.reduce((sum, price) => sum + price, 0)); // 7
 * ```
 */
export function tap<A>(fn: (item: A) => void): Operator<A, A> {
  return step(TAP, () => fn);
}
