import { bridge } from "@skein/future";
import { requireMs, requireOptions } from "../task/body.ts";

/**
 * How long to wait before the next attempt.
 *
 * @param attempt The number of the attempt that failed: 1, 2, 3, … @param error What it failed with.
 * @returns milliseconds, 0 or more; undefined: do not try again.
 */
export type Backoff = (attempt: number, error: unknown) => number | undefined;

export interface ExponentialOptions {
  /** The delay after the first attempt, in milliseconds: 0 or more. Default 100. */
  readonly firstMs?: number | undefined;
  /** What each next delay is multiplied by: 1 or more. Default 2. */
  readonly factor?: number | undefined;
  /** No delay is longer, in milliseconds. Default 30,000. */
  readonly maxMs?: number | undefined;
  /** How much of each delay is left to chance, from 0 (none) to 1 (all of it). Default 0.5. */
  readonly jitter?: number | undefined;
  /** Where chance comes from: a number from 0 to below 1, as `Math.random` gives. Default: the loop's seed, if it has one, else that. */
  readonly random?: (() => number) | undefined;
}

/**
 * Delays that grow: `firstMs`, then `factor` times as much each time, up to `maxMs`; less a random part of it, so that
 * many who failed together do not come back together.
 *
 * @throws {TypeError | RangeError} If an option is no number or out of its range.
 * @example
 * ```ts
 * import { exponentialBackoff } from "@skein/coroutine";
 *
 * const backoff = exponentialBackoff({ firstMs: 10, jitter: 0 });
 * console.log([1, 2, 3].map((attempt) => backoff(attempt, undefined)));
 * ```
 */
export function exponentialBackoff(options: ExponentialOptions = {}): Backoff {
  requireOptions(options, "make a backoff");
  const { firstMs = 100, factor = 2, maxMs = 30_000, jitter = 0.5, random = chance } = options;
  requireBetween("firstMs", firstMs, 0);
  requireBetween("factor", factor, 1);
  requireBetween("maxMs", maxMs, 0);
  requireBetween("jitter", jitter, 0, 1);
  return (attempt) => {
    const delayMs = firstMs === 0 ? 0 : Math.min(maxMs, firstMs * factor ** (attempt - 1)); // 0 times Infinity is NaN
    return delayMs * (1 - jitter * random());
  };
}

/** Asked for when it is needed: a backoff may be made long before there is a loop. */
const chance = (): number => (bridge.running?.loop.random ?? Math.random)();

function requireBetween(name: string, value: number, least: number, most: number = Number.POSITIVE_INFINITY): void {
  requireMs(value, "make a backoff", name, -1 / 0, "a number");
  if (value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `from ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`Cannot make a backoff with the ${name} ${value}: give a number ${range}.`);
}
