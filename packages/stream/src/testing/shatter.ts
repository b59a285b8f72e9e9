/**
 * Every way to cut bytes or text in two, with an empty piece at either end among them, and then into single bytes or
 * UTF-16 code units, also with an empty piece between each: a decoder has to give the same for all of them.
 *
 * @param whole What is cut. Pieces of bytes are copies.
 * @example
 * ```ts
 * import { from, lines } from "@skein/stream";
 * import { shatter } from "@skein/stream/testing";
 *
 * const seen = new Set<string>();
 * for (const pieces of shatter("one\r\ntwo")) seen.add((await from(pieces).pipe(lines()).toArray()).join());
 * console.log(seen); // Set(1) { 'one,two' }
 * ```
 */
export function* shatter<T extends string | Uint8Array>(whole: T): Generator<T[], void, undefined> {
  const piece = (from: number, to: number): T => whole.slice(from, to) as T;
  const { length } = whole;
  for (let at = 0; at <= length; at++) yield [piece(0, at), piece(at, length)];
  const units = Array.from({ length }, (_, at) => piece(at, at + 1));
  yield units;
  yield units.flatMap((unit) => [piece(0, 0), unit]);
}
