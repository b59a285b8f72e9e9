import type { Callback } from "./callback.ts";
import { call, enter } from "./current.ts";
import type { Host } from "./host.ts";
import type { Instrumentation } from "./instrument.ts";
import type { LoopMetrics } from "./metrics.ts";
import type { Scheduler } from "./scheduler.ts";
import { NEVER, type Timer } from "./timer.ts";
import { TimerHeap } from "./timer-heap.ts";

/** What keeps a loop going. */
export interface Driver {
  /** Queues a callback, and makes sure that it runs. */
  soon(callback: Callback, arg: unknown): void;
  /** Adds a timer, and makes sure that it fires. `delayMs`: about how long it waits, as far as is known. */
  at(timer: Timer, delayMs: number): void;
  /** Lets callbacks run, or no more of them. */
  start(run: boolean | undefined): void;
  /** Drops everything that waits. */
  clear(): void;
  metrics(): LoopMetrics;
}

/**
 * Brings the callbacks of `scheduler` to run on `host`. (L3)
 *
 *     resting ──wake(), alarm──▶ awake ◀──macrotask── yielding
 *        ▲─────nothing ready───────┴───budget spent──────▲
 *
 * Awake: callbacks run now, or the host was asked for the microtask that will run them. Yielding: it was asked for a
 * macrotask, and nothing runs before that. In both there is no need to wake the loop.
 *
 * What is ready waits in two lists of callback, argument, callback, argument, …, so that scheduling allocates nothing: one
 * is filled while the other is run, and then they change places. All is run in the order in which it came, so the passes
 * of L3 need no mark.
 *
 * What counts as budget is the time since the last host macrotask, not the loop's own running time: a loop and native
 * promises that wake each other up in turn would otherwise starve the host together. But from inside a microtask one
 * cannot see whether a macrotask has come by. So at half the budget the loop asks for one, as a mark, and runs on. If the
 * mark arrives, the count begins anew; if it has not arrived by the other half, the loop waits for it.
 *
 * Its state is in variables and not in a class, since these minify, and its constants are in here to be inlined.
 */
