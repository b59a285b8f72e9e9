import type { Operator } from "../stream.ts";
import { MAP, step } from "./step.ts";

/**
 * Gives `fn(item)` for each item, in order.
 *
 * @param fn Called once for each item. What it throws ends the run, and comes out of it. For an operation or a promise
 * see `mapAsync`.
 * @example
 * ```ts
 * import { from, map } from "@skein/stream";
 *
 * const names = from(["ada", "bob"]).pipe(map((name) => name.toUpperCase()));
 * console.log(await names.toArray()); // [ 'ADA', 'BOB' ]
 * ```
 */
export function map<A, B>(fn: (item: A) => B): Operator<A, B> {
  return step(MAP, () => fn);
}
