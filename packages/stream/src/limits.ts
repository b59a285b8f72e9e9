/** @throws {RangeError} If `count` is not a whole number of at least `least`, or Infinity. {TypeError} If it is no number. */
export function atLeast(least: number, count: number, what: string): void {
  if (count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= least)) return;
  throw wrong(count, `Cannot ${what} ${count}: give a whole number from ${least}, or Infinity.`);
}

/** @throws {RangeError} If `ms` is negative or NaN. {TypeError} If it is no number. */
export function duration(ms: number, what: string): void {
  if (typeof ms === "number" && ms >= 0) return;
  throw wrong(ms, `Cannot ${what} for ${ms} ms: give milliseconds, 0 or more.`);
}

/** @throws {TypeError} If `word` is none of `words`. */
export function oneOf(words: readonly string[], word: unknown, what: string): void {
  if (!words.includes(word as string)) throw new TypeError(`Cannot ${what} ${String(word)}: give ${words.join(", ")}.`);
}

function wrong(seen: unknown, message: string): Error {
  return typeof seen === "number" ? new RangeError(message) : new TypeError(message);
}
