import { END, type Source } from "../source.ts";
import { type Stream, stream } from "../stream.ts";

const NOTHING: Source = { pump: () => END, close: () => undefined };

/** A stream that ends at once. @example empty() */
export function empty<T = never>(): Stream<T> {
  return stream<T>(() => NOTHING, false);
}
