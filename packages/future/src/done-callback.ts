import type { Future } from "./future.ts";
import { QueueNode } from "./queue-node.ts";
import { dequeue, waitersOf } from "./wait-queue.ts";

type Callback = (future: Future<never>) => void;

/**
 * Who waits for one future, by callback: so that to take a callback back costs no look at all the others (F4). Made by the
 * first `removeDoneCallback`, as most futures see none, and gone when the future settles.
 */
export type CallbackIndex = Map<Callback, DoneCallback[]>;

/** One registration of `addDoneCallback`, waiting in its future's queue. */
export class DoneCallback extends QueueNode {
  readonly future: Future<unknown>;
  readonly callback: Callback;
  /** Calls it, and reports what it throws, in the context in which it was given. */
  readonly run: (node: DoneCallback) => void;

  constructor(future: Future<unknown>, callback: Callback) {
    super();
    this.future = future;
    this.callback = callback;
    this.run = future.loop.bind?.(runCallback) ?? runCallback;
    const index = future["callbacks"];
    if (index) note(index, this);
  }
  get name(): string {
    const { name } = this.callback; // a class may have a static one of any type
    return (typeof name === "string" && name) || "a callback";
  }
  wake(): void {
    const { future } = this;
    if (future["callbacks"]) future["callbacks"] = undefined;
    future.loop.callSoon(this.run, this);
  }
}

function runCallback(node: DoneCallback): void {
  const { callback, future } = node;
  try {
    callback(future as Future<never>);
  } catch (error) {
    future.loop.reportError(error, { what: "done callback", name: future.name, callback: node.name });
  }
}

function note(index: CallbackIndex, node: DoneCallback): void {
  const same = index.get(node.callback) ?? [];
  index.set(node.callback, same);
  same.push(node);
}

/** Takes every registration of `callback` with `future` out and says how many there were. */
export function removeCallbacks(future: Future<unknown>, callback: Callback): number {
  if (!future.firstWaiter) return 0;
  let index = future["callbacks"];
  if (!index) {
    index = future["callbacks"] = new Map();
    for (const node of waitersOf(future)) if (node instanceof DoneCallback) note(index, node);
  }
  const found = index.get(callback) ?? [];
  index.delete(callback);
  for (const node of found) dequeue(future, node);
  return found.length;
}
