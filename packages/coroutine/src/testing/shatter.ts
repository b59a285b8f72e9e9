import { seededRandom } from "@skein/future/testing";
import { requireWhole } from "./options.ts";

/** How likely a cut is, where nothing is special about the place: in one piece in so many, up to every second. */
const MOST_CUTS = 0.5;
/** How many chunks are empty, as those of real connections may be. */
const EMPTY = 1 / 16;

/**
 * Cuts bytes into chunks, as a network might: preferably inside code points, between CR and LF, inside blank lines and inside
 * the escapes of JSON. Even seeds cut at every such place, odd ones at about half of them; elsewhere all cut by chance.
 *
 * @param bytes Bytes, or a text to be encoded as UTF-8. @param seed A whole number: the same one cuts the same way.
 * @returns the chunks, some empty; together they are `bytes`.
 * @throws {RangeError} If `seed` is no whole number.
 * @example
 * ```ts
 * import { shatter } from "@skein/coroutine/testing";
 *
 * const decoder = new TextDecoder();
 * let text = "";
 * for (const chunk of shatter("data: \u{1f355}\r\n\r\n", 7)) text += decoder.decode(chunk, { stream: true });
 * console.log(JSON.stringify(text));
 * ```
 */
export function shatter(bytes: Uint8Array | string, seed: number): Uint8Array[] {
  requireWhole(seed, Number.NEGATIVE_INFINITY, "seed", "shatter");
  const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const random = seededRandom(seed);
  const often = random() * MOST_CUTS;
  const awkwardly = seed % 2 === 0 ? 1 : 0.5;
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (let at = 1; at <= all.length; at++) {
    const drawn = random();
    if (at < all.length && drawn >= (isAwkward(all, at) ? awkwardly : often)) continue;
    chunks.push(all.slice(from, at));
    if (random() < EMPTY) chunks.push(new Uint8Array());
    from = at;
  }
  return chunks;
}

/** True if a cut before `at` parts what belongs together. */
function isAwkward(bytes: Uint8Array, at: number): boolean {
  const [before, after] = [bytes[at - 1] as number, bytes[at] as number];
  if ((after & 0xc0) === 0x80) return true; // inside a code point
  if (after === LF && (before === CR || before === LF)) return true; // CRLF, or the blank line that ends an event
  if (before === BACKSLASH) return true;
  for (let back = 2; back <= 5 && back <= at; back++) {
    if (bytes[at - back] === BACKSLASH) return bytes[at - back + 1] === LETTER_U; // inside \u0041
  }
  return false;
}

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
