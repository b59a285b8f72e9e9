/**
 * A first-in-first-out queue whose links live in the waiters themselves: entering, leaving from the middle and
 * waking are O(1) and allocate nothing. A circle, so that the holder needs one field: `first.previousWaiter` is the last.
 */
import type { WaiterNode } from "./awaitable.ts";

/** Whoever holds a queue: a future, a parking lot. */
export interface WaitQueue {
  firstWaiter: WaiterNode | null;
}

/**
 * Puts `node` last. It must be in no queue.
 *
 * @example
 * ```ts
 * import { enqueue, shift, type WaiterNode, type WaitQueue } from "@skein/future";
 *
 * const waiter = (name: string): WaiterNode => ({
 *   waitsIn: null,
 *   previousWaiter: null,
 *   nextWaiter: null,
 *   wake: () => console.log(name),
 * });
 * const queue: WaitQueue = { firstWaiter: null };
 * enqueue(queue, waiter("first"));
 * enqueue(queue, waiter("second"));
 * shift(queue)?.wake(); // first
 * ```
 */
export function enqueue(queue: WaitQueue, node: WaiterNode): void {
  const first = queue.firstWaiter;
  node.waitsIn = queue;
  if (first) {
    const last = first.previousWaiter as WaiterNode;
    node.previousWaiter = last;
    node.nextWaiter = first;
    last.nextWaiter = first.previousWaiter = node;
  } else queue.firstWaiter = node.previousWaiter = node.nextWaiter = node;
}

/**
 * Takes `node` out, wherever it stands. False, and nothing done, if it is not in this queue.
 *
 * @example
 * ```ts
 * import { dequeue, enqueue, type WaiterNode, type WaitQueue } from "@skein/future";
 *
 * const waiter = (name: string): WaiterNode => ({
 *   waitsIn: null,
 *   previousWaiter: null,
 *   nextWaiter: null,
 *   wake: () => console.log(name),
 * });
 * const queue: WaitQueue = { firstWaiter: null };
 * const gaveUp = waiter("nobody");
 * enqueue(queue, gaveUp);
 * console.log(dequeue(queue, gaveUp), dequeue(queue, gaveUp)); // true false
 * ```
 */
export function dequeue(queue: WaitQueue, node: WaiterNode): boolean {
  if (node.waitsIn !== queue) return false;
  const next = node.nextWaiter as WaiterNode;
  if (next === node) queue.firstWaiter = null;
  else {
    const previous = node.previousWaiter as WaiterNode;
    previous.nextWaiter = next;
    next.previousWaiter = previous;
    if (queue.firstWaiter === node) queue.firstWaiter = next;
  }
  node.waitsIn = node.previousWaiter = node.nextWaiter = null;
  return true;
}

/**
 * Takes the first waiter out and gives it; the caller wakes it.
 *
 * @example
 * ```ts
 * import { enqueue, shift, type WaiterNode, type WaitQueue } from "@skein/future";
 *
 * const waiter = (name: string): WaiterNode => ({
 *   waitsIn: null,
 *   previousWaiter: null,
 *   nextWaiter: null,
 *   wake: () => console.log(name),
 * });
 * const queue: WaitQueue = { firstWaiter: null };
 * enqueue(queue, waiter("the only one"));
 * shift(queue)?.wake(); // the only one
 * console.log(shift(queue)); // null
 * ```
 */
export function shift(queue: WaitQueue): WaiterNode | null {
  const first = queue.firstWaiter;
  if (first !== null) dequeue(queue, first);
  return first;
}

/**
 * Takes all waiters out and wakes them, in order. One whose loop is closed is dropped, as `close()` drops what is
 * queued: who settles must not fail because of who waited. Anything else that a wake throws is a bug of the waiter's:
 * it is thrown once all have been served.
 *
 * @example
 * ```ts
 * import { enqueue, type WaiterNode, type WaitQueue, wakeAll } from "@skein/future";
 *
 * const waiter = (name: string): WaiterNode => ({
 *   waitsIn: null,
 *   previousWaiter: null,
 *   nextWaiter: null,
 *   wake: () => console.log(name),
 * });
 * const queue: WaitQueue = { firstWaiter: null };
 * enqueue(queue, waiter("first"));
 * enqueue(queue, waiter("second"));
 * wakeAll(queue); // first, second
 * ```
 */
export function wakeAll(queue: WaitQueue, value?: unknown): void {
  let errors: unknown[] | undefined;
  for (let node = shift(queue); node !== null; node = shift(queue)) {
    try {
      node.wake(value);
    } catch (error) {
      if (saysClosed(error)) continue;
      errors ??= [];
      errors.push(error);
    }
  }
  if (errors === undefined) return;
  throw errors.length === 1 ? errors[0] : new AggregateError(errors, "Several waiters failed");
}

/** True for what a closed loop throws. By its code and not its class: a scheduler of another make may be closed, too. */
export function saysClosed(error: unknown): boolean {
  return (error as { code?: unknown } | null | undefined)?.code === "LOOP_CLOSED";
}

/** Who waits in `queue` now, in order, as a list: the queue may change while it is walked. */
export function waitersOf(queue: WaitQueue): WaiterNode[] {
  const list: WaiterNode[] = [];
  for (let node = queue.firstWaiter; node && node !== list[0]; node = node.nextWaiter) list.push(node);
  return list;
}
