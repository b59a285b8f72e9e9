import { type Callback, check, nothing } from "./callback.ts";
import { running } from "./current.ts";
import { type Driver, makeDriver } from "./driver.ts";
import { LoopError } from "./errors.ts";
import { GLOBALS, type Host, hostOf } from "./host.ts";
import type { Instrumentation } from "./instrument.ts";
import type { LoopMetrics } from "./metrics.ts";
import type { EventLoopOptions } from "./options.ts";
import type { ErrorInfo, Hold, Scheduler, TimerHandle } from "./scheduler.ts";
import { NEVER, Timer } from "./timer.ts";

/**
 * The loop of a running program, on its host's microtasks, macrotasks and one timer.
 *
 * A new loop is stopped: callbacks and timers queue up until `start()` or `runUntilComplete()`. A started loop with
 * nothing to do holds nothing open; a timer that waits keeps the process alive, as one of `setTimeout` would. (L7)
 *
 * @example
 * ```ts
 * import { EventLoop } from "@skein/loop";
 *
 * const loop = new EventLoop();
 * loop.callSoon(console.log, "first");
 * loop.callLater(10, console.log, "later");
 * loop.start();
 * ```
 */
export class EventLoop implements Scheduler {
  /** True after `close()`. */
  readonly closed: boolean = false;
  readonly debug: boolean;
  /** Present if the loop carries a context: see `Scheduler`. */
  readonly bind: Scheduler["bind"];
  /** Present in `debug`: see `Scheduler`. */
  readonly expectUse: Scheduler["expectUse"];
  readonly #host: Host;
  readonly #onError: NonNullable<EventLoopOptions["onError"]>;
  readonly #wrap: Instrumentation["wrap"];
  readonly #driver: Driver;
  /** What `start` and `stop` have said last; a `runUntilComplete` starts the loop for its own time. */
  #started: boolean | undefined;
  /** Ends a `runUntilComplete` that can no longer complete. */
  #abandon: ((error: LoopError) => void) | undefined;

  /**
   * @throws {TypeError} If `options` is no object, `onError` or `instrument` no function, `maxPassMs` no number, or `host` no Host.
   * @throws {RangeError} If `maxPassMs` is negative or NaN.
   */
  constructor(options: EventLoopOptions = {}) {
    check("make a loop", "options", options, "an object");
    const {
      maxPassMs = 2,
      host = hostOf(GLOBALS),
      onError = (error) => host.reportError(error),
      instrument = nothing,
    } = options;
    check("make a loop", "onError", onError);
    check("make a loop", "maxPassMs", maxPassMs, "a number, 0 or more", 0);
    check("make a loop", "host.now", host?.now); // one method tells a host from what is none
    check("make a loop", "instrument", instrument);
    this.#host = host;
    this.#onError = onError;
    const watch = instrument(this);
    this.debug = !!watch?.debug;
    this.bind = watch?.bind;
    this.expectUse = watch?.expectUse;
    this.#wrap = watch?.wrap ?? ((_, callback) => callback);
    this.#driver = makeDriver(this, host, maxPassMs, watch?.timing);
  }

  /**
   * Runs `callback(arg)` on the next pass, after all that was scheduled before. (L1, L2)
   *
   * @throws {TypeError} If `callback` is no function. @throws {LoopError} `LOOP_CLOSED` if the loop is closed.
   */
  callSoon(callback: () => void): void;
  callSoon<A>(callback: (arg: A) => void, arg: A): void;
  callSoon(callback: (arg: never) => void, arg?: unknown): void {
    if (typeof callback !== "function") check("callSoon", "the callback", callback); // spelled out: hot
    this.#refuseIfClosed("callSoon");
    this.#driver.soon(this.#wrap("callback", callback as Callback, arg), arg);
  }