export function makeDriver(
  scheduler: Scheduler,
  host: Host,
  maxPassMs: number,
  timing?: Instrumentation["timing"],
): Driver {
  /**
   * Callbacks after which the host's own microtasks, native promises among them, get their turn, and the clock is looked
   * at: as many as this at most, fewer while they are slow.
   */
  const MAX_STRIDE = 64;
  /** A stride that took longer than this was slow: the next is half as long. Sixteen callbacks of 3 µs. */
  const SLOW_MS = 0.05;
  /** After a rest the next look at the clock is at most this far: others may have been slow meanwhile. */
  const STRIDE_AFTER_REST = 16;
  /** Less than the longest wait that hosts keep in their 32 bits: a longer one overflows and rings at once. */
  const MAX_WAIT_MS = 2e9;

  let resting = true;
  let started: boolean | undefined;

  // Invariant: every slot outside `at`…`end` of `slots` and 0…`filled` of `filling` is undefined or was never set, so that
  // nothing is kept alive by having run.
  let slots: unknown[] = [];
  let at = 0;
  let end = 0;
  let filling: unknown[] = [];
  let filled = 0;
  let peak = 0;
  let callbacksRun = 0;

  /** Callbacks that may run before the next look at the clock. */
  let left = 1;
  let stride = 1;
  let sinceMs = -NEVER;
  let lookedMs = 0;
  let markAsked = false;

  // Cancelling the last timer wakes the loop, to take the alarm back. (L7)
  const timers = new TimerHeap(wake);
  /** The one host timer. It may ring before a deadline, or for a timer that was cancelled meanwhile. */
  let alarm: unknown;
  /** What the alarm is set for; NEVER: it is not set. */
  let alarmMs = NEVER;

  /** Makes sure that what is ready runs, and that the alarm is set for what is not. */
  function wake(): void {
    if (resting && started) {
      resting = false;
      host.microtask(drain);
    }
  }

  /** A host macrotask has begun: a fresh budget, and a look at the timers. (L3, L4) */
  function turn(): void {
    sinceMs = lookedMs = host.now();
    markAsked = false;
    left = stride = 1;
    if (started) timers.takeDue(sinceMs, push);
    drain();
  }

  function push(callback: Callback, arg: unknown): void {
    filling[filled++] = callback;
    filling[filled++] = arg;
  }

  /** Has the lists change places; 0 if there is nothing in the other one either. */
  function swap(): number {
    const emptied = end * 4 < slots.length ? [] : slots; // a burst is over: its room is given back
    slots = filling;
    end = filled;
    filling = emptied;
    at = filled = 0;
    return end;
  }

  /** Runs a stride of callbacks, and sees to it that the rest will run. */
  function drain(): void {
    const outer = enter(scheduler);
    const before = left;
    resting = false;
    peak = Math.max(peak, end - at + filled);
    try {
      for (; left && started && (at < end || swap()); left--) {
        const callback = slots[at] as Callback;
        const arg = slots[at + 1];
        slots[at] = slots[at + 1] = undefined;
        at += 2;
        call("callback", callback, arg);
      }
    } finally {
      enter(outer);
      callbacksRun += before - left;
      if (left || look()) {
        if (started && (at < end || filled)) host.microtask(drain);
        else {
          resting = true;
          left = Math.min(left, STRIDE_AFTER_REST);
          setAlarm();
        }
      }
    }
  }

  /** A look at the clock: if half the budget is spent, the other half begins; false if that is spent, too. */
  function look(): boolean {
    const nowMs = host.now();
    left = stride = nowMs - lookedMs < SLOW_MS ? Math.min(MAX_STRIDE, stride * 2) : stride >> 1 || 1;
    lookedMs = nowMs;
    if (nowMs - sinceMs < maxPassMs / 2) return true;
    sinceMs = nowMs;
    return askMacrotask();
  }

  /** Asks for the host's next macrotask; false if it was asked for before, and has not come yet. */
  function askMacrotask(): boolean {
    if (markAsked) return false;
    host.macrotask(turn);
    markAsked = true;
    return true;
  }

  /** Sets the alarm for the next timer; takes it back if there is none, or the loop is stopped. */
  function setAlarm(): void {
    const nextMs = started && timers.top ? timers.top.deadlineMs : NEVER;
    // If it would ring too early, let it: that costs less than setting it anew at each cancel.
    if (alarmMs <= nextMs && nextMs < NEVER) return;
    if (alarmMs < NEVER) host.clearTimer(alarm);
    alarmMs = NEVER;
    if (nextMs === NEVER) return; // a loop without timers rests often, and need not look at the clock for it
    const waitMs = Math.ceil(nextMs - host.now());
    if (waitMs <= 0) askMacrotask();
    else {
      alarmMs = nextMs;
      alarm = host.setTimer(
        () => {
          alarmMs = NEVER;
          turn();
        },
        Math.min(waitMs, MAX_WAIT_MS),
      );
    }
  }

  return {
    soon(callback, arg) {
      push(callback, arg);
      wake();
    },
    at(timer, delayMs) {
      timers.add(timer, delayMs);
      wake(); // not `setAlarm`: many timers of one job cost one setting, and one that is cancelled soon costs none
    },
    start(run) {
      started = run;
      if (run) wake();
      else setAlarm();
    },
    clear() {
      slots = filling = [];
      at = end = filled = 0;
      while (timers.top) timers.top.cancel();
    },
    metrics() {
      const ready = (end - at + filled) / 2;
      return {
        ready,
        readyPeak: peak / 2,
        callbacksRun,
        timers: timers.live,
        nextDeadlineMs: timers.top?.deadlineMs,
        timing: timing?.(),
      };
    },
  };
}
