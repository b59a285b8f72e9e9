/*
 * One listener for each AbortSignal, however many wait for it: adding and removing are O(1), and a signal that outlives
 * a thousand requests holds none of them (F4). (Node also warns of a leak from the eleventh listener on.)
 */
import { isSignal, wrong } from "./options.ts";
import { QueueNode } from "./queue-node.ts";
import { dequeue, enqueue, type WaitQueue, wakeAll } from "./wait-queue.ts";

interface Fan extends WaitQueue {
  handleEvent(): void;
}

const fans: WeakMap<AbortSignal, Fan> = new WeakMap();

/**
 * For the layers above: has `target` cancelled when `signal` is aborted, in the stack of the abort and with its
 * `reason`; those that follow one signal, in the order in which they began to. If it is aborted already, `target` is
 * cancelled before this returns.
 *
 * All that follow a signal share one listener on it. What `target.cancel` throws does not keep the others from being
 * cancelled; it comes out of the abort as what a listener throws, unless it says only that a loop is closed.
 *
 * @returns Ends the following, in O(1): to be called when `target` has ended, or the signal would keep it. Once the
 *   signal was aborted, or called a second time, it does nothing.
 * @throws {TypeError} If `signal` is no AbortSignal, or `target` has no `cancel`.
 * @throws What `target.cancel` throws when `signal` is aborted already.
 * @example
 * ```ts
 * import { follow, Future } from "@skein/future";
 *
 * const request = new AbortController();
 * const { future } = Future.withResolvers<string>();
 * const unfollow = follow(request.signal, future);
 * future.addDoneCallback(unfollow);
 * request.abort("gone");
 * console.log(future.state); // "cancelled"
 * ```
 */
export function follow(signal: AbortSignal, target: { cancel(reason?: unknown): unknown }): () => void {
  if (!isSignal(signal)) throw wrong("follow", "signal", signal, "an AbortSignal");
  if (typeof target?.cancel !== "function") throw wrong("follow", "target.cancel", target?.cancel, "a function");
  return leash(signal, target);
}

/** As `follow`, with what was checked. */
export function leash(signal: AbortSignal, target: { cancel(reason?: unknown): unknown }): () => void {
  if (signal.aborted) {
    target.cancel(signal.reason);
    return () => {};
  }
  const leash = new Leash(signal, target);
  return () => leash.release();
}

class Leash extends QueueNode {
  readonly #signal: AbortSignal;
  readonly #target: { cancel(reason?: unknown): unknown };

  constructor(signal: AbortSignal, target: { cancel(reason?: unknown): unknown }) {
    super();
    this.#signal = signal;
    this.#target = target;
    let fan = fans.get(signal);
    if (!fan) {
      fan = {
        firstWaiter: null,
        handleEvent(): void {
          wakeAll(this);
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
