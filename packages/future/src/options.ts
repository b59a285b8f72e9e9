import { currentScheduler, type Scheduler } from "@skein/loop";
import type { Future } from "./future.ts";

/** How a future is made. */
export interface FutureOptions {
  /** Whose passes its callbacks run in. Default: the running loop, else the process's default one. */
  loop?: Scheduler | undefined;
  /** For reports and dumps. Default: "future-1", "future-2", …, numbered when first asked for. */
  name?: string | undefined;
}

/** What `Future.withResolvers` takes. */
export interface WithResolversOptions extends FutureOptions {
  /**
   * Tells the producer to stop. Called once, by `cancel()` and in its stack, when the future is cancelled already: so
   * a `resolve` from inside it comes too late. What it throws goes to the loop's `reportError`.
   */
  onCancel?: ((reason: unknown) => void) | undefined;
}

/** A future and the two functions that settle it. Each returns false if it was settled already. */
export interface Resolvers<T> {
  future: Future<T>;
  /**
   * Fulfils it with `value` as it is: a promise is a value like any other here. (F6) Only itself it cannot have, as who
   * awaited that would never be done: it is rejected with a TypeError.
   */
  resolve(value: T): boolean;
  /** Rejects it with `error`. */
  reject(error: unknown): boolean;
}

/** What `Future.from` takes besides the promise. */
export interface FromOptions extends FutureOptions {
  /** Cancels the future when it is aborted, with the same reason. Its listener is gone once the future is settled. */
  signal?: AbortSignal | undefined;
}

/** What `wrong` says of options that no future can be made with. */
export const MAKE = "make a future";

/** Checks what was given and fills in the loop. @throws {TypeError} If an option has the wrong type. */
export function readLoop(options?: FutureOptions, what: string = MAKE): Scheduler {
  if (options === undefined) return currentScheduler();
  if (Object(options) !== options) throw wrong(what, "options", options, "an object");
  const { loop = currentScheduler(), name } = options;
  if (name !== undefined && typeof name !== "string") throw wrong(what, "name", name, "a string");
  return loop;
}

/** The error for an argument of the wrong type. */
export function wrong(what: string, argument: string, seen: unknown, wanted: string): TypeError {
  return new TypeError(`Cannot ${what}: ${argument} is ${show(seen)}; give ${wanted}`);
}

/** A value in a few words, whatever it is. */
export function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Object(value) === value ? typeof value : String(value);
}

/** True for an AbortSignal of any realm; not for its controller, nor for other event targets. */
export function isSignal(value: unknown): value is AbortSignal {
  return typeof (value as { aborted?: unknown } | null | undefined)?.aborted === "boolean";
}

/** The `then` of a promise, called on it. */
export type Then = PromiseLike<unknown>["then"];

/**
 * The `then` of anything that `await` would wait for; undefined if it has none. To be read once: it may be a getter, whose
 * next answer is another one, or which throws. Of a primitive it may exist, on a prototype, and must not be looked at.
 */
export function thenOf(value: unknown): Then | undefined {
  const then = Object(value) === value && (value as { then?: unknown }).then;
  return typeof then === "function" ? (then as Then) : undefined;
}
