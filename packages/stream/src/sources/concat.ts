import { flatMap } from "../operators/flat-map.ts";
import type { Stream } from "../stream.ts";
import { type From, from } from "./from.ts";

/**
 * All items of the first source, then all of the second, and so on. Each is opened when the one before has ended
 * and its cleanup is over; the first failure ends it.
 *
 * @param sources What `from` takes, but for functions. None: a stream that ends at once.
 * @throws {TypeError} If one of them is something else.
 * @example
 * ```ts
 * import { concat, from } from "@skein/stream";
 *
 * const rows = from(["ada,1815", "alan,1912"]);
 * console.log(await concat(["name,born"], rows).toArray()); // [ 'name,born', 'ada,1815', 'alan,1912' ]
 * ```
 */
export function concat<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T[number]> {
  const streams = (sources as readonly From<T[number]>[]).map((source) => from(source)); // what is none is told here
  return from(streams).pipe(flatMap((source) => source));
}
