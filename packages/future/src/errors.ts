/** What went wrong, in a form that programs can read and that does not change between versions. */
export type FutureErrorCode = "CANCELLED" | "TIMEOUT" | "INVALID_STATE" | "MISUSE";

/**
 * The family of the errors made here. (Wrong arguments are TypeErrors and RangeErrors.)
 *
 * @example
 * ```ts
 * import { Future, FutureError } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * try {
 *   future.result();
 * } catch (error) {
 *   if (error instanceof FutureError) console.log(error.code); // INVALID_STATE
 * }
 * ```
 */
export abstract class FutureError extends Error {
  abstract readonly code: FutureErrorCode;
}

const INTERNAL = {};

/**
 * What a wait throws when the thing waited for was cancelled. Nobody but the runtime makes one: to cancel
 * something, call its `cancel(reason)`; to stop your own work, throw an error of your own.
 *
 * @example
 * ```ts
 * import { Future, isCancelled } from "@skein/future";
 *
 * const receipt = Future.withResolvers<string>().future;
 * receipt.cancel("closed early");
 * try {
 *   await receipt;
 * } catch (error) {
 *   if (isCancelled(error)) console.log("gone, because", error.reason);
 * }
 * ```
 */
export class CancelledError extends FutureError {
  /** What was given to `cancel()`: the same object, or undefined. */
  readonly reason: unknown;
  // A private field, so that printing an error does not print the tree of scopes behind it.
  readonly #scope: unknown;

  private constructor(key: object, reason: unknown, scope: unknown, message: string) {
    super(message);
    if (key !== INTERNAL) {
      throw new TypeError("Cannot make a CancelledError: only the runtime does; call cancel(reason)");
    }
    this.reason = reason;
    this.#scope = scope;
  }
  /** By the mark that only the runtime gives: any value can be asked about, also a proxy that was revoked. */
  static override [Symbol.hasInstance](value: unknown): value is CancelledError {
    return Object(value) === value && #scope in (value as object);
  }
  override get name(): string {
    return "CancelledError";
  }
  get code(): "CANCELLED" {
    return "CANCELLED";
  }
  /** The cancel scope it belongs to, for the layer that has such; undefined for a plain future. */
  get scope(): unknown {
    return this.#scope;
  }
}

const Constructor: new (key: object, reason: unknown, scope: unknown, message: string) => CancelledError =
  CancelledError as never;

/**
 * Makes a CancelledError: for whoever implements a `cancel()`, not for those who call one.
 *
 * @param reason Kept as it is, for `reason`. @param scope What the error belongs to, if to any. @param message Default: from `reason`.
 * @example
 * ```ts
 * import { isCancelled, makeCancelled } from "@skein/future";
 *
 * const error = makeCancelled("closed the tab");
 * console.log(isCancelled(error), error.message); // true Cancelled: closed the tab
 * ```
 */
export function makeCancelled(reason: unknown, scope?: unknown, message: string = say(reason)): CancelledError {
  return new Constructor(INTERNAL, reason, scope, message);
}

/**
 * True for the error of a cancelled wait, and for nothing else: a timeout is not a cancellation.
 *
 * @example
 * ```ts
 * import { Future, isCancelled, TimeoutError } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * future.cancel();
 * await future.catch((error) => console.log(isCancelled(error))); // true
 * console.log(isCancelled(new TimeoutError("too slow"))); // false
 * ```
 */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}

function say(reason: unknown): string {
  try {
    const why = reason instanceof Error ? reason.message : reason;
    return typeof why === "string" ? `Cancelled: ${why}` : "Cancelled";
  } catch {
    return "Cancelled"; // a reason that cannot be looked at must not keep anything from being cancelled
  }
}

/**
 * Something took longer than it was allowed to. Never a cancellation, so nothing swallows it by mistake.
 *
 * @example
 * ```ts
 * import { Future, TimeoutError, withTimeout } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * try {
 *   await withTimeout(future, 5);
 * } catch (error) {
 *   if (error instanceof TimeoutError) console.log(error.timeoutMs); // 5
 * }
 * ```
 */
export class TimeoutError extends FutureError {
  /** The time that was allowed, in milliseconds; undefined where only a deadline was given. */
  readonly timeoutMs: number | undefined;
  constructor(message: string, options?: { timeoutMs?: number; cause?: unknown }) {
    super(message, options);
    this.timeoutMs = options?.timeoutMs;
  }
  override get name(): string {
    return "TimeoutError";
  }
  get code(): "TIMEOUT" {
    return "TIMEOUT";
  }
}

/**
 * Something was asked of a future in a state that has no answer, as `result()` while it is pending.
 *
 * @example
 * ```ts
 * import { Future, InvalidStateError } from "@skein/future";
 *
 * const { future, resolve } = Future.withResolvers<string>();
 * try {
 *   future.result();
 * } catch (error) {
 *   console.log(error instanceof InvalidStateError); // true
 * }
 * resolve("ready");
 * console.log(future.result()); // ready
 * ```
 */
export class InvalidStateError extends FutureError {
  override get name(): string {
    return "InvalidStateError";
  }
  get code(): "INVALID_STATE" {
    return "INVALID_STATE";
  }
}

/**
 * A wait that could never work: stepped by hand, in itself, or on another loop.
 *
 * @example
 * ```ts
 * import { Future, MisuseError } from "@skein/future";
 *
 * const { future } = Future.withResolvers<string>();
 * try {
 *   console.log([...future]); // neither `yield*` nor `await`
 * } catch (error) {
 *   console.log(error instanceof MisuseError); // true
 * }
 * ```
 */
export class MisuseError extends FutureError {
  override get name(): string {
    return "MisuseError";
  }
  get code(): "MISUSE" {
    return "MISUSE";
  }
}
