/**
 * The contract between whatever can be waited for (an *awaitable*: a future, a lock, a channel) and whoever
 * steps a generator that waits (the *driver*: a task). A generator yields `WAIT` and nothing else; what it waits
 * for passes beside it, in `bridge`. So a wait allocates nothing, and futures serve tasks without knowing them.
 *
 * - **A1** An awaitable's iterator is stateless: `next()` either answers, or calls `parkOn(request)` and returns
 *   what that gives. It enqueues nothing: only the driver parks, by `request.park(waiter)`.
 * - **A2** `waiter.wake(value)` takes a parked waiter out of its queue for good. The driver then sets
 *   `bridge.resumed` and calls `next(value)`: the awaitable takes the bit (`takeResumed()`) and answers, whatever
 *   else has happened meanwhile (*wake wins*).
 * - **A3** A cancelled wait is taken out by `request.unpark(waiter)`, in O(1), before `throw(error)` is called:
 *   it has taken nothing. A `sealed` request is not taken out: the cancel shows at the next wait.
 * - **A4** A ready answer costs one unit of fuel (`ready()`). Out of fuel, or with a cancel pending, the
 *   awaitable parks on `PAUSE` instead: the driver throws, or calls `next()` afresh (not resumed) a pass later.
 * - **A5** `next()` outside a driver, or with the last request not yet picked up, is iteration by hand and throws.
 * - **A6** The driver clears `bridge` before and after each step; steps may nest, so it restores what it found.
 */
import type { Scheduler } from "@skein/loop";

declare const brand: unique symbol;
/** What a task may yield, and the only such thing. There is one value of it, which `yield*` passes on for you. */
export interface Wait {
  readonly [brand]: "yield* the operation, do not yield it";
}

/** A place in a queue of waiters. Not linked (`waitsIn === null`) means: was woken, or never parked. */
export interface WaiterNode {
  waitsIn: object | null;
  previousWaiter: WaiterNode | null;
  nextWaiter: WaiterNode | null;
  /** True for one that only looks on (a signal): to a rejection it is no listener. (F7) */
  readonly silent?: boolean;
  /** Called once by whoever took the node out of its queue. Never runs user code in the waker's stack. */
  wake(value?: unknown): void;
}

/** A driver's side of a wait: the task being stepped. */
export interface Waiter extends WaiterNode {
  readonly loop: Scheduler;
  readonly name: string;
}

/** What is waited for. Long-lived (the future itself, the lock itself), so that waiting allocates nothing. */
export interface Request {
  /** Puts `waiter` in the queue. May throw, which is then thrown at the wait. (A1) */
  park(waiter: Waiter): void;
  /** Takes `waiter` out of the queue again. (A3) */
  unpark(waiter: Waiter): void;
  /** True: a cancel must not end this wait. Only for what is sure to end by itself, as joining cancelled children. */
  readonly sealed?: boolean;
  /** For dumps and deadlock reports: `future "answer"`, `lock "db"`. */
  describe(): string;
}

/** The one object through which awaitables and drivers speak. Only they touch it. */
export interface Bridge {
  /** Whose step is running now; null outside any. */
  running: Waiter | null;
  /** What the running step wants to wait for, until its driver picks it up. */
  request: Request | null;
  /** True from the moment a woken waiter is stepped until its awaitable takes it. (A2) */
  resumed: boolean;
  /** How many more ready answers this step may have. (A4) */
  fuel: number;
}
/** The one bridge: steps are synchronous, so one is enough for all loops. */
export const bridge: Bridge = { running: null, request: null, resumed: false, fuel: 0 };

/** What an operation's iterator looks like to `yield*`. Generators have this shape too. */
export interface WaitIterator<T> {
  next(value?: unknown): IteratorResult<Wait, T>;
  throw(error: unknown): IteratorResult<Wait, T>;
  /** `never`, since a parameter of any other type would join T in what `yield*` gives: `any` would make all of it `any`. */
  return?(value: never): IteratorResult<Wait, T>;
}

/** Anything that `yield*` can wait for. `@skein/coroutine` calls it `Operation`. */
export interface Awaitable<T> {
  [Symbol.iterator](): WaitIterator<T>;
}
