import type { Host } from "./host.ts";
import { NEVER } from "./timer.ts";

/** The longest wait that hosts keep in their 32 bits; a longer one overflows and rings at once. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * The one host timer of a loop. It may ring before the deadline it was set for, and for a timer that was cancelled
 * meanwhile: who hears it looks at the clock, and sets it again.
 */
export class Alarm {
  readonly #host: Host;
  readonly #onRing: () => void;
  #timer: unknown;
  /** The deadline it is set for; NEVER: it is not set. */
  forMs: number = NEVER;

  constructor(host: Host, onRing: () => void) {
    this.#host = host;
    this.#onRing = onRing;
  }

  /** Makes sure that it rings by `deadlineMs` (NEVER: not at all). False if that is past: not worth a timer. */
  set(deadlineMs: number): boolean {
    // If it would ring too early, let it: that costs less than setting it anew at each cancel.
    if (this.forMs <= deadlineMs && deadlineMs < NEVER) return true;
    if (this.forMs < NEVER) this.#host.clearTimer(this.#timer);
    this.forMs = NEVER;
    if (deadlineMs === NEVER) return true;
    const waitMs = Math.ceil(deadlineMs - this.#host.now());
    if (waitMs <= 0) return false;
    this.forMs = deadlineMs;
    this.#timer = this.#host.setTimer(
      () => {
        this.forMs = NEVER;
        this.#onRing();
      },
      Math.min(waitMs, MAX_WAIT_MS),
    );
    return true;
  }
}
