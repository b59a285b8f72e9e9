import { atLeast } from "../limits.ts";
import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/** How `distinct` remembers. */
export interface DistinctOptions {
  /** How many different keys to remember, the oldest being forgotten first: 1 leaves out repeats in a row. Default: all. */
  readonly remember?: number | undefined;
}

/**
 * Leaves out items whose key was seen before. Without `remember` every key is kept for as long as the run lasts:
 * give it a number where the stream has no end.
 *
 * @param key What is compared, as a Set does. Default: the item itself. What it throws ends the run.
 * @param options How many keys are remembered.
 * @throws {RangeError} If `remember` is less than 1, fractional or NaN.
 * @example
 * ```ts
 * import { distinct, from } from "@skein/stream";
 *
 * const words = from(["Tea", "coffee", "tea", "milk"]);
 * console.log(await words.pipe(distinct((word) => word.toLowerCase())).toArray()); // [ 'Tea', 'coffee', 'milk' ]
 * ```
 */
export function distinct<A>(key: (item: A) => unknown = (item) => item, options?: DistinctOptions): Operator<A, A> {
  const remember = options?.remember ?? Number.POSITIVE_INFINITY;
  atLeast(1, remember, "remember");
  return step(FILTER, () => {
    const seen = new Set<unknown>();
    return (item: A) => {
      const of = key(item);
      if (seen.has(of)) return false;
      if (seen.size >= remember) seen.delete(seen.values().next().value);
      return seen.add(of);
    };
  });
}
