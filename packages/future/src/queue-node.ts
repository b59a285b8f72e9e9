import type { WaiterNode } from "./awaitable.ts";

/** What every waiter of this package is: a place in a queue. A task has these fields itself. */
export abstract class QueueNode implements WaiterNode {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  abstract wake(value?: unknown): void;
}
