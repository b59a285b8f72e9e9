import { PAUSE, parkOn, type Request, ready, takeResumed, type Wait, Waitable, type Waiter } from "@skein/future";
import type { Operation } from "./operation.ts";
import { expectEachUse } from "./task/unused.ts";

const DONE: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });

/** Stateless, so one serves all: parks and is woken at once. */
class Checkpoint extends Waitable<void> implements Request {
  next(): IteratorResult<Wait, void> {
    return takeResumed() ? DONE : parkOn(this);
  }
  park(waiter: Waiter): void {
    waiter.wake();
  }
  unpark(): void {}
  describe(): string {
    return "its next turn";
  }
}
const CHECKPOINT = new Checkpoint();

/** A ready answer: sees whether the task was cancelled, and lets others have a turn now and then. For what may end without a wait. */
class Look extends Waitable<void> {
  next(): IteratorResult<Wait, void> {
    return takeResumed() || ready() ? DONE : parkOn(PAUSE);
  }
}
export const LOOK: Operation<void> = /* @__PURE__ */ new Look();

/**
 * Lets every other ready task have its turn, and sees whether this one was cancelled. For long computations.
 *
 * @throws {CancelledError} If the task was cancelled.
 * @example
 * ```ts
 * import { checkpoint, run } from "@skein/coroutine";
 *
 * const sum = await run(function* () {
 *   let sum = 0;
 *   for (let i = 0; i < 1_000; i++) {
 *     sum += i;
 *     if (i % 100 === 0) yield* checkpoint();
 *   }
 *   return sum;
 * });
 * console.log(sum);
 * ```
 */
export function checkpoint(): Operation<void> {
  return expectEachUse(CHECKPOINT);
}
