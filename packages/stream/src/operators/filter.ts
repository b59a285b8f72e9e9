import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/**
 * Gives the items for which `predicate` is truthy, and leaves out the others.
 *
 * @param predicate Called once for each item; one that is a type guard narrows the type. What it throws ends the run.
 * @example
 * ```ts
 * import { filter, from } from "@skein/stream";
 *
 * const gains = from([5, -1, 3]).pipe(filter((n) => n > 0));
 * console.log(await gains.toArray()); // [ 5, 3 ]
 * ```
 */
export function filter<A, B extends A>(predicate: (item: A) => item is B): Operator<A, B>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return step(FILTER, () => predicate);
}
