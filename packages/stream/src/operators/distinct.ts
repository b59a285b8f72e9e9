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
 * @throws {RangeError} If `remember` is less than 1, fractional or NaN.
 * @example distinct((user: { id: string }) => user.id, { remember: 1000 })
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
