import { CancelledError } from "@skein/future";
import { LOOK } from "../checkpoint.ts";
import { suppress, withCause } from "../group/kept-errors.ts";
import type { Operation } from "../operation.ts";
import { runBlock } from "../scope/block.ts";
import { CancelScope } from "../scope/cancel-scope.ts";
import { sleep } from "../sleep.ts";
import { requireFunction, requireMs, requireOptions, show } from "../task/body.ts";
import { expectUse } from "../task/unused.ts";
import { type Backoff, exponentialBackoff } from "./backoff.ts";

/** How many of the errors before the last are kept: a loop that reconnects for months must not gather them. */
const KEPT_ERRORS = 10;

export interface RetryOptions {
  /** How many there may be, the first one included: a whole number from 1, or Infinity. Default 3. */
  readonly attempts?: number | undefined;
  /** How long to wait between them: always so many milliseconds, or as the function says. Default `exponentialBackoff()`. */
  readonly backoff?: number | Backoff | undefined;
  /** Says whether `error`, of the attempt with that number, is worth another one. By default every error is. */
  readonly retryIf?: ((error: unknown, attempt: number) => boolean) | undefined;
  /** Shown in dumps and errors. By default the name of the function. */
  readonly name?: string | undefined;
}

/**
 * Does `fn(attempt)` until it succeeds. Each attempt is a block of its own: what it `use`s is given back before the next.
 *
 * A cancellation is never retried, neither its own nor one that comes out of `fn`; it also cuts a delay short.
 *
 * @param fn Makes the operation for an attempt: 1, 2, 3, …
 * @throws The error of the last attempt, with those of the ten before it in `suppressed`, in their order, behind its own.
 * @throws {TypeError | RangeError} If an option is none of the above; if `backoff` gives NaN, with the error as `cause`.
 * @example
 * ```ts
 * import { retry, run, sleep } from "@skein/coroutine";
 *
 * const answer = await run(() => retry(function* (attempt) {
 *   yield* sleep(1);
 *   if (attempt < 3) throw new Error("busy");
 *   return `answered at attempt ${attempt}`;
 * }, { attempts: 5, backoff: 2 }));
 * console.log(answer);
 * ```
 */
export function retry<T>(fn: (attempt: number) => Operation<T>, options: RetryOptions = {}): Operation<T> {
  requireFunction(fn, "retry");
  requireOptions(options, "retry");
  const { attempts = 3, backoff = exponentialBackoff(), retryIf = () => true, name = fn.name || "retry" } = options;
  if (!(attempts >= 1) || (!Number.isInteger(attempts) && attempts !== Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot retry with ${show(attempts)} attempts: give a whole number from 1, or Infinity.`);
  }
  if (typeof backoff !== "function") requireMs(backoff, "retry");
  if (typeof retryIf !== "function")
    throw new TypeError(`Cannot retry if ${show(retryIf)}: \`retryIf\` must be a function.`);
  const delayOf = typeof backoff === "function" ? backoff : (): number => backoff;
  return expectUse(runRetry(fn, attempts, delayOf, retryIf, name));
}

/** @internal */
export function* runRetry<T>(
  fn: (attempt: number) => Operation<T>,
  attempts: number,
  delayOf: Backoff,
  retryIf: (error: unknown, attempt: number) => boolean,
  name: string,
): Operation<T> {
  yield* LOOK;
  const earlier: unknown[] = [];
  for (let attempt = 1; ; attempt++) {
    let error: unknown;
    try {
      const operation = attemptOf(fn, attempt, name); // by that name `inspect` finds what is inside a runtime frame
      return yield* operation;
    } catch (caught) {
      error = caught;
    }
    // What `retryIf` and `backoff` throw comes out instead, and says which error they were asked about.
    let delayMs: number | undefined;
    try {
      const again = !(error instanceof CancelledError) && attempt < attempts && retryIf(error, attempt);
      delayMs = again ? delayOf(attempt, error) : undefined;
      if (delayMs !== undefined) requireMs(delayMs, `wait after attempt ${attempt} of ${name}`);
    } catch (bad) {
      throw withCause(bad, error);
    }
    if (delayMs === undefined) {
      suppress(error, earlier); // not reported where it cannot carry them: they were dealt with, by trying again
      throw error;
    }
    earlier.push(error);
    if (earlier.length > KEPT_ERRORS) earlier.shift();
    yield* sleep(delayMs);
  }
}

function attemptOf<T>(fn: (attempt: number) => Operation<T>, attempt: number, name: string): Operation<T> {
  return runBlock(
    (task) => new CancelScope(task, task.scope, { name: `${name}, attempt ${attempt}` }),
    () => fn(attempt),
    (_scope, _failed, error): never => {
      throw error;
    },
  );
}
