/**
 * The loop of a test: a VirtualLoop that rings when something comes from outside, keeps what goes wrong, knows the
 * timers that are set, and can let somebody else choose who goes next.
 *
 * A VirtualLoop's own orders rearrange a pass; this one chooses afresh before every step, among all that is ready. So one
 * task may do ten steps while another does none, as happens where waits are for the network and not for a turn.
 */
import type { Hold, TimerHandle } from "@skein/future";
import { VirtualLoop } from "@skein/future/testing";
import { Task } from "../task.ts";
import type { Birth, Births } from "./births.ts";
import type { Actor, Choose } from "./choose.ts";
import type { Doorbell } from "./doorbell.ts";
import type { WishOf } from "./wish.ts";

/** How often a callback may be passed over: a chooser may starve nobody for ever, as no real loop does. */
const MAX_PASSED_OVER = 1_000;

/** A choice that was made. */
export interface Choice {
  readonly of: number;
  readonly chose: number;
  readonly atMs: number;
  /** Who was chosen, and who would have been by a real loop. */
  readonly who: Actor;
  readonly insteadOf: Actor;
}

interface Ready {
  readonly callback: (arg: never) => void;
  readonly arg: unknown;
  readonly actor: Actor;
  passedOver: number;
}

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
  /** The choices that were made, where there was one. */
  readonly choices: Choice[] = [];
  /** What its tasks ask of whoever drives it. */
  readonly wishes: Set<WishOf>;
  private readonly outside: { woken: boolean };
  private readonly choose: Choose | undefined;
  private readonly bell: Doorbell;
  private readonly births: Births;
  private readonly ready: Ready[] = [];
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
    this.reports = reports;
    this.choose = choose;
    this.bell = bell;
    this.births = births;
  }

  override callSoon(callback: (arg: never) => void, arg?: unknown): void {
    if (this.choose === undefined || typeof callback !== "function") {
      super.callSoon(callback as (arg: unknown) => void, arg);
      return;
    }
    const actor = arg instanceof Task ? arg : this;
    this.ready.push({ callback, arg, actor, passedOver: 0 });
    this.post();
  }

  override callLater(delayMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.noted(super.callLater(delayMs, callback as (arg: unknown) => void, arg), callback);
  }

  override callAt(deadlineMs: number, callback: (arg: never) => void, arg?: unknown): TimerHandle {
    return this.noted(super.callAt(deadlineMs, callback as (arg: unknown) => void, arg), callback);
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

  /** True if nothing has become ready since the last `runUntilIdle`, whatever is held. */
  get quiet(): boolean {
    return !this.outside.woken;
  }

  override runUntilIdle(): void {
    this.outside.woken = false;
    super.runUntilIdle();
  }

  /** The timers that are neither fired nor cancelled. Exact only while nothing is ready. */
  get timersSet(): [TimerHandle, Birth][] {
    return [...this.set].filter(([timer]) => isSet(timer, this.now()));
  }

  private noted(timer: TimerHandle, callback: { readonly name: string }): TimerHandle {
    this.set.set(timer, this.births.note(callback.name));
    if (this.set.size >= this.pruneAt) {
      for (const known of this.set.keys()) if (!isSet(known, this.now())) this.set.delete(known);
      this.pruneAt = Math.max(1_000, 2 * this.set.size);
    }
    return timer;
  }

  private post(): void {
    if (this.posted || this.ready.length === 0) return;
    this.posted = true;
    super.callSoon(this.runOne);
  }

  private readonly runOne = (): void => {
    this.posted = false;
    const next = this.take();
    try {
      next?.callback(next.arg as never);
    } catch (error) {
      this.reportError(error, { what: "callback", name: next?.callback.name ?? "" });
    }
    this.post();
  };

  private take(): Ready | undefined {
    const firsts: Ready[] = [];
    const seen = new Set<Actor>();
    for (const entry of this.ready) {
      if (seen.has(entry.actor)) continue; // what one actor has to do keeps its order
      seen.add(entry.actor);
      firsts.push(entry);
    }
    const first = firsts[0];
    let next = first;
    if (first !== undefined && firsts.length > 1 && first.passedOver < MAX_PASSED_OVER) {
      const actors = firsts.map(({ actor }) => actor);
      const chose = this.choose?.(actors) ?? 0;
      next = firsts[chose] as Ready;
      const who = next.actor;
      this.choices.push({ of: firsts.length, chose, atMs: this.now(), who, insteadOf: first.actor });
    }
    if (next === undefined) return undefined;
    if (next !== first && first !== undefined) first.passedOver++;
    this.ready.splice(this.ready.indexOf(next), 1);
    return next;
  }
}

/** While nothing is ready, all that was due has fired; one that never comes holds nothing. */
const isSet = (timer: TimerHandle, nowMs: number): boolean =>
  !timer.cancelled && timer.deadlineMs > nowMs && timer.deadlineMs < Number.POSITIVE_INFINITY;
