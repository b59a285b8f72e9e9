/**
 * How every primitive is waited for. An `Attempt` takes what it is after if that is there, else parks in a lot; who
 * wakes it from there has taken it for it already (*hand-over*), so that nobody can come in between. It keeps no state
 * of its own, so that one serves all the tasks that wait for a primitive.
 */
import {
  bridge,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";
import type { ParkingLot } from "./parking-lot.ts";

/** A primitive, as an attempt sees it. */
export interface Attempted<T> {
  /** Where to wait. */
  readonly lot: ParkingLot<T>;
  /** True if `take` would succeed. Changes nothing. @throws What is to be thrown at the wait instead of waiting. */
  isReady(): boolean;
  /** Takes it for the running task. Called only right after `isReady()` said true. */
  take(): T;
  describe(): string;
}

/** What a waiter is woken with whose wait has failed. */
export class Failure {
  /** Called in the stack of each waiter, so that the error tells where it waited. */
  readonly makeError: () => unknown;
  constructor(makeError: () => unknown) {
    this.makeError = makeError;
  }
}

export class Attempt<T> extends Waitable<T> implements Request {
  protected readonly target: Attempted<T>;
  /** True: a cancel does not end this wait. */
  readonly sealed: boolean;
  constructor(target: Attempted<T>, sealed = false) {
    super();
    this.target = target;
    this.sealed = sealed;
  }

  next(value?: unknown): IteratorResult<Wait, T> {
    if (takeResumed()) {
      if (value instanceof Failure) throw value.makeError();
      return { done: true, value: value as T };
    }
    const { target } = this;
    target.lot.refuseIfBroken();
    if (!target.isReady()) return parkOn(this);
    // Sealed: what cannot be cancelled needs no look, and a pause is where an insisted throw would come in.
    if (ready() || this.sealed) return { done: true, value: target.take() };
    return parkOn(bridge.running === null ? this : PAUSE);
  }
  park(waiter: Waiter): void {
    this.target.lot.enter(waiter);
  }
  unpark(waiter: Waiter): void {
    this.target.lot.leave(waiter);
  }
  describe(): string {
    return this.target.describe();
  }
}
