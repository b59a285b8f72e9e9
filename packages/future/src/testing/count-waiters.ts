import { wrong } from "../options.ts";
import { type WaitQueue, waitersOf } from "../wait-queue.ts";

/**
 * How many wait in `queue`, a future for one: what a test of leaks asserts instead of looking at the heap.
 *
 * @throws {TypeError} If `queue` is no WaitQueue.
 * @example
 * ```ts
 * import { Future, race } from "@skein/future";
 * import { countWaiters } from "@skein/future/testing";
 *
 * const shutdown = Future.withResolvers<never>().future;
 * for (let i = 0; i < 1_000; i++) await race([shutdown, Future.resolve(i)]);
 * console.log(countWaiters(shutdown)); // 0
 * ```
 */
export function countWaiters(queue: WaitQueue): number {
  if (typeof (queue as WaitQueue | null | undefined)?.firstWaiter !== "object") {
    throw wrong("count waiters", "the queue", queue, "a future, or what else has a `firstWaiter`");
  }
  return waitersOf(queue).length;
}
