import { type CancelScope, GroupError, isA, isCancelled, isOwnCancel, TimeoutError } from "@skein/coroutine";
import { StoppedError } from "./errors.ts";
import type { End } from "./source.ts";

/** The source had no more. */
export const DONE: End = Object.freeze({ kind: "done" });

/** The consumer had enough: `take`, `first`, a `break`. */
export const ENOUGH: End = Object.freeze({ kind: "stopped", by: "consumer" });

/** What a frame that is ended by force leaves behind. */
export const SHUTDOWN: End = Object.freeze({ kind: "stopped", by: "shutdown" });

/** The source threw `error`: its failure, unless it says that it was stopped. */
export const failed = (error: unknown): End => (isA(error, StoppedError) ? error.end : { kind: "failed", error });

/** What somebody who is stopped by `end` may well end with: what else it read was stopped by that, too. No failure. */
export function stoppedBy(error: unknown, end: End): boolean {
  if (isA(error, GroupError)) return error.errors.every((each) => stoppedBy(each, end));
  return isCancelled(error) || (isA(error, StoppedError) && error.end === end);
}

/** The consumer went away because of `reason`, its own error included. */
export const left = (reason: unknown): End => ({ kind: "stopped", by: "consumer", reason });

/** `end`, as a source hears it that is not to blame: what failed was its consumer, or beside it. (S6) */
export const blameless = (end: End): End => (end.kind === "failed" ? left(end.error) : end);

/** What the task is cancelled with that consumes for the readers of a `share`: nobody stops it, they have gone. */
export const NOBODY_LEFT = "the last reader has left";

/**
 * The task that consumed was cancelled, at `now`: what that means for the stream, with the identical reason (S6). What
 * `AbortSignal.timeout` gives is known by its name alone; a scope that its deadline cancelled gives no reason.
 */
export function interrupted(error: unknown, now: number): End {
  if (!isOwnCancel(error)) return left(error); // of somebody else: the consumer has failed with it
  const { reason, scope } = error;
  if (reason === NOBODY_LEFT) return left(reason);
  const isTimeout =
    isA(reason, TimeoutError) ||
    isNamed(reason, "TimeoutError") ||
    (reason === undefined && (scope as CancelScope).deadlineMs <= now);
  return { kind: "stopped", by: isTimeout ? "deadline" : "user", reason };
}

/** An error that is known by its name, if that can be read. */
export function isNamed(error: unknown, name: string): boolean {
  try {
    return error instanceof Error && error.name === name;
  } catch {
    return false;
  }
}

/** The reason to give to whoever produces: what the consumer gave, else the error, else nothing. */
export function reasonOf(end: End): unknown {
  if (end.kind === "failed") return end.error;
  return end.kind === "stopped" ? end.reason : undefined;
}
