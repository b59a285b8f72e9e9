import type { CancelledError } from "./errors.ts";
import type { Future } from "./future.ts";
import { slotOf, statusOf } from "./internal.ts";
import { CANCELLED } from "./outcome.ts";
import { QueueNode } from "./queue-node.ts";

// One signal a future, so that asking a long-lived one for its signal a thousand times leaves one waiter in it. (F4)
const signals: WeakMap<Future<unknown>, AbortSignal> = new WeakMap();

/** The signal of `future`: aborted when it is cancelled, and never if it ends otherwise. */
export function signalOf(future: Future<unknown>): AbortSignal {
  let signal = signals.get(future);
  if (!signal) {
    const aborter = new Aborter(future);
    signal = aborter.controller.signal;
    signals.set(future, signal);
    if (statusOf(future) === CANCELLED) abort(aborter);
    else future.observe(aborter);
  }
  return signal;
}

/** What a signal gives as its reason: the one given to `cancel()`; without one, the CancelledError itself. */
export function reasonFor(error: CancelledError): unknown {
  return error.reason === undefined ? error : error.reason;
}

class Aborter extends QueueNode {
  readonly controller: AbortController = new AbortController();
  readonly name = "a signal";
  readonly silent = true;
  readonly future: Future<unknown>;

  constructor(future: Future<unknown>) {
    super();
    this.future = future;
  }
  wake(): void {
    if (statusOf(this.future) === CANCELLED) this.future.loop.callSoon(abort, this);
  }
}

function abort({ controller, future }: Aborter): void {
  controller.abort(reasonFor(slotOf(future) as CancelledError));
}
