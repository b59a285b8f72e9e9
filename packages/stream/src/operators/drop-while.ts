import type { Operator } from "../stream.ts";
import { FILTER, step } from "./step.ts";

/**
 * Leaves out items until `predicate` is falsy for the first time; that item and all after it are given.
 *
 * @param predicate Called once for each item, and no more after that. What it throws ends the run.
 * @example
 * ```ts
 * import { dropWhile, from } from "@skein/stream";
 *
 * const lines = from(["", "", "Call me Ishmael.", "", "Some years ago"]);
 * console.log(await lines.pipe(dropWhile((line) => line === "")).first()); // Call me Ishmael.
 * ```
 */
export function dropWhile<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return step(FILTER, () => {
    let dropping = true;
    return (item: A) => {
      dropping = dropping && Boolean(predicate(item));
      return !dropping;
    };
  });
}
