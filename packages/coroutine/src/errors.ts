import { say } from "./body.ts";

/** Thrown by `trySend`, `tryNext` and `ask` where the answer would have to be waited for. The step is under way. */
export class WouldBlockError extends Error {
  readonly code: "WOULD_BLOCK";
  constructor(message: string) {
    super(message);
    this.name = "WouldBlockError";
    this.code = "WOULD_BLOCK";
  }
}

/** The reason with which a group cancels its other members when one fails: names the task and keeps its error as `cause`. */
export class ChildFailedError extends Error {
  readonly code: "CHILD_FAILED";
  /** The name of the task that failed. */
  readonly task: string;
  constructor(task: string, cause: unknown) {
    super(`"${task}" failed: ${say(cause)}`, { cause });
    this.name = "ChildFailedError";
    this.code = "CHILD_FAILED";
    this.task = task;
  }
}

/**
 * Reported, never thrown into a program: a task swallowed its cancellation until it had to be ended by force. On a loop
 * with `debug` it is reported at the first insist, too, and `scheduledAt` is the wait at which the task has gone on.
 */
export class SwallowedCancelError extends Error {
  readonly code: "SWALLOWED_CANCEL";
  readonly task: string;
  /** True if even `return()` could not end the frame, so that its `finally` blocks have not all run. */
  readonly abandoned: boolean;
  /** @param became What became of the task, for the message. */
  constructor(task: string, became: string, abandoned: boolean, cause: unknown) {
    super(
      `Task "${task}" kept waiting after it was cancelled and ${became}. ` +
        "Rethrow CancelledError where you catch it, or let `finally` do the cleaning up.",
      { cause },
    );
    this.name = "SwallowedCancelError";
    this.code = "SWALLOWED_CANCEL";
    this.task = task;
    this.abandoned = abandoned;
  }
}

/** Gives `error` a `cause`, unless it has one or cannot have any. Gives `error` back. */
export function withCause(error: unknown, cause: unknown): unknown {
  if (error instanceof Error && error !== cause && !Object.hasOwn(error, "cause") && Object.isExtensible(error)) {
    Object.defineProperty(error, "cause", { value: cause, writable: true, configurable: true, enumerable: false });
  }
  return error;
}
