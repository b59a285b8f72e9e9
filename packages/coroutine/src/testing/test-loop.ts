/**
 * The loop of a test: a VirtualLoop that rings when something comes from outside, keeps what goes wrong, knows the
 * timers that are set, and can let somebody else choose who goes next.
 *
 * A VirtualLoop's own orders rearrange a pass; this one chooses afresh before every step, among all that is ready. So one
 * task may do ten steps while another does none, as happens where waits are for the network and not for a turn.
 */
import type { Hold, TimerHandle } from "@skein/future";
import { VirtualLoop } from "@skein/future/testing";
import { Task } from "../task/task.ts";
import type { Birth, Births } from "./births.ts";
import type { Choose } from "./choose.ts";
import type { Doorbell } from "./doorbell.ts";
import { type Choice, ReadyQueue } from "./ready-queue.ts";
import { TimerWatch } from "./timer-watch.ts";
import type { WishOf } from "./wish.ts";
import { withRandom } from "./with-random.ts";

export interface TestLoopOptions {
  readonly seed: number;
  readonly maxCallbacks: number | undefined;
  readonly choose: Choose | undefined;
  readonly bell: Doorbell;
  readonly births: Births;
}

export class TestLoop extends VirtualLoop {
  /** What was reported: errors that nobody could catch. */
  readonly reports: unknown[];
  /** What its tasks ask of whoever drives it. */
  readonly wishes: Set<WishOf>;
  private readonly outside: { woken: boolean };
  /** Undefined: the order is a real loop's. */
  private readonly queue: ReadyQueue | undefined;
  private readonly bell: Doorbell;
  private readonly births: Births;
  private posted = false;
  private readonly timerWatch = new TimerWatch();

  constructor({ seed, maxCallbacks, choose, bell, births }: TestLoopOptions) {
    const reports: unknown[] = [];
    const outside = { woken: false };
    const onReady = (): void => {
      outside.woken = true;
      bell.ring();
    };
    super({ seed, maxCallbacks, onReady, onError: (error) => void reports.push(error) });
    this.outside = outside;
    this.wishes = new Set();
    this.reports = reports;
    this.queue = choose && new ReadyQueue(choose);
    this.bell = bell;
    this.births = births;
  }

  override callSoon(callback: (arg: never) => void, arg?: unknown): void {
    if (this.queue === undefined || typeof callback !== "function") {
      super.callSoon(callback as (arg: unknown) => void, arg);
      return;
    }
    this.queue.push(callback, arg, arg instanceof Task ? arg : this);
    this.post();
  }

  override callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.noted(super.callLater(delayMs, callback as (arg: unknown) => void, arg), this.note(callback.name));
  }

  override callAt(deadlineMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.noted(super.callAt(deadlineMs, callback as (arg: unknown) => void, arg), this.note(callback.name));
  }

  /** As `callLater`, for what was born before; undefined: it may outlive the test, as nobody could cancel it. */
  callLaterFor(birth: Birth | undefined, delayMs: number, callback: () => void): TimerHandle {
    const timer = super.callLater(delayMs, callback);
    return birth === undefined ? timer : this.noted(timer, birth);
  }

  /** What is made here and now. */
  note(name: string): Birth {
    return this.births.note(name);
  }

  override hold(label: string): Hold {
    const hold = super.hold(label);
    return {
      release: () => {
        hold.release();
        this.bell.ring();
      },
    };
  }

  /** The choices that were made, where there was one. */
  get choices(): readonly Choice[] {
    return this.queue?.choices ?? [];
  }

  /** True if nothing has become ready since the last `runUntilIdle`, whatever is held. */
  get quiet(): boolean {
    return !this.outside.woken;
  }

  override runUntilIdle(): void {
    this.outside.woken = false;
    withRandom(this.random, () => super.runUntilIdle());
  }

  override advance(ms: number): void {
    withRandom(this.random, () => super.advance(ms));
  }

  override advanceToNext(): boolean {
    return withRandom(this.random, () => super.advanceToNext());
  }

  /** The timers that are neither fired nor cancelled. Exact only while nothing is ready. */
  get timersSet(): [TimerHandle, Birth][] {
    return this.timerWatch.setAt(this.now());
  }

  private noted(timer: TimerHandle, birth: Birth): TimerHandle {
    this.timerWatch.add(timer, birth, this.now());
    return timer;
  }

  private post(): void {
    if (this.posted || this.queue?.isEmpty !== false) return;
    this.posted = true;
    super.callSoon(this.runOne);
  }

  private readonly runOne = (): void => {
    this.posted = false;
    const next = this.queue?.take(this.now());
    try {
      next?.callback(next.arg as never);
    } catch (error) {
      this.reportError(error, { what: "callback", name: next?.callback.name ?? "" });
    }
    this.post();
  };
}
