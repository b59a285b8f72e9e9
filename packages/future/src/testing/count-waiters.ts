import type { WaitQueue } from "../wait-queue.ts";

/**
 * How many wait in `queue`, a future for one: what a test of leaks asserts instead of looking at the heap.
 *
 * @example
 * for (let i = 0; i < 1_000; i++) await race([shutdown, Future.resolve(i)]);
 * expect(countWaiters(shutdown)).toBe(0);
 */
export function countWaiters(queue: WaitQueue): number {
  const first = queue.firstWaiter;
  let count = 0;
  for (let node = first; node !== null; node = node.nextWaiter === first ? null : node.nextWaiter) count++;
  return count;
}
