import type { Callback } from "./callback.ts";
import { call } from "./current.ts";
import type { TimerHandle } from "./scheduler.ts";

/** The deadline of a timer that never fires. */
export const NEVER: number = 1 / 0; // Infinity, in a quarter of the bytes

/** Where a timer waits. */
export interface TimerOwner {
  remove(timer: Timer): void;
}

/**
 * A callback with a deadline, which is its own node in the heap it waits in:
 *
 *     waiting (`owner` is the heap) ──due──▶ ready (null) ──its turn──▶ over (`callback` is undefined)
 *           └────────────────cancel()─────────────┴───────────────────────▲
 */
export class Timer implements TimerHandle {
  readonly deadlineMs: number;
  callback: Callback | undefined;
  arg: unknown;
  cancelled = false;
  owner: TimerOwner | null = null;
  /** Its place among timers with the same deadline. */
  order = 0;
  /** In the heap: the first of those below it, the next beside it, and who points at it. */
  down: Timer | null = null;
  next: Timer | null = null;
  back: Timer | null = null;

  constructor(deadlineMs: number, callback: Callback, arg: unknown) {
    this.deadlineMs = deadlineMs;
    this.callback = callback;
    this.arg = arg;
  }

  cancel(): void {
    if (!this.callback) return;
    this.owner?.remove(this);
    this.cancelled = true;
    this.callback = this.arg = undefined; // it lets go of what it would have run (L6)
  }
}

/** Runs what a due timer has, when its turn has come: a callback of the loop, given the timer. */
export function fire(timer: Timer): void {
  const { callback, arg } = timer;
  timer.callback = timer.arg = undefined;
  if (callback) call("timer", callback, arg); // else cancelled while it was ready
}
