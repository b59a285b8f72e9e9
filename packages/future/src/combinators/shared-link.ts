/*
 * A native promise has no way to stop listening to it: what `then` has put there stays until it settles. So all who
 * combine one promise share one reaction on it, which serves a queue that they can leave: a promise that outlives a
 * hundred thousand races holds as much as after the first. (F4)
 *
 * Only for promises that are sure to be plain ones. The `then` of anything else may do work each time it is called, as a
 * query that is sent by it, and is called by each who waits.
 */
import type { Hold } from "@skein/loop";
import type { Future } from "../future.ts";
import { fulfil, reject } from "../internal.ts";
import { saysAborted } from "../link.ts";
import { QueueNode } from "../queue-node.ts";
import { dequeue, enqueue, type WaitQueue, wakeAll } from "../wait-queue.ts";

/** What waits for one promise, from the first who asks until it settles. */
interface Follower extends WaitQueue {
  settle: (future: Future<unknown>, answer: unknown) => boolean;
  answer: unknown;
  /** The first who left and did not take over the errors: a rejection that finds nobody waiting is told in its name. */
  gone: Future<unknown> | undefined;
}

const followers: WeakMap<Promise<unknown>, Follower> = new WeakMap();

/** True for a promise whose `then`, which was read, is the platform's, and so does nothing but listen. */
export function isPlainPromise(value: unknown, then: unknown): value is Promise<unknown> {
  return value instanceof Promise && then === Promise.prototype.then && value.constructor === Promise;
}

/** Has a future settle as a plain promise does. */
export class SharedLink extends QueueNode {
  readonly #target: Future<unknown>;
  readonly #hold: Hold;

  constructor(target: Future<unknown>, promise: Promise<unknown>) {
    super();
    this.#target = target;
    this.#hold = target.loop.hold(target.describe());
    enqueue(followerOf(promise), this);
  }

  wake({ settle, answer }: Follower): void {
    this.#hold.release();
    settle(this.#target, answer);
  }

  /**
   * Stops waiting, if it still does: the target stays as it is. `quiet` says that the caller takes over the promise's
   * error: a late one is dropped, not reported. (F7)
   */
  leave(quiet: boolean): void {
    const follower = this.waitsIn as Follower | null;
    if (follower === null) return;
    dequeue(follower, this);
    this.#hold.release();
    if (!quiet) follower.gone ??= this.#target;
  }
}

function followerOf(promise: Promise<unknown>): Follower {
  const known = followers.get(promise);
  if (known) return known;
  const follower: Follower = { firstWaiter: null, settle: fulfil, answer: undefined, gone: undefined };
  followers.set(promise, follower);
  const settled = (settle: Follower["settle"], answer: unknown): void => {
    followers.delete(promise); // a promise that has settled keeps no reactions: who comes now adds one as the first did
    follower.settle = settle;
    follower.answer = answer;
    wakeAll(follower, follower);
  };
  promise.then(
    (value) => settled(fulfil, value),
    (error) => {
      const { gone, firstWaiter } = follower;
      settled(reject, error);
      if (firstWaiter || !gone || saysAborted(error)) return;
      gone.loop.reportError(error, { what: "late rejection", name: gone.name });
    },
  );
  return follower;
}
