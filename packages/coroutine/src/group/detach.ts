import { currentScheduler } from "@skein/future";
import type { Body } from "../operation.ts";
import { iterate, requireFunction } from "../task/body.ts";
import { currentTask } from "../task/current.ts";
import { addRoot, roots, runs } from "../task/roots.ts";
import { Task } from "../task/task.ts";
import { turnOf } from "../task/turn.ts";
import { TaskGroup } from "./group.ts";

export interface DetachOptions {
  /** Where a failure goes. A throw of its own is reported by the loop. */
  readonly onError: (error: unknown) => void;
  readonly name?: string | undefined;
}

/**
 * Starts a task that no group waits for. It ends by itself, by `cancel()`, or when the `run` that it was detached in
 * has ended otherwise, which then cancels it and waits for it.
 *
 * @param options.onError Where its failure goes. Required: nobody else will hear of it.
 * @throws {TypeError} If `operation` is no operation, or `onError` no function.
 * @example
 * ```ts
 * import { detach, run, sleep } from "@skein/coroutine";
 *
 * await run(function* () {
 *   detach(function* audit() { yield* sleep(1); }, { onError: console.error });
 *   yield* sleep(5);
 * });
 * ```
 */
export function detach<T>(operation: Body<T>, options: DetachOptions): Task<T> {
  requireFunction(options?.onError, "detach a task", "onError");
  const frame = iterate(operation, "detach a task");
  const name = options.name ?? ((operation as { name?: string }).name || undefined);
  const current = currentTask();
  const group = current === undefined ? null : detachedGroup(current);
  const task = new Task<T>(current?.loop ?? currentScheduler(), name, group, frame, true);
  if (group === null) addRoot(task as Task<unknown>);
  task.addDoneCallback(() => {
    roots.delete(task as Task<unknown>);
    const { outcome } = task;
    if (outcome?.status === "rejected") options.onError(outcome.reason);
  });
  task.loop.callSoon(turnOf(task as Task<unknown>), task as Task<unknown>);
  return task;
}

const groups = new WeakSet<object>();

/** The group of the detached tasks of a run: made by the first, as the outermost scope of the root task; null outside any run. */
function detachedGroup(task: Task<unknown>): TaskGroup | null {
  let root = task;
  while (root.base !== null) root = root.base.owner;
  let outermost = root.scope;
  if (outermost === null || !runs.has(root)) return null;
  while (outermost.parent !== null) outermost = outermost.parent;
  if (groups.has(outermost)) return outermost as TaskGroup;
  const group = new TaskGroup(root, null, { name: `detached in ${root.name}` });
  groups.add(group);
  outermost.parent = group;
  return group;
}
