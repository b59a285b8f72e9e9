import { type CancelledError, isCancelled } from "@skein/future";
import { currentTask } from "../task/current.ts";
import { around, isAround } from "./delivery.ts";

/**
 * True for a cancel of the running task itself: a CancelledError whose scope lies around what the task does now. That of
 * a future or task of somebody else's is an error like any other. Where no task runs, any scope counts as around.
 *
 * @example
 * ```ts
 * import { Future, isOwnCancel, run } from "@skein/coroutine";
 *
 * const { future } = Future.withResolvers<void>();
 * future.cancel("not needed");
 * await run(function* () {
 *   try {
 *     yield* future;
 *   } catch (error) {
 *     console.log(isOwnCancel(error)); // false: the future was cancelled, and not this task
 *   }
 * });
 * ```
 */
export function isOwnCancel(error: unknown): error is CancelledError {
  if (!isCancelled(error) || error.scope === undefined) return false;
  const task = currentTask();
  return task === undefined || isAround(error.scope, around(task, task.scope), task);
}
