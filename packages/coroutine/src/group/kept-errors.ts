/** C3: no error is ever lost. One that comes out carries the others, or they are reported. */
import { currentScheduler, isCancelled } from "@skein/future";
import { tried } from "../task/body.ts";

/**
 * Gives `error` back, with `others` in its `suppressed`, behind those that it has already: for whoever waits for several
 * things and can throw one error. Where it cannot carry any (it is a primitive, or frozen, or a cancellation, which
 * all whom it reaches share) they are reported to the loop.
 *
 * @param others Each is kept once; `error` itself is none of them.
 * @example
 * ```ts
 * import { withSuppressed } from "@skein/coroutine";
 *
 * const error = withSuppressed(new Error("the disk is full"), [new Error("could not close")]);
 * console.log((error as { suppressed?: Error[] }).suppressed?.length); // 1
 * ```
 */
export function withSuppressed(error: unknown, others: readonly unknown[]): unknown {
  if (!suppress(error, others)) {
    for (const other of others) {
      if (other === error || isCancelled(other)) continue; // nothing has failed where that is lost
      currentScheduler().reportError(other, { what: "error beside another" });
    }
  }
  return error;
}

/**
 * What is to be thrown of several errors, the first of which came first: the first that is no cancellation (C4), with the
 * others in its `suppressed`, as `withSuppressed` does.
 *
 * @param errors One at least.
 * @example
 * ```ts
 * import { type Operation, run, together } from "@skein/coroutine";
 *
 * function* closeAll(files: readonly (() => Operation<void>)[]): Operation<void> {
 *   const errors: unknown[] = [];
 *   for (const close of files) {
 *     try {
 *       yield* close();
 *     } catch (error) {
 *       errors.push(error);
 *     }
 *   }
 *   if (errors.length > 0) throw together(errors);
 * }
 * await run(() => closeAll([]));
 * ```
 */
export const together = (errors: readonly unknown[]): unknown =>
  withSuppressed(errors.find((error) => !isCancelled(error)) ?? errors[0], errors);

/** As `withSuppressed`, for errors that may be dropped where `error` cannot carry them. False: it could not. */
export const suppress = (error: unknown, others: readonly unknown[]): boolean =>
  !isCancelled(error) &&
  tried(() => {
    const own = (error as { suppressed?: unknown } | null | undefined)?.suppressed ?? []; // of the platform's SuppressedError, one error
    const all = new Set<unknown>([own, others].flat());
    all.delete(error);
    return all.size === 0 || attach(error, "suppressed", [...all]);
  });

/**
 * What is to be thrown where `error` happened while cleaning up after `cause`: `error`, with `cause` as its own, or
 * in its `suppressed` where it has another one. Real errors beat cancellation (C4), and whichever carries the other already comes out.
 *
 * @example
 * ```ts
 * import { withCause } from "@skein/coroutine";
 *
 * const error = withCause(new Error("could not close"), new Error("could not write")) as Error;
 * console.log(error.message, error.cause);
 * ```
 */
export function withCause(error: unknown, cause: unknown): unknown {
  if (isCancelled(error)) return isCancelled(cause) ? error : withSuppressed(cause, [error]);
  if (isBehind(cause, error)) return cause;
  return explain(error, cause) || isBehind(error, cause) ? error : withSuppressed(error, [cause]);
}

/** Gives `error` a `cause`, if it has none, or only a cancellation that passes `cause` on. False: it could not. */
export const explain = (error: unknown, cause: unknown): boolean =>
  tried(() => {
    const own = (error as Error).cause;
    return (own === undefined || (isCancelled(own) && own.reason === cause)) && attach(error, "cause", cause);
  });

/** True if `error` is `wanted`, or says that it was caused by it. */
const isBehind = (error: unknown, wanted: unknown): boolean =>
  tried(() => {
    const seen = new Set<unknown>(); // somebody may have made a ring
    for (let next = error; !seen.has(next); next = next instanceof Error ? next.cause : next) {
      if (next === wanted) return true;
      seen.add(next);
    }
    return false;
  });

const attach = (error: unknown, key: "cause" | "suppressed", value: unknown): boolean =>
  error instanceof Error && Reflect.defineProperty(error, key, { value, configurable: true, writable: true });
