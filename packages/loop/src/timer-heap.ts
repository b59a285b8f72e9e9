import type { Callback } from "./callback.ts";
import { fire, type Timer, type TimerOwner } from "./timer.ts";

/**
 * The timers that wait, the soonest by (deadline, call) on top: a pairing heap. (L4)
 *
 * A timer fires before all that hang below it, and nothing else is in order. Adding one puts the later of it and the top
 * below the other, in O(1). Taking one out melds those below it in pairs, and then the pairs from the last to the first,
 * which is what keeps it at O(log n) on average over any sequence of calls. So a cancelled timer leaves at once, and
 * there is nothing to sweep. (L6)
 *
 * Programs set many timers with few different delays, and of those with one delay each is due after the last. So a timer
 * is hung below the last one with about its delay, without a look at the top: most come off again one by one.
 *
 * Invariant: `live` timers hang together below `top`, each with this heap as `owner`.
 */
export class TimerHeap implements TimerOwner {
  top: Timer | null = null;
  /** How many wait. */
  live = 0;
  #order = 0;
  readonly #last: Timer[] = [];
  readonly #onEmpty: () => void;

  /** @param onEmpty Called when the last timer is cancelled, not when it falls due. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** @param delayMs About how long it will wait: only a hint. */
  add(timer: Timer, delayMs: number): void {
    const chain = delayMs & 15; // 16 different delays are looked out for, told by their last bits
    const last = this.#last[chain];
    this.live++;
    timer.order = this.#order++;
    timer.owner = this;
    if (last?.owner === this && last.deadlineMs <= timer.deadlineMs) hang(timer, last);
    else this.top = meld(this.top, timer);
    this.#last[chain] = timer;
  }

  /** For `Timer.cancel` only. */
  remove(timer: Timer): void {
    this.#cut(timer);
    if (!this.top) this.#onEmpty();
  }

  /** Takes out all that are due at `nowMs`, the soonest first, each as a callback and its argument: `fire` and the timer. */
  takeDue(nowMs: number, take: (callback: Callback, timer: Timer) => void): void {
    for (let top = this.top; top && top.deadlineMs <= nowMs; top = this.top) {
      this.#cut(top);
      take(fire as Callback, top);
    }
  }

  #cut(timer: Timer): void {
    const { down, next, back } = timer;
    if (!back) this.top = null;
    else if (back.down === timer) back.down = next;
    else back.next = next;
    if (next) next.back = back;
    this.live--;
    timer.owner = timer.down = timer.next = timer.back = null;
    if (down) this.top = meld(this.top, meldAll(down));
  }
}

/** Puts `b`, which fires later, below `a`. */
function hang(b: Timer, a: Timer): Timer {
  b.next = a.down;
  if (a.down) a.down.back = b;
  b.back = a;
  a.down = b;
  return a;
}

/** One heap of two. What its top is beside, or below, is as it was. */
function meld(a: Timer | null, b: Timer | null): Timer | null {
  if (!a || !b) return a ?? b;
  return (b.deadlineMs - a.deadlineMs || b.order - a.order) < 0 ? hang(a, b) : hang(b, a);
}

/** One heap of `first` and all beside it. */
function meldAll(first: Timer): Timer | null {
  let pairs: Timer | null = null;
  for (let a: Timer | null | undefined = first; a; ) {
    const b: Timer | null = a.next;
    const rest: Timer | null | undefined = b?.next;
    a = meld(a, b) as Timer;
    a.next = pairs;
    pairs = a;
    a = rest;
  }
  let top: Timer | null = null;
  for (let pair: Timer | null = pairs; pair; pair = pairs) {
    pairs = pair.next;
    top = meld(top, pair) as Timer;
    top.next = top.back = null;
  }
  return top;
}
