import type { Operator } from "../stream.ts";
import { MAP, step } from "./step.ts";

/** Gives `fn(item)` for each item. What `fn` throws ends the run. @example map((n: number) => n * 2) */
export function map<A, B>(fn: (item: A) => B): Operator<A, B> {
  return step(MAP, () => fn);
}
