/** @throws {RangeError} If `count` is not a whole number of at least `least`, or Infinity. */
export function atLeast(least: number, count: number, what: string): void {
  if (count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= least)) return;
  throw new RangeError(`Cannot ${what} ${count}: give a whole number of at least ${least}, or Infinity.`);
}

/** @throws {RangeError} If `ms` is negative or NaN. */
export function duration(ms: number, what: string): void {
  if (ms >= 0) return;
  throw new RangeError(`Cannot ${what} for ${ms} ms: give a number of milliseconds of at least 0.`);
}
