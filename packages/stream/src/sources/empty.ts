import { END, type Source } from "../source.ts";
import { type Stream, stream } from "../stream.ts";

const NOTHING: Source = { pump: () => END, close: () => undefined };

/**
 * A stream that ends at once.
 *
 * @example
 * ```ts
 * import { empty, from } from "@skein/stream";
 *
 * const found = (query: string) => (query === "" ? empty<string>() : from([`about ${query}`]));
 * console.log(await found("").toArray(), await found("tea").toArray()); // [] [ 'about tea' ]
 * ```
 */
export function empty<T = never>(): Stream<T> {
  return stream<T>(() => NOTHING, false);
}
