import type { TimerHandle } from "@skein/future";
import type { Birth } from "./births.ts";

/** How many timers are kept before those that are gone are dropped for the first time. */
const FIRST_PRUNE = 1_000;

/** The timers that a loop has given out, and where they were set. A handle does not tell that it has fired; its time does. */
export class TimerWatch {
  private readonly timers = new Map<TimerHandle, Birth>();
  private pruneAt = FIRST_PRUNE;

  add(timer: TimerHandle, birth: Birth, nowMs: number): void {
    this.timers.set(timer, birth);
    if (this.timers.size < this.pruneAt) return;
    for (const known of this.timers.keys()) if (!isSet(known, nowMs)) this.timers.delete(known);
    this.pruneAt = Math.max(FIRST_PRUNE, 2 * this.timers.size);
  }

  /** Those that are neither fired nor cancelled. Exact only while nothing is ready. */
  setAt(nowMs: number): [TimerHandle, Birth][] {
    return [...this.timers].filter(([timer]) => isSet(timer, nowMs));
  }
}

/** While nothing is ready, all that was due has fired; one that never comes holds nothing. */
const isSet = (timer: TimerHandle, nowMs: number): boolean =>
  !timer.cancelled && timer.deadlineMs > nowMs && timer.deadlineMs < Number.POSITIVE_INFINITY;
