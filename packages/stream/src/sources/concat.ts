import { flatMap } from "../operators/flat-map.ts";
import type { Stream } from "../stream.ts";
import { type From, from } from "./from.ts";

/**
 * All items of the first source, then all of the second, and so on. Each is opened when the one before has ended
 * and its cleanup is over.
 * @throws {TypeError} If a source is nothing that `from` takes.
 * @example concat([1, 2], from([3])) // 1, 2, 3
 */
export function concat<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T[number]> {
  const streams = (sources as readonly From<T[number]>[]).map((source) => from(source)); // what is none is told here
  return from(streams).pipe(flatMap((source) => source));
}
