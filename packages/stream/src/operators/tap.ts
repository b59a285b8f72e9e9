import type { Operator } from "../stream.ts";
import { step, TAP } from "./step.ts";

/** Calls `fn` with each item and passes it on. What `fn` throws ends the run. @example tap(console.log) */
export function tap<A>(fn: (item: A) => void): Operator<A, A> {
  return step(TAP, () => fn);
}
