/*
 * What this package's own files may do to a future and its users may not: settling is for whoever made it, and
 * looking inside without being a listener (F7) is for those who take that duty over.
 */
import type { CancelledError } from "./errors.ts";
import type { Future } from "./future.ts";
import { CANCELLED, FULFILLED, HEARD, REJECTED, STATUS } from "./outcome.ts";
import type { Receipt } from "./receipt.ts";

/** Settles `future` with a value. False if it was settled already. */
export function fulfil<T>(future: Receipt<T>, value: T): boolean {
  return future["settle"](FULFILLED, value);
}

/** Settles `future` with an error. False if it was settled already. */
export function reject(future: Receipt<unknown>, error: unknown): boolean {
  return future["settle"](REJECTED, error);
}

/** Settles `future` as cancelled, with an error that exists already. False if it was settled already. */
export function cancelWith(future: Receipt<unknown>, error: CancelledError): boolean {
  return future["settle"](CANCELLED, error);
}

/** Settles `future` as `source`, which is settled, has been. False if it was settled already. */
export function settleLike<T>(future: Receipt<T>, source: Receipt<T>): boolean {
  return future["settle"](statusOf(source), slotOf(source));
}

/** Settles `future` with whatever a `then` callback returned: Promises/A+ 2.3. */
export function resolveWith(future: Future<unknown>, value: unknown): void {
  future["resolveWith"](value);
}

/** PENDING, FULFILLED, REJECTED or CANCELLED. */
export function statusOf(future: Receipt<unknown>): number {
  return future["bits"] & STATUS;
}

/** The value, the error or the CancelledError of a future that is settled. */
export function slotOf(future: Receipt<unknown>): unknown {
  return future["slot"];
}

/** True if somebody takes its rejection. */
export function isHeard(future: Receipt<unknown>): boolean {
  return (future["bits"] & HEARD) !== 0;
}

/** Says that the caller takes its rejection, whenever it comes: it is not to be reported. (F7) */
export function listenTo(future: Receipt<unknown>): void {
  future["markHeard"]();
}
