import { type Callback, nameOf } from "./callback.ts";
import type { ErrorInfo, TimerHandle } from "./scheduler.ts";

/** The deadline of a timer that never fires. */
export const NEVER: number = Number.POSITIVE_INFINITY;

/** Who must hear of a cancelled timer. */
export interface TimerOwner {
  onCancelled(): void;
}

const QUEUED = 0;
const FIRED = 1;
const CANCELLED = 2;

/**
 * A callback with a deadline. One field says where it is in its life, as a million timers should be small:
 *
 *     its owner (waiting) ──due──▶ QUEUED ──its turn──▶ FIRED
 *             └────────cancel()──────┴──▶ CANCELLED
 *
 * `callback` is defined in *waiting* and *queued*, and in *fired* until it has returned: one that throws leaves itself
 * there for the report of the error.
 */
export class Timer implements TimerHandle {
  readonly deadlineMs: number;
  callback: Callback | undefined;
  arg: unknown;
  #state: TimerOwner | typeof QUEUED | typeof FIRED | typeof CANCELLED;

  constructor(deadlineMs: number, callback: Callback, arg: unknown) {
    this.deadlineMs = deadlineMs;
    this.callback = callback;
    this.arg = arg;
    this.#state = QUEUED;
  }

  get cancelled(): boolean {
    return this.#state === CANCELLED;
  }

  cancel(): void {
    const state = this.#state;
    if (state === FIRED || state === CANCELLED) return;
    this.#end(CANCELLED);
    if (state !== QUEUED) state.onCancelled();
  }

  /** It waits in `owner` from now on; or, without one, in a ready queue. */
  moveTo(owner: TimerOwner | undefined): void {
    this.#state = owner ?? QUEUED;
  }

  /** Runs it, unless it was cancelled while it stood in the ready queue. */
  fire(): void {
    if (this.#state === CANCELLED) return;
    this.#state = FIRED;
    this.callback?.(this.arg);
    this.#end(FIRED);
  }

  /** Lets go of what it would have run. (L6) */
  #end(state: typeof FIRED | typeof CANCELLED): void {
    this.#state = state;
    this.callback = this.arg = undefined;
  }
}

/** What stands in a ready queue for a due timer. One function for all: the timer is its argument. */
export const fireTimer: Callback = (timer) => (timer as Timer).fire();

/** What is known of a callback that failed. */
export function infoOf(callback: Callback, arg: unknown): ErrorInfo {
  if (arg instanceof Timer && arg.callback) return { what: "timer", name: nameOf(arg.callback, arg.arg) };
  return { what: "callback", name: nameOf(callback, arg) };
}
