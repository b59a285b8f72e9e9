import { TimeoutError } from "@skein/coroutine";

/**
 * A stream took longer than `timeout` allows. A TimeoutError, so that one `catch` finds both.
 *
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, StalledError, timeout } from "@skein/stream";
 *
 * const slow = from(function* () {
 *   yield "now";
 *   yield* sleep(1_000);
 * });
 * try {
 *   await slow.pipe(timeout({ betweenMs: 5 })).drain();
 * } catch (error) {
 *   if (error instanceof StalledError) console.log(error.limit, error.timeoutMs); // between 5
 * }
 * ```
 */
export class StalledError extends TimeoutError {
  /** Which of the limits was reached. */
  readonly limit: "first" | "between" | "total";
  constructor(limit: "first" | "between" | "total", timeoutMs: number) {
    const what = { first: "no first item", between: "no further item", total: "no end" }[limit];
    super(`The stream stalled: ${what} within ${timeoutMs} ms.`, { timeoutMs });
    this.limit = limit;
  }
  override get name(): string {
    return "StalledError";
  }
}
