/*
 * A future is a receipt: it says whether the thing is still to come, has come, or never will. Here is what its users
 * see; how it settles and is waited for is in `receipt.ts`, what `then` and `from` leave behind in `reaction.ts` and `link.ts`.
 */
import type { Scheduler } from "@skein/loop";
import { type CallbackIndex, DoneCallback, removeCallbacks } from "./done-callback.ts";
import { makeCancelled } from "./errors.ts";
import { lookAtFuture, shownAs } from "./format.ts";
import { Link, type Source } from "./link.ts";
import {
  type FromOptions,
  type FutureOptions,
  isSignal,
  MAKE,
  type Resolvers,
  readLoop,
  thenOf,
  type WithResolversOptions,
  wrong,
} from "./options.ts";
import { CANCELLED, FULFILLED, PENDING, REJECTED, STATUS } from "./outcome.ts";
import { type CancelHook, Reaction } from "./reaction.ts";
import { Receipt } from "./receipt.ts";
import { signalOf } from "./signal.ts";
import { followThenable } from "./thenable.ts";

// By a call that bundlers know to be pure: a static block would keep the class, and the loop with it, in every bundle that
// takes a lock or an error from this package.
const Shown: typeof Receipt = /* @__PURE__ */ shownAs(Receipt, lookAtFuture);

/**
 * A value that is still to come: `pending`, `done` or `cancelled`.
 *
 * `await future` works anywhere, and `yield* future` in a task. Neither owns it: to give up waiting leaves it alone (F5).
 *
 * @example
 * ```ts
 * import { Future } from "@skein/future";
 *
 * const { future, resolve } = Future.withResolvers<string>({ name: "pizza" });
 * console.log(future.state); // "pending"
 * resolve("margherita");
 * console.log(future.state, future.result()); // "done" "margherita"
 * ```
 */
export class Future<T> extends Shown<T> implements PromiseLike<T> {
  /** Only for `removeDoneCallback`. Not set before that: a pending future has no room to spare. */
  protected callbacks: CallbackIndex | undefined;

  /** For subclasses; everybody else uses `Future.withResolvers`. */
  protected constructor(
    loop: Scheduler,
    name?: string | undefined,
    onCancel?: ((reason: unknown) => void) | CancelHook | undefined,
  ) {
    super(loop, name, onCancel);
  }

  /**
   * A new future and the means to settle it.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * const request = new AbortController();
   * const { future } = Future.withResolvers<Buffer>({ name: "read", onCancel: (reason) => request.abort(reason) });
   * future.cancel("not needed any more");
   * console.log(request.signal.reason);
   * ```
   */
  static withResolvers<T>(options?: WithResolversOptions): Resolvers<T> {
    const loop = readLoop(options);
    const onCancel = options?.onCancel;
    if (onCancel !== undefined && typeof onCancel !== "function") {
      throw wrong(MAKE, "onCancel", onCancel, "a function");
    }
    const future = new Constructor<T>(loop, options?.name, onCancel);
    return {
      future,
      resolve: (value) => future.settle(FULFILLED, value),
      reject: (error) => future.settle(REJECTED, error),
    };
  }

  /**
   * A future that has `value` already, as it is: a promise is a value like any other. (F6)
   *
   * @throws {TypeError} If an option has the wrong type.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * console.log(await Future.resolve(42)); // 42
   * ```
   */
  static resolve(): Future<void>;
  static resolve<T>(value: T, options?: FutureOptions): Future<T>;
  static resolve<T>(value?: T, options?: FutureOptions): Future<T> {
    const future = new Constructor<T>(readLoop(options), options?.name);
    future.settle(FULFILLED, value);
    return future;
  }

  /**
   * A future that has failed already. Unless somebody listens within the pass, it is reported. (F7)
   *
   * @throws {TypeError} If an option has the wrong type.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * await Future.reject(new Error("sold out")).catch((error) => console.log(String(error))); // Error: sold out
   * ```
   */
  static reject(error: unknown, options?: FutureOptions): Future<never> {
    const future = new Constructor<never>(readLoop(options), options?.name);
    future.settle(REJECTED, error);
    return future;
  }

  /**
   * A future of what a promise brings. Cancelling the future stops the waiting; a function was given a signal, which
   * is aborted with the same reason, to stop the work too. If the promise still rejects after that, with anything
   * else than being aborted, the loop's `reportError` gets it as a "late rejection".
   *
   * While it is pending the loop is held: virtual time stands still for it. Another future is followed in the same
   * way, never owned.
   *
   * @throws {TypeError} If `source` is neither a promise nor a function.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * const url = "http://127.0.0.1:9/";
   * const page = Future.from((signal) => fetch(url, { signal }), { name: "page" });
   * page.cancel("not needed any more"); // aborts the fetch
   * console.log(page.state);
   * ```
   */
  static from<T>(source: Source<T>, options?: FromOptions): Future<T> {
    const loop = readLoop(options);
    const then = thenOf(source);
    if (typeof source !== "function" && !then) {
      throw wrong(MAKE, "the source", source, "a promise or a function");
    }
    const signal = options?.signal;
    if (signal !== undefined && !isSignal(signal)) throw wrong(MAKE, "signal", signal, "an AbortSignal");
    const link = new Link<T>();
    const future = new Constructor<T>(loop, options?.name, link);
    link.follow(future, source, then, isFuture, signal);
    return future;
  }

