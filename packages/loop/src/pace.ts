/** Callbacks between two looks at the clock, at most: a look costs as much as a few callbacks. */
const MAX_STRIDE = 64;
/** A stride that took longer than this was slow: look more often. Sixteen callbacks of 3 µs. */
const SLOW_MS = 0.05;

/**
 * Knows when to look at the clock, and when the host must have its turn. (L3)
 *
 * What counts is the time since the last host macrotask, not the loop's own running time: a loop and native promises
 * that wake each other up in turn would otherwise starve the host together. But from inside a microtask one cannot
 * see whether a macrotask has come by. So at half the budget the loop asks for one, as a mark, and runs on. If the mark
 * arrives, the count begins anew; if it has not arrived by the other half, the loop waits for it.
 */
export class Pace {
  /** Callbacks that may run before the next look. */
  left = 1;
  #stride = 1;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #lookedMs = 0;
  readonly #halfMs: number;

  constructor(maxPassMs: number) {
    this.#halfMs = maxPassMs / 2;
  }

  /** A host macrotask has begun. */
  begin(nowMs: number): void {
    this.#sinceMs = this.#lookedMs = nowMs;
    this.left = this.#stride = 1;
  }

  /** To be called at a look: true if half the budget is spent. The other half begins then. */
  isSpent(nowMs: number): boolean {
    this.left = this.#stride =
      nowMs - this.#lookedMs < SLOW_MS ? Math.min(MAX_STRIDE, this.#stride * 2) : Math.max(1, this.#stride >> 1);
    this.#lookedMs = nowMs;
    const spent = nowMs - this.#sinceMs >= this.#halfMs;
    if (spent) this.#sinceMs = nowMs;
    return spent;
  }
}
