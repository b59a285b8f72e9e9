import { running } from "./current.ts";
import { EventLoop } from "./event-loop.ts";
import type { Scheduler } from "./scheduler.ts";

let defaultLoop: EventLoop | undefined;

/**
 * The EventLoop whose callback is running now; anywhere else the process's default loop, which is made and started
 * when first asked for (and made anew if somebody closed it). Anywhere else: also inside a callback of a scheduler
 * that is no EventLoop, as a `VirtualLoop`. What should work there, too, asks `currentScheduler()`.
 *
 * @example
 * ```ts
 * import { getEventLoop } from "@skein/loop";
 *
 * getEventLoop().callSoon(console.log, "hello from the next pass");
 * ```
 */
export function getEventLoop(): EventLoop {
  if (running instanceof EventLoop) return running;
  if (defaultLoop?.closed !== false) {
    defaultLoop = new EventLoop();
    defaultLoop.start();
  }
  return defaultLoop;
}

/**
 * The scheduler whose callback is running now, of whatever kind (a `VirtualLoop` in a test, one of your own), else
 * the default loop. What is made inside a callback belongs to the loop that runs it.
 *
 * @example
 * ```ts
 * import { currentScheduler, getEventLoop } from "@skein/loop";
 * import { VirtualLoop } from "@skein/loop/testing";
 *
 * console.log(currentScheduler() === getEventLoop()); // true
 * const loop = new VirtualLoop();
 * loop.callSoon(() => console.log(currentScheduler() === loop)); // true
 * loop.runUntilIdle();
 * ```
 */
export function currentScheduler(): Scheduler {
  return running ?? getEventLoop();
}
