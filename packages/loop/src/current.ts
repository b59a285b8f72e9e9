import { type Callback, check, nameOf } from "./callback.ts";
import type { Scheduler } from "./scheduler.ts";

/** The one pointer of this package: whose callback is running now. Null between callbacks. Only `enter` moves it. */
export let running: Scheduler | null = null;

/** Puts `scheduler` in the pointer and gives what was there, to be put back: runs may nest. */
export function enter(scheduler: Scheduler | null): Scheduler | null {
  const previous = running;
  running = scheduler;
  return previous;
}

/** Runs a callback of the running scheduler, or of its timer; what it throws is reported there. (L5) */
export function call(what: string, callback: Callback, arg: unknown): void {
  try {
    callback(arg);
  } catch (error) {
    (running as Scheduler).reportError(error, { what, name: nameOf(callback, arg) });
  }
}

/**
 * Runs `body` as a callback of `scheduler` would run: `currentScheduler()` gives `scheduler` meanwhile. For those who
 * write a scheduler of their own, to be called once around many callbacks.
 *
 * @returns What `body` returns. The pointer is put back also when it throws.
 * @throws {TypeError} If `scheduler` has no `callSoon`, or `body` is no function.
 * @example
 * ```ts
 * import { currentScheduler, runWithScheduler } from "@skein/loop";
 * import { VirtualLoop } from "@skein/loop/testing";
 *
 * const mine = new VirtualLoop();
 * const ready = [() => console.log(currentScheduler() === mine)];
 * runWithScheduler(mine, () => {
 *   for (const callback of ready.splice(0)) callback(); // true
 * });
 * ```
 */
export function runWithScheduler<T>(scheduler: Scheduler, body: () => T): T {
  check("runWithScheduler", "scheduler.callSoon", (scheduler as Scheduler | null)?.callSoon);
  check("runWithScheduler", "the body", body);
  const previous = enter(scheduler);
  try {
    return body();
  } finally {
    enter(previous);
  }
}
