import { StreamError } from "./errors.ts";

/**
 * Something foreign went on after its run was closed, because it cannot be stopped from outside. It is told to the
 * `onLeft` of `cancellable`, or reported to the loop; it is never thrown.
 *
 * @example
 * ```ts
 * import { cancellable, type LeftBehindError, timeout } from "@skein/stream";
 *
 * async function* deaf() {
 *   await new Promise(() => {}); // nobody can stop this
 * }
 * const onLeft = (error: LeftBehindError) => console.log(error.code, error.pulling); // STREAM_LEFT_BEHIND true
 * const answer = cancellable(deaf, { graceMs: 5, onLeft }).pipe(timeout({ firstMs: 5 }));
 * await answer.drain().then(undefined, (error) => console.log(String(error)));
 * // StalledError: The stream stalled: no first item within 5 ms.
 * ```
 */
export class LeftBehindError extends StreamError {
  /** True: its `next()` was pending. False: its `return()` takes too long. */
  readonly pulling: boolean;
  constructor(what: string, pulling: boolean, graceMs: number) {
    const doing = pulling ? "a pull was under way, and goes on" : "its return() has not answered";
    super(
      "STREAM_LEFT_BEHIND",
      `Could not stop ${what} within ${graceMs} ms: ${doing}; have it heed an AbortSignal, as cancellable((signal) => …) gives it.`,
    );
    this.pulling = pulling;
  }
  override get name(): string {
    return "LeftBehindError";
  }
}
