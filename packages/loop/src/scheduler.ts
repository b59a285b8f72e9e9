/**
 * The contract of the loop: everything the layers above may know about *when* a callback runs.
 * `EventLoop`, `VirtualLoop` and a loop of your own all keep these rules; `checkScheduler` in
 * `@skein/loop/testing` tests each of them by its id.
 *
 * - **L1** `callSoon` never runs the callback before it returns.
 * - **L2** Callbacks run once, in call order.
 * - **L3** A pass runs what was ready when it began. Passes follow each other for about 2 ms, then the host
 *   gets its turn: a callback that re-posts itself for ever starves neither timers, I/O nor promises.
 * - **L4** Timers fire in the order of (deadline, call), never early.
 * - **L5** A throw reaches `reportError` and the pass goes on; a handler that throws is reported once and survived.
 * - **L6** `cancel` on a handle is idempotent and drops its references.
 * - **L7** An idle loop keeps nothing that holds a process open.
 */

/** A timer that has not necessarily fired yet. */
export interface TimerHandle {
  /** When it is due, in the scheduler's milliseconds. Infinity: never. */
  readonly deadlineMs: number;
  /** True once `cancel` was called before it fired. */
  readonly cancelled: boolean;
  /** Makes sure it never fires. Idempotent; after firing it does nothing. (L6) */
  cancel(): void;
}

/** A wait on the host that the scheduler cannot see: while it is held, nothing counts as idle. */
export interface Hold {
  /** Ends the wait. Idempotent. */
  release(): void;
}

/** Where an error came from, as far as it is known. */
export interface ErrorInfo {
  /** What failed: `"callback"`, `"timer"`, `"unheard rejection"`, … */
  readonly what?: string;
  /** The name of the callback, future or task concerned. */
  readonly name?: string;
  /** A stack of where the failing work was scheduled or created, with `debug` on. */
  readonly scheduledAt?: string;
  readonly [detail: string]: unknown;
}

/**
 * Runs callbacks later: the only thing the layers above need of a loop. One that can be closed throws, when it is asked
 * for a callback after that, an error whose `code` is `"LOOP_CLOSED"`: who only passes something on then drops it.
 */
export interface Scheduler {
  /** With `debug` on, futures and tasks remember where they were created. Off by default, as it costs a stack each. */
  readonly debug?: boolean;
  /**
   * Gives `callback` bound to what its loop's context hook captures now, for who keeps it to call it in another job's
   * callback. A scheduler that carries no context has none.
   */
  readonly bind?: (<A, R>(callback: (arg: A) => R) => (arg: A) => R) | undefined;
  /**
   * With `debug` on: reports `thing`, by its `name`, if it is gone one day and nobody has ever used it, by `yield*` or
   * `await`. Without, a scheduler has none.
   */
  readonly expectUse?: ((thing: object, name: string) => void) | undefined;
  /** Chance from a seed of its own, as `Math.random` gives it. A scheduler without a seed has none. */
  readonly random?: (() => number) | undefined;
  /** Runs `callback` on the next pass. (L1, L2) @throws {TypeError} If `callback` is no function. */
  callSoon(callback: () => void): void;
  callSoon<A>(callback: (arg: A) => void, arg: A): void;
  /**
   * As `callSoon`, after the host's own microtasks have had a turn: what a native `await` begun now does, is done then.
   * A scheduler without a host, or without this method, is asked by `callSoon`.
   */
  readonly callAfterMicrotasks?: (<A>(callback: (arg: A) => void, arg: A) => void) | undefined;
  /**
   * Runs `callback` once `delayMs` have gone by; a negative delay is a deadline in the past.
   * @throws {TypeError} If `delayMs` is no number or `callback` no function. @throws {RangeError} If it is NaN.
   */
  callLater(delayMs: number, callback: () => void): TimerHandle;
  callLater<A>(delayMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  /** As `callLater`, with a moment on the clock of `now()`. (L4) */
  callAt(deadlineMs: number, callback: () => void): TimerHandle;
  callAt<A>(deadlineMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Where an error ends that nobody can catch. It is told once. (L5) */
  reportError(error: unknown, info: ErrorInfo): void;
  /** Says that something outside is being waited for: virtual time stands still meanwhile. */
  hold(label: string): Hold;
}
