import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/** Leaves out items until `predicate` is falsy for the first time. @example dropWhile((line: string) => line === "") */
export function dropWhile<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return step(FILTER, () => {
    let dropping = true;
    return (item: A) => {
      dropping = dropping && Boolean(predicate(item));
      return !dropping;
    };
  });
}
