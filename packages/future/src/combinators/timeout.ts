import { wrong } from "../options.ts";

/**
 * Checks a time limit given to `what`; undefined if it is Infinity, which is none. Zero or less is over at once.
 *
 * @throws {TypeError} If it is no number. @throws {RangeError} If it is NaN.
 */
export function readTimeout(what: string, timeoutMs: number): number | undefined {
  if (typeof timeoutMs !== "number") throw wrong(what, "timeoutMs", timeoutMs, "a number of milliseconds");
  if (Number.isNaN(timeoutMs)) throw new RangeError(`Cannot ${what}: timeoutMs is NaN; give a number of milliseconds`);
  return timeoutMs === Number.POSITIVE_INFINITY ? undefined : timeoutMs;
}
