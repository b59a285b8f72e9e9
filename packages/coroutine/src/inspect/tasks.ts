import { TaskGroup } from "../group/group.ts";
import type { CancelScope } from "../scope/cancel-scope.ts";
import { pruneRoots, roots } from "../task/roots.ts";
import type { Task } from "../task/task.ts";

/** The scopes and groups that a task has open, from the outside in. */
export function blocksOf(task: Task<unknown>): CancelScope[] {
  const blocks: CancelScope[] = [];
  for (let scope = task.scope; scope !== task.base && scope !== null; scope = scope.parent) blocks.push(scope);
  return blocks.reverse();
}

/** The tasks that a block owns, in the order in which they were spawned. */
export function tasksIn(block: CancelScope): Task<unknown>[] {
  const tasks: Task<unknown>[] = [];
  if (block instanceof TaskGroup) {
    for (let child = block.firstChild; child !== null; child = child.nextSibling) tasks.push(child);
  }
  return tasks;
}

/**
 * Every task that has not ended: those that `run` started, each followed by what it owns.
 *
 * A two-way coroutine that was first stepped outside any task is owned by nobody and not among them.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { tasks } from "@skein/coroutine/inspect";
 *
 * const task = run(function* main() { yield* sleep(1); });
 * console.log(tasks().map((each) => each.name));
 * await task;
 * ```
 */
export function tasks(): Task<unknown>[] {
  pruneRoots();
  const found: Task<unknown>[] = [];
  const open = [...roots].reverse();
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    found.push(task);
    for (const child of blocksOf(task).flatMap(tasksIn).reverse()) open.push(child);
  }
  return found;
}
