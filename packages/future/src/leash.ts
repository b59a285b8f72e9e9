/*
 * One listener for each AbortSignal, however many wait for it: adding and removing are O(1), and a signal that outlives
 * a thousand requests holds none of them (F4). (Node also warns of a leak from the eleventh listener on.)
 */
import type { Future } from "./future.ts";
import { QueueNode } from "./queue-node.ts";
import { dequeue, enqueue, shift, type WaitQueue } from "./wait-queue.ts";

interface Fan extends WaitQueue {
  handleEvent(): void;
}

const fans: WeakMap<AbortSignal, Fan> = new WeakMap();

/** Has `target` cancelled, in the stack of the abort and with its reason, when `signal` is aborted. */
export class Leash extends QueueNode {
  readonly #signal: AbortSignal;
  readonly #target: Future<unknown>;

  constructor(signal: AbortSignal, target: Future<unknown>) {
    super();
    this.#signal = signal;
    this.#target = target;
    let fan = fans.get(signal);
    if (fan === undefined) {
      fan = {
        firstWaiter: null,
        handleEvent(): void {
          for (let node = shift(this); node !== null; node = shift(this)) node.wake();
        },
      };
      fans.set(signal, fan);
    }
    if (fan.firstWaiter === null) signal.addEventListener("abort", fan, { once: true });
    enqueue(fan, this);
  }

  wake(): void {
    this.#target.cancel(this.#signal.reason);
  }

  /** Lets go, if it still holds; the last one takes the listener with it. */
  release(): void {
    const fan = this.waitsIn as Fan | null;
    if (fan === null) return;
    dequeue(fan, this);
    if (fan.firstWaiter === null) this.#signal.removeEventListener("abort", fan);
  }
}
