/** It has a value. */
export interface Fulfilled<T> {
  readonly status: "fulfilled";
  readonly value: T;
}

/** It has failed; `reason` is the very object that was thrown. */
export interface Rejected {
  readonly status: "rejected";
  readonly reason: unknown;
}

/** It was cancelled; `reason` is the very object that was given to `cancel()`. */
export interface Cancelled {
  readonly status: "cancelled";
  readonly reason: unknown;
}

/** What came of it: the shapes of `Promise.allSettled`, and a third one. Narrows by `status`. */
export type Outcome<T> = Fulfilled<T> | Rejected | Cancelled;

/*
 * How a future keeps its status. It leaves PENDING once and then stays (F1):
 *
 *   PENDING ──▶ FULFILLED   the slot holds the value
 *           ──▶ REJECTED    the slot holds the error
 *           ──▶ CANCELLED   the slot holds the CancelledError
 *
 * HEARD is one bit beside it: somebody took, or will take, the rejection. It is only ever set. (F7)
 */
export const PENDING = 0;
export const FULFILLED = 1;
export const REJECTED = 2;
export const CANCELLED = 3;
export const STATUS = 3;
export const HEARD = 4;