  /**
   * As `callSoon`, once the host's microtasks have had a turn. On a loop that is closed by then it does nothing.
   *
   * @throws {TypeError} If `callback` is no function.
   * @example
   * ```ts
   * import { getEventLoop } from "@skein/loop";
   *
   * getEventLoop().callAfterMicrotasks(console.log, "second");
   * await Promise.resolve().then(() => console.log("first"));
   * ```
   */
  callAfterMicrotasks<A>(callback: (arg: A) => void, arg: A): void {
    check("callAfterMicrotasks", "the callback", callback);
    const wrapped = this.#wrap("callback", callback as Callback, arg);
    this.#host.microtask(() => {
      if (!this.closed) this.#driver.soon(wrapped, arg);
    });
  }

  /**
   * Runs `callback(arg)` once `delayMs` have gone by. (L4)
   *
   * @param delayMs Milliseconds; negative: a deadline in the past, so in front. Infinity: never, holding nothing open.
   * @throws {TypeError} If `delayMs` is no number or `callback` no function. @throws {RangeError} If `delayMs` is NaN.
   * @throws {LoopError} `LOOP_CLOSED` if the loop is closed.
   * @example
   * ```ts
   * import { getEventLoop } from "@skein/loop";
   *
   * const timer = getEventLoop().callLater(1000, console.log, "not printed, and the process does not wait");
   * timer.cancel();
   * ```
   */
  callLater(delayMs: number, callback: () => void): TimerHandle;
  callLater<A>(delayMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.#schedule("callLater", delayMs, this.now(), callback, arg);
  }

  /**
   * As `callLater`, with a moment on the clock of `now()`. (L4)
   *
   * @throws {TypeError | RangeError | LoopError} As `callLater`.
   * @example
   * ```ts
   * import { getEventLoop } from "@skein/loop";
   *
   * const loop = getEventLoop();
   * loop.callAt(loop.now() + 5, console.log, "five milliseconds from now");
   * ```
   */
  callAt(deadlineMs: number, callback: () => void): TimerHandle;
  callAt<A>(deadlineMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  callAt(deadlineMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.#schedule("callAt", deadlineMs, 0, callback, arg);
  }

  /** Monotonic milliseconds, with fractions. */
  now(): number {
    return this.#host.now();
  }

  /** Hands an error that nobody can catch to `onError`, or to the host. What `onError` throws goes there, too. (L5) */
  reportError(error: unknown, info: ErrorInfo): void {
    try {
      this.#onError(error, info);
    } catch (second) {
      this.#host.reportError(second);
    }
  }

  /**
   * Says that something outside is being waited for. For the time of an EventLoop that makes no difference.
   * @param label What is waited for, to be shown by a `VirtualLoop`. @throws {TypeError} If it is no string.
   */
  hold(label: string): Hold {
    check("hold", "the label", label, "a string");
    return { release: nothing };
  }

  /**
   * Begins to run what is queued, in a later microtask. A started loop stays as it is.
   *
   * @throws {LoopError} `LOOP_CLOSED` if the loop is closed.
   * @example
   * ```ts
   * import { EventLoop } from "@skein/loop";
   *
   * const loop = new EventLoop();
   * loop.callSoon(console.log, "printed once the loop is started");
   * loop.start();
   * ```
   */
  start(): void {
    this.#refuseIfClosed("start");
    this.#started = true;
    this.#driver.start(true);
  }

  /**
   * Runs nothing more until `start()`, not even the rest of the pass that calls it; what is queued stays. A
   * `runUntilComplete` that waits is rejected with `LOOP_STOPPED`. A stopped or closed loop stays as it is.
   *
   * @example
   * ```ts
   * import { EventLoop } from "@skein/loop";
   *
   * const loop = new EventLoop();
   * loop.callSoon(() => loop.stop());
   * loop.callSoon(console.log, "not printed before loop.start() is called again");
   * loop.start();
   * ```
   */
  stop(): void {
    this.#abandon = this.#abandon?.(this.#refusal("runUntilComplete")) as undefined;
    this.#started = false;
    this.#driver.start(false);
  }

  /**
   * Ends the loop for good. Queued callbacks and timers are dropped and never run; a `runUntilComplete` that waits is
   * rejected with `LOOP_CLOSED`. Closing again does nothing.
   *
   * To ask a closed loop for a callback throws. What others have left to run in it is dropped like the rest, a report of
   * a rejection too: a future settles as ever, and those of its callbacks and waiters that live on it are never called.
   *
   * @example
   * ```ts
   * import { EventLoop } from "@skein/loop";
   *
   * const loop = new EventLoop();
   * loop.callLater(1000, console.log, "dropped");
   * loop.close();
   * console.log(loop.closed, loop.metrics().timers); // true 0
   * ```
   */
  close(): void {
    (this as { closed: boolean }).closed = true;
    this.#driver.clear();
    this.stop();
  }

  /**
   * Runs the loop until `awaitable` has settled, and gives what it settled with. A loop that was stopped is stopped
   * again then, unless `start()` was called meanwhile. What else is queued stays in place; if it is stopped before, so do the
   * callbacks that it gave to `then`.
   *
   * @throws {TypeError} If `awaitable` has no `then`.
   * @throws {LoopError} `LOOP_BUSY` inside a callback of this loop, or while it already waits for another;
   *   `LOOP_STOPPED` if `stop()` comes first; `LOOP_CLOSED` if the loop is closed, before or meanwhile.
   * @example
   * ```ts
   * import { EventLoop } from "@skein/loop";
   *
   * const loop = new EventLoop();
   * await loop.runUntilComplete(new Promise<void>((resolve) => loop.callLater(10, resolve)));
   * ```
   */
  async runUntilComplete<T>(awaitable: PromiseLike<T>): Promise<T> {
    const then = (awaitable as PromiseLike<T> | null)?.then as PromiseLike<T>["then"];
    check("runUntilComplete", "`then`", then);
    if (running === this || this.#abandon) {
      throw new LoopError("LOOP_BUSY", "runUntilComplete", "the loop is running; use await");
    }
    this.#refuseIfClosed("runUntilComplete");
    this.#driver.start(true);
    let mine: unknown;
    return new Promise<T>((resolve, reject) => {
      mine = this.#abandon = reject;
      then.call(awaitable, resolve, reject);
    }).finally(() => {
      if (this.#abandon !== mine) return; // stopped: the loop may be in another run by now
      this.#abandon = undefined;
      this.#driver.start(this.#started);
    });
  }

  /**
   * What the loop can tell of itself now.
   *
   * @example
   * ```ts
   * import { EventLoop } from "@skein/loop";
   *
   * const loop = new EventLoop();
   * loop.callSoon(console.log, "waits: the loop was not started");
   * console.log(loop.metrics().ready); // 1
   * ```
   */
  metrics(): LoopMetrics {
    return this.#driver.metrics();
  }

  #refuseIfClosed(doing: string): void {
    if (this.closed) throw this.#refusal(doing);
  }

  /** Why a loop that is stopped, or closed even, does not do it. */
  #refusal(doing: string): LoopError {
    return this.closed
      ? new LoopError("LOOP_CLOSED", doing, "the loop is closed; make a new one")
      : new LoopError("LOOP_STOPPED", doing, "the loop is stopped; start it");
  }

  #schedule(doing: string, ms: number, sinceMs: number, callback: (arg: never) => void, arg: unknown): TimerHandle {
    check(doing, "the time", ms, "a number");
    check(doing, "the callback", callback);
    this.#refuseIfClosed(doing);
    const deadlineMs = sinceMs + ms;
    const timer = new Timer(deadlineMs, this.#wrap("timer", callback as Callback, arg, deadlineMs), arg);
    if (deadlineMs < NEVER) this.#driver.at(timer, ms);
    return timer;
  }
}
