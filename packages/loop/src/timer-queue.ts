import { KeyHeap } from "./key-heap.ts";
import type { Timer, TimerOwner } from "./timer.ts";

/** So many new timers at most are put in their places one by one; for more of them the bucket is sorted again. */
const INSERT_UP_TO = 32;
/** So many cancelled timers are not worth sweeping out. */
const SWEEP_FROM = 64;

/**
 * The timers that wait, soonest first by (deadline, call). (L4)
 *
 * A new timer goes on a list, and no further if it is cancelled soon, as most are. When somebody asks for the next
 * one, the list is dealt out into buckets of one millisecond each, and only their numbers are kept in a heap: programs
 * set many timers and few different milliseconds. A bucket is sorted when it comes up; it was filled in call order and
 * the sort is stable. (One binary heap of a million timers took four times as long: each step down is a cache miss.)
 *
 * `cancel` only marks, in O(1); marked timers are swept out once they are more than half. (L6)
 *
 * Invariant: `#keys` holds each key of `#buckets` once; `live` counts the timers in here that are not cancelled, which
 * are exactly those that have this queue as owner, and `#dead` counts the others.
 */
export class TimerQueue implements TimerOwner {
  /** How many are neither due nor cancelled. */
  live = 0;
  #dead = 0;
  #new: Timer[] = [];
  #buckets = new Map<number, Timer[]>();
  #keys: KeyHeap = new KeyHeap();
  /** The bucket that is known to be in order: only the top one needs to be. */
  #sorted: Timer[] | undefined;
  readonly #onEmpty: () => void;

  /** @param onEmpty Called when the last live timer is cancelled (not when it fires). */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** How many are kept, cancelled ones included: what sweeping bounds. */
  get size(): number {
    return this.live + this.#dead;
  }

  add(timer: Timer): void {
    timer.moveTo(this);
    this.live++;
    this.#new.push(timer);
  }

  /** The soonest live timer, still in its place. */
  peek(): Timer | undefined {
    if (this.#new.length > 0) this.#deal();
    for (let key = this.#keys.top; key !== undefined; key = this.#keys.top) {
      const bucket = this.#buckets.get(key) as Timer[];
      if (this.#sorted !== bucket) this.#sorted = bucket.sort(byDeadline);
      const first = bucket.findIndex((timer) => !timer.cancelled);
      this.#dead -= bucket.splice(0, first < 0 ? bucket.length : first).length;
      if (bucket.length > 0) return bucket[0];
      this.#buckets.delete(key);
      this.#keys.pop();
    }
    return undefined;
  }

  /** Takes out all that are due at `nowMs`, soonest first. */
  takeDue(nowMs: number, take: (timer: Timer) => void): void {
    for (let next = this.peek(); next && next.deadlineMs <= nowMs; next = this.peek()) {
      const bucket = this.#sorted as Timer[];
      const later = bucket.findIndex((timer) => timer.deadlineMs > nowMs);
      for (const timer of bucket.splice(0, later < 0 ? bucket.length : later)) {
        if (timer.cancelled) this.#dead--;
        else {
          this.live--;
          timer.moveTo(undefined);
          take(timer);
        }
      }
    }
  }

  /** Cancels all. */
  clear(): void {
    for (const timer of this.#takeLive()) timer.cancel();
  }

  /** For `Timer.cancel` only. */
  onCancelled(): void {
    this.#dead++;
    if (--this.live === 0) this.#onEmpty();
    if (this.#dead > this.live && this.#dead > SWEEP_FROM) this.#new = this.#takeLive();
  }

  /** Puts the new timers in their buckets. */
  #deal(): void {
    for (const timer of this.#new) {
      const key = Math.floor(timer.deadlineMs);
      const bucket = this.#buckets.get(key);
      if (timer.cancelled) this.#dead--;
      else if (bucket) {
        if (bucket === this.#sorted && this.#new.length > INSERT_UP_TO) this.#sorted = undefined;
        let place = bucket.push(timer) - 1;
        // The sorted one stays so: to add to this millisecond and peek, again and again, must not sort it each time.
        while (bucket === this.#sorted && place > 0 && (bucket[place - 1] as Timer).deadlineMs > timer.deadlineMs) {
          bucket[place] = bucket[--place] as Timer;
          bucket[place] = timer;
        }
      } else {
        this.#buckets.set(key, [timer]);
        this.#keys.push(key);
      }
    }
    this.#new = [];
  }

  /** Empties the queue. Gives the live timers, those of one bucket in call order or in order of deadline. */
  #takeLive(): Timer[] {
    const live: Timer[] = [];
    for (const timers of [...this.#buckets.values(), this.#new]) {
      for (const timer of timers) if (!timer.cancelled) live.push(timer);
    }
    this.#new = [];
    this.#dead = 0;
    this.#buckets = new Map();
    this.#keys = new KeyHeap();
    return live;
  }
}

/** Not the difference, which would be a fraction and so a fresh object for each comparison. */
function byDeadline(a: Timer, b: Timer): number {
  return a.deadlineMs < b.deadlineMs ? -1 : +(a.deadlineMs > b.deadlineMs);
}
