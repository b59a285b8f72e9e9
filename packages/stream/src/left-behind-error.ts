import { StreamError } from "./errors.ts";

/** Something foreign went on after its run was closed, because it cannot be stopped from outside. */
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
