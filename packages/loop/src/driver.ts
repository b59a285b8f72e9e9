import { Alarm } from "./alarm.ts";
import type { Callback } from "./callback.ts";
import { enter } from "./current.ts";
import type { Host } from "./host.ts";
import type { Meter } from "./meter/meter.ts";
import { Pace } from "./pace.ts";
import type { ReadyQueue } from "./ready-queue.ts";
import type { Scheduler } from "./scheduler.ts";
import { fireTimer, NEVER } from "./timer.ts";
import type { TimerQueue } from "./timer-queue.ts";

/** Callbacks after which the host's own microtasks, native promises among them, get their turn. */
const BURST = 256;
/** After a rest the next look at the clock is at most this far: others may have been slow meanwhile. */
const STRIDE_AFTER_REST = 16;

/** What a driver drives. */
interface Parts {
  /** Whose callbacks they are: what `currentScheduler()` gives while they run. */
  readonly scheduler: Scheduler;
  readonly host: Host;
  readonly ready: ReadyQueue;
  readonly timers: TimerQueue;
  readonly maxPassMs: number;
  readonly meter: Meter | undefined;
  onThrow(error: unknown, callback: Callback, arg: unknown): void;
}

/**
 * Brings a loop's callbacks to run on its host. (L3)
 *
 *     stopped ──start()──▶ resting ──wake()──▶ awake ──nothing ready──▶ resting
 *        ▲                    ▲                 │ ▲
 *        └────── stop() ──────┴─── alarm ───────┘ └── macrotask ── yielding (the budget is spent)
 *
 * Invariant: `awake` means that `#drain` runs now, or that the host was asked for the job that will call it. So an
 * awake loop asks the host for nothing, however much is scheduled.
 */
export class Driver {
  started = false;
  /** A callback runs now. */
  running = false;
  awake = false;
  passes = 0;
  callbacksRun = 0;
  readyPeak = 0;
  readonly #parts: Parts;
  readonly #pace: Pace;
  readonly #alarm: Alarm;
  /** `stop()` was called by a callback: the pass still ends. */
  #stopping = false;
  #yielding = false;
  #macrotaskAsked = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.maxPassMs);
    this.#alarm = new Alarm(parts.host, () => this.#turn());
  }

  /** Makes sure that what is ready runs, and that the alarm is set for what is not. */
  wake(): void {
    if (!this.started || this.awake) return;
    this.awake = true;
    this.#parts.host.microtask(this.#onMicrotask);
  }

  /** As `wake`, if the alarm would ring too late for a timer of `deadlineMs`. */
  wakeFor(deadlineMs: number): void {
    // Not set at once: many timers of one job cost one setting of the alarm, and one that is cancelled soon costs none.
    if (!this.awake && deadlineMs < this.#alarm.forMs) this.wake();
  }

  start(): void {
    this.#stopping = false;
    if (this.started) return;
    this.started = true;
    this.wake();
  }

  /** Inside a callback, the pass still ends. */
  stop(): void {
    if (this.running) this.#stopping = true;
    else this.halt();
  }

  halt(): void {
    this.started = this.#stopping = false;
    this.#alarm.set(NEVER);
  }

  readonly #onMicrotask = (): void => {
    if (this.#yielding) return; // a wake that came before the budget was spent
    if (this.started) this.#drain();
    else this.awake = false;
  };

  readonly #onMacrotask = (): void => {
    this.#macrotaskAsked = false;
    this.#turn();
  };

  #askMacrotask(): void {
    if (this.#macrotaskAsked) return;
    this.#macrotaskAsked = true;
    this.#parts.host.macrotask(this.#onMacrotask);
  }

  /** A host macrotask has begun: a fresh budget, and a look at the timers. (L3, L4) */
  #turn(): void {
    const { host, ready, timers } = this.#parts;
    this.#yielding = this.awake = false;
    if (!this.started) return;
    const nowMs = host.now();
    this.#pace.begin(nowMs);
    timers.takeDue(nowMs, (timer) => ready.push(fireTimer, timer));
    this.#drain();
  }

  /** Runs pass after pass until nothing is ready, or the host must have its turn. */
  #drain(): void {
    const { scheduler, host, ready, timers, meter, onThrow } = this.#parts;
    const pace = this.#pace;
    const outer = enter(scheduler);
    this.running = this.awake = true;
    let burst = BURST;
    try {
      while (burst > 0 && !this.#yielding) {
        if (ready.passLeft === 0) {
          const { length } = ready;
          meter?.passed(host.now(), length > 0);
          if (length === 0 || this.#stopping) break;
          ready.beginPass();
          this.passes++;
          if (length > this.readyPeak) this.readyPeak = length;
        }
        const count = Math.min(ready.passLeft, pace.left);
        burst -= count;
        pace.left -= count;
        this.callbacksRun += count;
        ready.run(count, onThrow);
        if (pace.left === 0 && pace.isSpent(host.now())) {
          this.#yielding = this.#macrotaskAsked; // the mark was asked for half a budget ago
          this.#askMacrotask();
        }
      }
    } finally {
      enter(outer);
      this.running = false;
      if (ready.length > 0 && (ready.passLeft > 0 || !this.#stopping)) {
        if (!this.#yielding) host.microtask(this.#onMicrotask);
      } else {
        this.awake = false;
        pace.left = Math.min(pace.left, STRIDE_AFTER_REST);
        if (this.#stopping || !this.started) this.halt();
        else if (!this.#alarm.set(timers.peek()?.deadlineMs ?? NEVER)) this.#askMacrotask();
      }
    }
  }
}