  /**
   * Cancels it, if it is pending: waiters get a CancelledError with this very `reason`, and `onCancel` is called.
   *
   * @returns True if this call has cancelled it; false, and nothing done, if it was settled already.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * const { future } = Future.withResolvers<string>();
   * console.log(future.cancel("too late"), future.cancel("again"), future.state); // true false cancelled
   * ```
   */
  cancel(reason?: unknown): boolean {
    if ((this.bits & STATUS) !== PENDING) return false;
    const hook = this.slot as ((reason: unknown) => void) | CancelHook | undefined;
    const error = makeCancelled(reason);
    this.settle(CANCELLED, error);
    try {
      if (typeof hook === "function") hook(reason);
      else hook?.cancelled(error);
    } catch (thrown) {
      this.loop.reportError(thrown, { what: "onCancel", name: this.name });
    }
    return true;
  }

  /**
   * Has `callback` called with this future, in a later pass, once it is settled; also if it is already (F3).
   * Callbacks run in the order they were added (F2). Adding one twice calls it twice. What it throws is reported.
   *
   * @throws {TypeError} If `callback` is no function.
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * Future.resolve(42).addDoneCallback((future) => console.log(future.state, future.result())); // done 42
   * ```
   */
  addDoneCallback(callback: (future: Future<T>) => void): void {
    if (typeof callback !== "function") throw wrong("add a done callback", "the callback", callback, "a function");
    this.observe(new DoneCallback(this, callback as (future: Future<never>) => void));
  }

  /** Takes `callback` back, however often it was added, and says how often. Once settled, they are on their way: 0. */
  removeDoneCallback(callback: (future: Future<T>) => void): number {
    return removeCallbacks(this, callback as (future: Future<never>) => void);
  }

  /**
   * As `Promise.prototype.then`, with a Future of the same loop. A cancelled future rejects with its CancelledError;
   * where no callback takes that, the returned future is cancelled too. Cancelling the returned one takes the
   * callbacks back and leaves this one alone (F5).
   *
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * const doubled = Future.resolve(21).then((n) => n * 2);
   * console.log(await doubled); // 42
   * ```
   */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Future<A | B> {
    const target = new Constructor<A | B>(this.loop);
    const reaction = new Reaction(target, onFulfilled, onRejected);
    target.slot = reaction;
    this.observe(reaction);
    return target;
  }

  /** `then` for the failures, a cancellation included. */
  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Future<T | B> {
    return this.then(undefined, onRejected);
  }

  /** Calls `onFinally` however it ends and then ends the same way, unless that throws. A promise it returns is awaited. */
  finally(onFinally?: (() => unknown) | null): Future<T> {
    if (typeof onFinally !== "function") return this.then();
    const after = (): Future<T> => {
      const waited = new Constructor<unknown>(this.loop);
      waited.resolveWith(onFinally());
      return waited.then(() => this);
    };
    return this.then(after, after);
  }

  /**
   * A signal that is aborted, a pass later, when this future is cancelled, with the same reason object (without one:
   * the CancelledError). It is never aborted if the future ends otherwise. Each call gives the same signal.
   *
   * @example
   * ```ts
   * import { Future } from "@skein/future";
   *
   * const { future } = Future.withResolvers<string>();
   * future.toSignal().addEventListener("abort", (event) => console.log((event.target as AbortSignal).reason)); // too late
   * future.cancel("too late");
   * ```
   */
  toSignal(): AbortSignal {
    return signalOf(this);
  }

  get [Symbol.toStringTag](): string {
    return "Future";
  }

  private resolveWith(value: unknown): void {
    if (isFuture(value) && (value as unknown) !== this) {
      if ((this.bits & STATUS) !== PENDING) return;
      const reaction = new Reaction(this as Future<unknown>);
      this.slot = reaction;
      value.observe(reaction);
    } else {
      followThenable(this as Future<unknown>, value);
    }
  }
}

/** The constructor, for this package's own files. `hook` is told of a cancel. */
export const Constructor: new <T>(
  loop: Scheduler,
  name?: string,
  hook?: ((reason: unknown) => void) | CancelHook,
) => Future<T> = Future as never;

/** True for a future of this package, a task included. */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}
