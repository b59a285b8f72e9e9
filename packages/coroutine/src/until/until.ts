import {
  bridge,
  Future,
  isCancelled,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";
import type { Operation } from "../operation.ts";
import { ownController } from "../scope/own-signals.ts";
import { isSignal, isThenable, wrong } from "../task/body.ts";
import { expectUse } from "../task/unused.ts";
import { Aborted } from "./aborted.ts";
import { Followed, type Listener } from "./followed.ts";

/** What is waited for: a promise, or a function that starts one and may pass the signal on. */
export type Promised<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

/** Owns the future that `Future.from` makes of the promise, and so cancels it when the task is. */
class Until<T> extends Waitable<T> implements Request {
  private readonly source: Promised<T>;
  private future: Future<T> | null;
  /** The promise that the future is made of; null of a future that was given, which is nobody's work to leave behind. */
  private followed: Followed<T> | null;
  private listener: Listener<T> | null;
  private controller: AbortController | null;
  private used: boolean;

  constructor(source: Promised<T>) {
    super();
    this.source = source;
    this.future = null;
    this.followed = null;
    this.listener = null;
    this.controller = null;
    this.used = false;
  }

  /** One that is kept and used again waits anew each time: a function is called again. */
  override [Symbol.iterator](): Until<T> {
    if (this.used) return new Until(this.source)[Symbol.iterator]();
    this.used = true;
    return this;
  }

  next(): IteratorResult<Wait, T> {
    if (takeResumed() && this.future !== null) return { done: true, value: this.future.result() };
    const { running } = bridge;
    if (ready() || running === null) return parkOn(this);
    const step = parkOn(PAUSE);
    if (this.source instanceof Promise) this.follow(running); // goes on already: it may reject before the next pass
    return step;
  }

  /** Starts the promise only here, where the task really waits: a cancelled task starts nothing. */
  park(waiter: Waiter): void {
    this.follow(waiter).park(waiter);
  }

  unpark(waiter: Waiter): void {
    this.future?.unpark(waiter);
  }

  /**
   * Aborts also where the promise has settled since the cancel: what it gave (a response with a body that streams on,
   * say) is nobody's now. The future alone would not, as it is done by then. A plain promise is followed, and so may be left
   * behind, also where the task never came to wait for it.
   */
  override throw(error: unknown): never {
    const reason = isCancelled(error) && error.reason !== undefined ? error.reason : error;
    if (this.future?.state === "pending" && bridge.running !== null) this.followed?.leftBy(bridge.running);
    this.controller?.abort(reason);
    this.future?.cancel(reason);
    if (this.listener !== null) this.followed?.leave(this.listener);
    return super.throw(error);
  }

  describe(): string {
    return "a promise";
  }

  private follow({ loop, name }: Waiter): Future<T> {
    this.future ??= Future.from<T>(() => this.start(), { loop, name: `promise of ${name}` });
    return this.future;
  }

  private start(): PromiseLike<T> {
    let promise: PromiseLike<T>;
    if (typeof this.source === "function") {
      this.controller = ownController();
      promise = this.source(this.controller.signal);
    } else promise = this.source;
    if (promise instanceof Future || !isThenable(promise)) return promise;
    const followed: Pick<PromiseLike<T>, "then"> = {
      then: (fulfilled, rejected) => {
        this.listener = { fulfilled, rejected };
        this.followed = Followed.follow(promise, this.listener);
        return undefined as never;
      },
    };
    return followed;
  }
}

/**
 * Waits for a promise, in the way of any promise API: `yield* until((signal) => fetch(url, { signal }))`.
 *
 * A cancelled task leaves at once: the signal is aborted with the cancel's reason (the identical object), and a
 * promise that goes on all the same is an orphan: an error of it that the abort does not explain is reported once.
 *
 * @param source A promise, or a function that starts one; the function is called when the task comes to wait. Of an
 * AbortSignal, which may have any number of waiters, it waits for the abort and gives the reason.
 * @throws {TypeError} If it is none of them. @throws What the promise rejects with. @throws {CancelledError} If the task was
 * cancelled; what the promise's work had done by then is done.
 * @example
 * ```ts
 * import { run, until } from "@skein/coroutine";
 *
 * const text = await run(function* () {
 *   return yield* until((signal) => Promise.resolve(signal.aborted ? "aborted" : "fetched"));
 * });
 * console.log(text);
 * ```
 */
export function until(signal: AbortSignal): Operation<unknown>;
export function until<T>(source: Promised<T>): Operation<T>;
export function until(source: Promised<unknown> | AbortSignal): Operation<unknown> {
  if (isSignal(source)) return expectUse(new Aborted(source));
  if (typeof source !== "function" && !isThenable(source)) {
    throw wrong("wait", "the source", source, "a promise, a function (signal) => promise, or an AbortSignal");
  }
  return expectUse(new Until(source as Promised<unknown>));
}
