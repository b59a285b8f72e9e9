import { type Callback, check, show } from "../callback.ts";
import { runWithScheduler } from "../current.ts";
import { LoopError } from "../errors.ts";
import { GLOBALS, hostOf } from "../host.ts";
import { instrument } from "../instrument/index.ts";
import type { Instrumentation } from "../instrument.ts";
import type { ErrorInfo, Hold, Scheduler, TimerHandle } from "../scheduler.ts";
import { NEVER, Timer } from "../timer.ts";
import { TimerHeap } from "../timer-heap.ts";
import { holdIn } from "./hold.ts";
import { makeArrange } from "./order.ts";
import { Passes } from "./passes.ts";
import { type Random, seededRandom } from "./random.ts";
import type { VirtualLoopOptions } from "./virtual-loop-options.ts";

/**
 * A loop whose time and chance belong to the test. Nothing runs by itself: `advance`, `advanceToNext` and
 * `runUntilIdle` run callbacks, synchronously, before they return. Time starts at 0.
 *
 * Errors: without `onError`, what callbacks throw (or others report) is thrown by the running call once it is done, or
 * else by the next one, several as an AggregateError: a test cannot lose an error.
 *
 * @example
 * ```ts
 * import { VirtualLoop } from "@skein/loop/testing";
 *
 * const loop = new VirtualLoop();
 * loop.callLater(3_600_000, () => console.log("an hour later"));
 * loop.advance(3_600_000); // prints at once
 * ```
 */
export class VirtualLoop implements Scheduler {
  readonly debug: boolean;
  /** Present in `debug`: see `Scheduler`. */
  readonly expectUse: Scheduler["expectUse"];
  /** Present with `onReady`: see `Scheduler`. Without a host nothing has a turn in between. */
  readonly callAfterMicrotasks: Scheduler["callAfterMicrotasks"];
  /** What replays this loop's choices. */
  readonly seed: number;
  /** Chance for what runs on the loop, apart from that of its orders: the same numbers for the same seed. */
  readonly random: Random;
  readonly #onError: VirtualLoopOptions["onError"];
  readonly #onReady: (() => void) | undefined;
  readonly #wrap: Instrumentation["wrap"];
  readonly #passes: Passes;
  readonly #timers: TimerHeap = new TimerHeap(() => {});
  readonly #holds = new Set<{ readonly label: string }>();
  #nowMs = 0;
  #running = false;
  #errors: unknown[] = [];

  /**
   * @throws {TypeError} If `options` is no object or an option has the wrong type.
   * @throws {RangeError} If `order` is none of the three, or a number is NaN.
   */
  constructor(options: VirtualLoopOptions = {}) {
    check("make a loop", "options", options, "an object");
    const { order = "fifo", seed = Math.floor(Math.random() * 2 ** 32), debug = false } = options;
    const { onError, onReady, maxCallbacks = 1_000_000 } = options;
    if (onError !== undefined) check("make a loop", "onError", onError);
    if (onReady !== undefined) check("make a loop", "onReady", onReady);
    check("make a loop", "debug", debug, "a boolean");
    check("make a loop", "seed", seed, "a number");
    check("make a loop", "maxCallbacks", maxCallbacks, "a number, 1 or more", 1);
    if (!["fifo", "random", "pct"].includes(order)) {
      throw new RangeError(`Cannot make a VirtualLoop: order is ${show(order)}; pass "fifo", "random" or "pct".`);
    }
    this.debug = debug;
    this.seed = seed;
    this.random = seededRandom(~seed);
    this.#onError = onError;
    this.#onReady = onReady;
    this.#passes = new Passes(this, makeArrange(order, seededRandom(seed)), maxCallbacks);
    const watch = debug ? instrument({ debug })(this) : undefined;
    this.expectUse = watch?.expectUse;
    this.#wrap = watch?.wrap ?? ((_, callback) => callback);
    this.callAfterMicrotasks =
      onReady &&
      ((callback, arg) => {
        check("callAfterMicrotasks", "the callback", callback);
        hostOf(GLOBALS).microtask(() => this.callSoon(callback, arg));
      });
  }

  /** True if nothing is ready to run or due now, and nothing outside is being waited for; timers may be waiting. */
  get idle(): boolean {
    return !this.#isReady && this.#holds.size === 0;
  }

