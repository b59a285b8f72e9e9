import { type Callback, check } from "./callback.ts";
import { Driver } from "./driver.ts";
import { LoopClosedError, LoopError } from "./errors.ts";
import { holdIn } from "./hold.ts";
import { detectHost, type Host } from "./host.ts";
import type { LoopMetrics } from "./metrics.ts";
import type { EventLoopOptions } from "./options.ts";
import { ReadyQueue } from "./ready-queue.ts";
import type { ErrorInfo, Hold, Scheduler, TimerHandle } from "./scheduler.ts";
import { infoOf, NEVER, Timer } from "./timer.ts";
import { TimerQueue } from "./timer-queue.ts";
import { makeWrap, type Wrap } from "./wrap.ts";

/**
 * The loop of a running program, on its host's microtasks, macrotasks and one timer.
 *
 * A new loop is stopped: callbacks and timers queue up until `start()` or `runUntilComplete()`. A started loop with
 * nothing to do holds nothing open; a timer that waits keeps the process alive, as one of `setTimeout` would. (L7)
 *
 * @example
 * const loop = new EventLoop();
 * loop.callSoon(console.log, "first");
 * loop.callLater(10, console.log, "later");
 * loop.start();
 */
export class EventLoop implements Scheduler {
  readonly debug: boolean;
  readonly #host: Host;
  readonly #onError: EventLoopOptions["onError"];
  readonly #meter: EventLoopOptions["meter"];
  readonly #ready: ReadyQueue = new ReadyQueue();
  readonly #timers: TimerQueue = new TimerQueue(() => this.#driver.wake());
  readonly #holds = new Set<{ readonly label: string }>();
  readonly #wrap: Wrap | undefined;
  readonly #driver: Driver;
  #closed = false;
  #dropped = 0;
  /** Ends a `runUntilComplete` that can no longer complete. */
  #abandon: ((error: LoopError) => void) | undefined;

