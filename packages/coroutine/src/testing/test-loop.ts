/**
 * The loop of a test: a VirtualLoop that rings when something comes from outside, keeps what goes wrong, knows the
 * timers that are set, and can let somebody else choose who goes next.
 *
 * A VirtualLoop's own orders rearrange a pass; this one chooses afresh before every step, among all that is ready. So one
 * task may do ten steps while another does none, as happens where waits are for the network and not for a turn.
 */
import type { Hold, TimerHandle } from "@skein/future";
import { type Random, seededRandom, VirtualLoop } from "@skein/future/testing";
import { Task } from "../task.ts";
import type { Birth, Births } from "./births.ts";
import type { Choose } from "./choose.ts";
import type { Doorbell } from "./doorbell.ts";
import { type Choice, ReadyQueue } from "./ready-queue.ts";
import type { WishOf } from "./wish.ts";

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
  /** Chance that depends on the seed alone. */
  readonly random: Random;
  /** What its tasks ask of whoever drives it. */
  readonly wishes: Set<WishOf>;
  private readonly outside: { woken: boolean };
  /** Undefined: the order is a real loop's. */
  private readonly queue: ReadyQueue | undefined;
  private readonly bell: Doorbell;
  private readonly births: Births;
  private posted = false;
  private readonly set = new Map<TimerHandle, Birth>();
  private pruneAt = 1_000;

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
    this.random = seededRandom(~seed);
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
    this.withChance(() => super.runUntilIdle());
  }

  override advance(ms: number): void {
    this.withChance(() => super.advance(ms));
  }

  override advanceToNext(): boolean {
    return this.withChance(() => super.advanceToNext());
  }

  /** While its callbacks run, and only then, chance is the seed's: the jitter of a retry, say, is replayed, too. */
  private withChance<T>(body: () => T): T {
    const { random } = Math;
    Math.random = this.random;
    try {
      return body();
    } finally {
      Math.random = random;
    }
  }

  /** The timers that are neither fired nor cancelled. Exact only while nothing is ready. */
  get timersSet(): [TimerHandle, Birth][] {
    return [...this.set].filter(([timer]) => isSet(timer, this.now()));
  }

  private noted(timer: TimerHandle, birth: Birth): TimerHandle {
    this.set.set(timer, birth);
    if (this.set.size >= this.pruneAt) {
      for (const known of this.set.keys()) if (!isSet(known, this.now())) this.set.delete(known);
      this.pruneAt = Math.max(1_000, 2 * this.set.size);
    }
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

/** While nothing is ready, all that was due has fired; one that never comes holds nothing. */
const isSet = (timer: TimerHandle, nowMs: number): boolean =>
  !timer.cancelled && timer.deadlineMs > nowMs && timer.deadlineMs < Number.POSITIVE_INFINITY;