  /** The labels of the waits on the host that are held now. */
  get holds(): readonly string[] {
    return Array.from(this.#holds, (hold) => hold.label);
  }

  /** How many timers are neither fired nor cancelled. */
  get timers(): number {
    return this.#timers.live;
  }

  /** The deadline `advanceToNext` would jump to; Infinity if there is none. */
  get nextDeadlineMs(): number {
    return this.#timers.top?.deadlineMs ?? NEVER;
  }

  /** Runs `callback(arg)` on the next pass of a run. (L1) @throws {TypeError} If `callback` is no function. */
  callSoon(callback: () => void): void;
  callSoon<A>(callback: (arg: A) => void, arg: A): void;
  callSoon(callback: (arg: never) => void, arg?: unknown): void {
    check("callSoon", "the callback", callback);
    const wasReady = this.#isReady;
    this.#passes.push(this.#wrap("callback", callback as Callback, arg), arg);
    this.#tell(wasReady);
  }

  /**
   * Runs `callback(arg)` when virtual time has come `delayMs` further.
   *
   * @throws {TypeError} If `delayMs` is no number or `callback` no function. @throws {RangeError} If it is NaN.
   */
  callLater(delayMs: number, callback: () => void): TimerHandle;
  callLater<A>(delayMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    check("callLater", "the time", delayMs, "a number");
    return this.#schedule("callLater", this.#nowMs + delayMs, callback, arg);
  }

  /** As `callLater`, with a moment on the clock of `now()`. */
  callAt(deadlineMs: number, callback: () => void): TimerHandle;
  callAt<A>(deadlineMs: number, callback: (arg: A) => void, arg: A): TimerHandle;
  callAt(deadlineMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    check("callAt", "the time", deadlineMs, "a number");
    return this.#schedule("callAt", deadlineMs, callback, arg);
  }

  /** Virtual milliseconds since the loop was made. */
  now(): number {
    return this.#nowMs;
  }

  /** Hands an error to `onError`, or keeps it for the running call to throw. What `onError` throws is kept too. (L5) */
  reportError(error: unknown, info: ErrorInfo): void {
    if (this.#onError === undefined) {
      this.#errors.push(error);
      return;
    }
    try {
      this.#onError(error, info);
    } catch (second) {
      this.#errors.push(second);
    }
  }

  /**
   * Says that something outside is being waited for: not idle, and `advanceToNext` does not jump. What is due fires.
   *
   * @param label What is waited for: see `holds`.
   * @throws {TypeError} If `label` is no string.
   * @example
   * ```ts
   * import { VirtualLoop } from "@skein/loop/testing";
   *
   * const loop = new VirtualLoop();
   * const hold = loop.hold("the answer of a server");
   * console.log(loop.idle, loop.holds); // false [ 'the answer of a server' ]
   * hold.release();
   * ```
   */
  hold(label: string): Hold {
    check("hold", "the label", label, "a string");
    return holdIn(this.#holds, label);
  }

  /**
   * Runs everything that is ready or due within `ms`, time standing at each deadline exactly while its timers run, and
   * at `now() + ms` at the end. It moves time also while something is held.
   *
   * @throws {RangeError} If `ms` is negative, NaN or Infinity. @throws {LoopError} `LOOP_BUSY` inside a callback,
   *   `LOOP_LIVELOCK` if time does not come on.
   */
  advance(ms: number): void {
    const wanted = "a number of milliseconds, finite and 0 or more";
    check("advance", "the time", ms, wanted, 0);
    const untilMs = this.#nowMs + ms;
    if (untilMs === NEVER) throw new RangeError(`Cannot advance: the time is ${ms}; pass ${wanted}.`);
    this.#run("advance", () => {
      while (this.nextDeadlineMs <= untilMs) this.#fireNext();
      this.#moveTo(untilMs);
    });
  }

  /**
   * Jumps to the next deadline, or stands at one that is due, and runs until nothing is ready. What is ready before that
   * runs first.
   *
   * @returns False if there is no such deadline, or something is held and none is due: time stands still while it is.
   * @throws {LoopError} As `advance`.
   * @example
   * ```ts
   * import { VirtualLoop } from "@skein/loop/testing";
   *
   * const loop = new VirtualLoop();
   * loop.callLater(60_000, console.log, "a minute later");
   * while (loop.advanceToNext());
   * console.log(loop.now()); // 60000
   * ```
   */
  advanceToNext(): boolean {
    let jumped = false;
    this.#run("advanceToNext", () => {
      jumped = this.#isDue || (this.#holds.size === 0 && this.nextDeadlineMs < NEVER);
      if (jumped) this.#fireNext();
    });
    return jumped;
  }

  /**
   * Runs pass after pass until nothing is ready, and fires what is due now. Time stands still. With `onReady`, timers that
   * become due by that are left to the next run.
   *
   * @throws {LoopError} As `advance`.
   */
  runUntilIdle(): void {
    let rounds = !this.#onReady ? NEVER : this.#isDue ? 1 : 0;
    this.#run("runUntilIdle", () => {
      while (rounds-- > 0 && this.#isDue) this.#fireNext();
      if (this.#isDue) this.#onReady?.();
    });
  }

  get #isDue(): boolean {
    return this.nextDeadlineMs <= this.#nowMs;
  }

  get #isReady(): boolean {
    return this.#passes.waiting || this.#isDue;
  }

  /** Calls `onReady`, if it was not called before and the change came from outside. */
  #tell(wasReady: boolean): void {
    if (!this.#running && !wasReady && this.#isReady) this.#onReady?.();
  }

  #schedule(doing: string, deadlineMs: number, callback: (arg: never) => void, arg: unknown): TimerHandle {
    check(doing, "the callback", callback);
    const timer = new Timer(deadlineMs, this.#wrap("timer", callback as Callback, arg, deadlineMs), arg);
    const wasReady = this.#isReady;
    if (deadlineMs < NEVER) this.#timers.add(timer, deadlineMs - this.#nowMs);
    this.#tell(wasReady);
    return timer;
  }

  /** One call from the test: what is ready, then `body`, then the errors. */
  #run(doing: string, body: () => void): void {
    if (this.#running) {
      throw new LoopError("LOOP_BUSY", doing, "this is a callback of the same loop; call it from the test");
    }
    this.#running = true;
    this.#passes.countAfresh();
    try {
      runWithScheduler(this, () => {
        this.#passes.run();
        body();
      });
    } finally {
      this.#running = false;
    }
    const errors = this.#errors;
    this.#errors = [];
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} errors were thrown by callbacks`);
  }

  /** Moves time to the next deadline and runs what is due then, and all that comes of it. */
  #fireNext(): void {
    this.#moveTo(this.nextDeadlineMs);
    this.#timers.takeDue(this.#nowMs, (callback, timer) => this.#passes.push(callback, timer));
    this.#passes.run();
  }

  /** Time never goes back: a deadline in the past is due now. */
  #moveTo(ms: number): void {
    if (ms <= this.#nowMs) return;
    this.#nowMs = ms;
    this.#passes.countAfresh();
  }
}