  /**
   * @throws {TypeError} If `onError` is no function, `maxPassMs` no number, or `host` no Host.
   * @throws {RangeError} If `maxPassMs` is negative or NaN.
   */
  constructor(options: EventLoopOptions = {}) {
    const { onError, meter, maxPassMs = 2, host = detectHost() } = options;
    if (onError !== undefined) check("make a loop", "onError", onError, "function");
    check("make a loop", "maxPassMs", maxPassMs, "number", 0);
    check("make a loop", "host.now", host?.now, "function"); // one method tells a host from what is none
    this.debug = options.debug === true;
    this.#host = host;
    this.#onError = onError;
    this.#meter = meter;
    this.#wrap = makeWrap(this, options);
    this.#driver = new Driver({
      scheduler: this,
      host,
      ready: this.#ready,
      timers: this.#timers,
      maxPassMs,
      meter,
      onThrow: (error, callback, arg) => this.reportError(error, infoOf(callback, arg)),
    });
  }

  /** True after `close()`. */
  get closed(): boolean {
    return this.#closed;
  }

  callSoon(callback: () => void): void;
  callSoon<A>(callback: (arg: A) => void, arg: A): void;
  /**
   * Runs `callback(arg)` on the next pass, after all that was scheduled before. (L1, L2)
   *
   * @throws {TypeError} If `callback` is no function. @throws {LoopClosedError} If the loop is closed.
   */
  callSoon(callback: (arg: never) => void, arg?: unknown): void {
    if (typeof callback !== "function") check("callSoon", "the callback", callback, "function"); // spelled out: hot
    this.#refuseIfClosed("callSoon");
    const run = callback as Callback;
    this.#ready.push(this.#wrap ? this.#wrap("callback", run, arg, this.now()) : run, arg);
    if (!this.#driver.awake) this.#driver.wake();
  }

  /** As `callSoon`, once the host's microtasks have had a turn. On a loop that is closed by then it does nothing. */
  callAfterMicrotasks<A>(callback: (arg: A) => void, arg: A): void {
    this.#host.microtask(() => {
      if (!this.#closed) this.callSoon(callback, arg);
    });
  }

  callLater(delayMs: number, callback: () => void): TimerHandle;
  callLater<A>(delayMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  /**
   * Runs `callback(arg)` once `delayMs` have gone by. (L4)
   *
   * @param delayMs Milliseconds; negative: a deadline in the past, so before others that are due. Infinity: never,
   *   and nothing is held open for it.
   * @throws {TypeError} If `delayMs` is no number or `callback` no function. @throws {RangeError} If `delayMs` is NaN.
   * @throws {LoopClosedError} If the loop is closed.
   */
  callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    check("callLater", "the time", delayMs, "number");
    return this.#schedule("callLater", this.#host.now() + delayMs, callback, arg);
  }

  callAt(deadlineMs: number, callback: () => void): TimerHandle;
  callAt<A>(deadlineMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  /** As `callLater`, with a moment on the clock of `now()`. (L4) */
  callAt(deadlineMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    check("callAt", "the time", deadlineMs, "number");
    return this.#schedule("callAt", deadlineMs, callback, arg);
  }

  /** Monotonic milliseconds, with fractions. */
  now(): number {
    return this.#host.now();
  }

  /**
   * Hands an error that nobody can catch to `onError`, or else to the host. What `onError` throws goes to the host, and
   * the loop goes on. (L5)
   */
  reportError(error: unknown, info: ErrorInfo): void {
    let last = error;
    try {
      if (this.#onError) {
        this.#onError(error, info);
        return;
      }
    } catch (second) {
      last = second;
    }
    this.#host.reportError(last);
  }

  /** Says that something outside is being waited for. An EventLoop only lists it, in `metrics().holds`. */
  hold(label: string): Hold {
    return holdIn(this.#holds, label);
  }

  /**
   * Begins to run what is queued, in a later microtask. A started loop stays started, and forgets a `stop()` of the
   * current pass.
   *
   * @throws {LoopClosedError} If the loop is closed.
   */
  start(): void {
    this.#refuseIfClosed("start");
    this.#driver.start();
  }

  /**
   * Runs nothing more until `start()`; what is queued stays. Inside a callback, the current pass still ends. A
   * `runUntilComplete` that waits is rejected. A stopped or closed loop stays as it is.
   */
  stop(): void {
    this.#abandon?.(new LoopError("LOOP_STOPPED", "runUntilComplete", "the loop was stopped; start it again"));
    this.#driver.stop();
  }

  /**
   * Ends the loop for good. Queued callbacks and timers are dropped and never run (`metrics().dropped` counts them);
   * a `runUntilComplete` that waits is rejected. Closing again does nothing.
   *
   * To ask a closed loop for a callback throws. What others have left to run in it is dropped like the rest: a future
   * settles as ever, and those of its callbacks and waiters that live on a closed loop are never called.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropped = this.#ready.length + this.#timers.live;
    this.#ready.clear();
    this.#timers.clear();
    this.#driver.halt();
    this.#abandon?.(new LoopClosedError("runUntilComplete"));
  }

  /**
   * Runs the loop until `awaitable` has settled, and gives what it settled with. A loop that was stopped is stopped
   * again then, with whatever else is queued still in place.
   *
   * @throws {TypeError} If `awaitable` has no `then`.
   * @throws {LoopError} `LOOP_BUSY` inside a callback of this loop, or while it already waits for another;
   *   `LOOP_STOPPED` if `stop()` comes first. @throws {LoopClosedError} If the loop is closed, before or meanwhile.
   * @example
   * const loop = new EventLoop();
   * await loop.runUntilComplete(new Promise<void>((resolve) => loop.callLater(10, resolve)));
   */
  async runUntilComplete<T>(awaitable: PromiseLike<T>): Promise<T> {
    check("runUntilComplete", "`then`", (awaitable as Partial<PromiseLike<T>> | null)?.then, "function");
    const driver = this.#driver;
    if (driver.running || this.#abandon) {
      throw new LoopError("LOOP_BUSY", "runUntilComplete", "the loop is in one already; await it instead");
    }
    const wasStarted = driver.started;
    this.start();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#abandon = reject;
        awaitable.then(resolve, reject);
      });
    } finally {
      this.#abandon = undefined;
      if (!wasStarted) driver.halt();
    }
  }

  /** What the loop can tell of itself now. */
  metrics(): LoopMetrics {
    const { passes, callbacksRun, readyPeak } = this.#driver;
    return {
      ready: this.#ready.length,
      readyPeak,
      passes,
      callbacksRun,
      timers: this.#timers.live,
      holds: Array.from(this.#holds, (hold) => hold.label),
      dropped: this.#dropped,
      timing: this.#meter?.timing(),
    };
  }

  #refuseIfClosed(doing: string): void {
    if (this.#closed) throw new LoopClosedError(doing);
  }

  #schedule(doing: string, deadlineMs: number, callback: (arg: never) => void, arg: unknown): TimerHandle {
    check(doing, "the callback", callback, "function");
    this.#refuseIfClosed(doing);
    const run = this.#wrap ? this.#wrap("timer", callback as Callback, arg, deadlineMs) : (callback as Callback);
    const timer = new Timer(deadlineMs, run, arg);
    if (deadlineMs < NEVER) {
      this.#timers.add(timer);
      this.#driver.wakeFor(deadlineMs);
    }
    return timer;
  }
}
