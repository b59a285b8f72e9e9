import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/** Gives the items for which `predicate` is truthy. @example filter((n: number) => n > 1) */
export function filter<A, B extends A>(predicate: (item: A) => item is B): Operator<A, B>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return step(FILTER, () => predicate);
}
