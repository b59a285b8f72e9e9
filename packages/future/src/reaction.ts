/*
 * One call of `then`: it waits in the queue of the future it was called on, and settles the one it returned. Two
 * objects instead of one, so that `then` itself can stay in `Future` and its machinery here.
 */
import type { CancelledError } from "./errors.ts";
import type { Future } from "./future.ts";
import { cancelWith, reject, resolveWith, settleLike, slotOf, statusOf } from "./internal.ts";
import { CANCELLED, FULFILLED, PENDING } from "./outcome.ts";
import { QueueNode } from "./queue-node.ts";
import { dequeue, type WaitQueue } from "./wait-queue.ts";

/** A `then` callback, or whatever the caller gave in its place: what is no function is passed over. */
type Handler = ((answer: never) => unknown) | null | undefined;

/** Told when the future whose slot holds it is cancelled, after the state has changed. */
export interface CancelHook {
  cancelled(error: CancelledError): void;
}

export class Reaction extends QueueNode implements CancelHook {
  readonly target: Future<unknown>;
  readonly onFulfilled: Handler;
  readonly onRejected: Handler;
  source: Future<unknown> | null = null;

  /** Without handlers, `target` becomes what the source has become, cancelled included. */
  constructor(target: Future<unknown>, onFulfilled?: Handler, onRejected?: Handler) {
    super();
    this.target = target;
    this.onFulfilled = bound(target, onFulfilled);
    this.onRejected = bound(target, onRejected);
  }
  get name(): string {
    return this.target.name;
  }
  wake(source: Future<unknown>): void {
    this.source = source;
    this.target.loop.callSoon(react, this);
  }
  /** The target was cancelled: nobody wants the answer any more, and the source keeps no trace. (F4, F5) */
  cancelled(): void {
    if (this.waitsIn !== null) dequeue(this.waitsIn as WaitQueue, this);
  }
}

/** The handler, in the context in which it was given. */
function bound({ loop }: Future<unknown>, handler: Handler): Handler {
  return (typeof handler === "function" && loop.bind?.(handler)) || handler;
}

function react(reaction: Reaction): void {
  const { target } = reaction;
  const source = reaction.source as Future<unknown>;
  if (statusOf(target) !== PENDING) return; // cancelled on the way here
  const status = statusOf(source);
  const handler = status === FULFILLED ? reaction.onFulfilled : reaction.onRejected;
  if (typeof handler !== "function") {
    settleLike(target, source);
    return;
  }
  const given = slotOf(source);
  try {
    resolveWith(target, handler(given as never));
  } catch (error) {
    // A handler that throws the cancellation it was given passes on that it was one.
    if (status === CANCELLED && error === given) cancelWith(target, error as CancelledError);
    else reject(target, error);
  }
}
