/**
 * A native promise has no way to stop listening to it: what `then` has put there stays until it settles. So all who wait
 * for one share one reaction on it, which serves listeners that can leave: a promise that outlives a hundred thousand
 * cancelled waits holds as much as after the first. (F4)
 */
import type { Waiter } from "@skein/future";
import { orphan } from "./orphans.ts";

/** Who waits for a promise: what is given to its `then`. */
export interface Listener<T> {
  readonly fulfilled: ((value: T) => unknown) | null | undefined;
  readonly rejected: ((error: unknown) => unknown) | null | undefined;
}

const followed = new WeakMap<PromiseLike<unknown>, Followed<unknown>>();

/** A promise, from the first who waits for it until it settles. */
export class Followed<T> {
  private readonly listeners: Set<Listener<T>>;
  /** The first who left: told what finds nobody else, so that a late rejection is reported once. */
  private gone: Listener<T> | undefined;
  /** Takes it off the list of orphans. */
  private found: (() => void) | undefined;

  private constructor() {
    this.listeners = new Set();
    this.gone = undefined;
    this.found = undefined;
  }

  /** Only of native promises: any other `then` may do work each time it is called, and is called by each who waits. */
  static follow<T>(promise: PromiseLike<T>, listener: Listener<T>): Followed<T> {
    const shared = promise instanceof Promise && promise.then === Promise.prototype.then;
    const known = shared ? (followed.get(promise) as Followed<T> | undefined) : undefined;
    const one = known ?? new Followed<T>();
    one.listeners.add(listener);
    if (known !== undefined) return known;
    if (shared) followed.set(promise, one as Followed<unknown>);
    const settled = (tell: (listener: Listener<T>) => void): void => {
      followed.delete(promise); // what has settled keeps no reactions: who comes now adds one as the first did
      one.found?.();
      if (one.listeners.size === 0 && one.gone !== undefined) tell(one.gone);
      for (const each of one.listeners) tell(each);
    };
    promise.then(
      (value) => settled(({ fulfilled }) => fulfilled?.(value)),
      (error) => settled(({ rejected }) => rejected?.(error)),
    );
    return one;
  }

  /** It goes on although `waiter` was cancelled. */
  leftBy({ name, loop }: Waiter): void {
    this.found ??= orphan(name, loop);
  }

  /** For good. */
  leave(listener: Listener<T>): void {
    if (this.listeners.delete(listener)) this.gone ??= listener;
  }
}
