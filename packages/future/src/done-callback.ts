import type { Future } from "./future.ts";
import { QueueNode } from "./queue-node.ts";
import { dequeue, type WaitQueue, waitersOf } from "./wait-queue.ts";

/** One registration of `addDoneCallback`, waiting in its future's queue. */
export class DoneCallback extends QueueNode {
  readonly future: Future<unknown>;
  /** What was given, to be found by, and what is called: that, in the context in which it was given. */
  readonly callback: (future: Future<never>) => void;
  readonly bound: (future: Future<never>) => void;

  constructor(future: Future<unknown>, callback: (future: Future<never>) => void) {
    super();
    this.future = future;
    this.callback = callback;
    this.bound = future.loop.bind?.(callback) ?? callback;
  }
  get name(): string {
    const { name } = this.callback; // a class may have a static one of any type
    return (typeof name === "string" && name) || "a callback";
  }
  wake(): void {
    this.future.loop.callSoon(runCallback, this);
  }
}

function runCallback(node: DoneCallback): void {
  const { bound, future } = node;
  try {
    bound(future as Future<never>);
  } catch (error) {
    future.loop.reportError(error, { what: "done callback", name: future.name, callback: node.name });
  }
}

/** Takes every registration of `callback` out of `queue` and says how many there were. */
export function removeCallbacks(queue: WaitQueue, callback: (future: Future<never>) => void): number {
  let removed = 0;
  for (const node of waitersOf(queue)) {
    if (node instanceof DoneCallback && node.callback === callback && dequeue(queue, node)) removed++;
  }
  return removed;
}
