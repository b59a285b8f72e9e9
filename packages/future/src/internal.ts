/*
 * What this package's own files may do to a future and its users may not: settling is for whoever made it, and
 * looking inside without being a listener (F7) is for those who take that duty over.
 */
import type { CancelledError } from "./errors.ts";
import type { Future } from "./future.ts";
import { CANCELLED, FULFILLED, HEARD, REJECTED, STATUS } from "./outcome.ts";
import type { Receipt } from "./receipt.ts";

/**
 * Settles `future` with a value. False if it was settled already.
 *
 * @example
 * ```ts
 * import { Future, fulfil } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * console.log(fulfil(future, "ready"), fulfil(future, "too late")); // true false
 * ```
 */
export function fulfil<T>(future: Receipt<T>, value: T): boolean {
  return future["settle"](FULFILLED, value);
}

/**
 * Settles `future` with an error. False if it was settled already.
 *
 * @example
 * ```ts
 * import { Future, reject } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * reject(future, new Error("no route"));
 * await future.catch((error) => console.log(`${error}`)); // Error: no route
 * ```
 */
export function reject(future: Receipt<unknown>, error: unknown): boolean {
  return future["settle"](REJECTED, error);
}

/**
 * Settles `future` as cancelled, with an error that exists already. False if it was settled already.
 *
 * @example
 * ```ts
 * import { cancelWith, Future, makeCancelled } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>({ onCancel: () => console.log("not called") });
 * cancelWith(future, makeCancelled("the server is shutting down"));
 * console.log(future.state); // cancelled
 * ```
 */
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

/**
 * Says that the caller takes its rejection, whenever it comes: it is not to be reported. (F7)
 *
 * @example
 * ```ts
 * import { Future, listenTo } from "@skein/future";
 *
 * const { future, reject } = Future.withResolvers<string>();
 * listenTo(future); // or the loop would report the error
 * reject(new Error("looked at later"));
 * ```
 */
export function listenTo(future: Receipt<unknown>): void {
  future["markHeard"]();
}
