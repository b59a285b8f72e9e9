import { stepTask } from "./observer.ts";
import type { Task } from "./task.ts";

/** Of tasks whose loop carries a context: their next step, in the context that the last one left. */
const turns = new WeakMap<Task<unknown>, (task: Task<unknown>) => void>();

/** Steps a task, and keeps what it has made of its context meanwhile. */
function stepAndKeep(task: Task<unknown>): void {
  stepTask(task);
  turns.set(task, bound(task));
}

const bound = (task: Task<unknown>): ((task: Task<unknown>) => void) => task.loop.bind?.(stepAndKeep) ?? stepTask;

/**
 * What steps a task in its turn. On a loop that carries a context, a task inherits that of where it is spawned, and keeps
 * its own over its waits: whoever wakes it has another. (Elsewhere this is one look at the loop.)
 */
export function turnOf(task: Task<unknown>): (task: Task<unknown>) => void {
  return task.loop.bind === undefined ? stepTask : (turns.get(task) ?? bound(task));
}

/** Has the loop step `task`. On a loop that is closed nothing runs any more, and whoever wakes the task is not to blame. */
export function post(task: Task<unknown>): void {
  try {
    task.loop.callSoon(turnOf(task), task);
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== "LOOP_CLOSED") throw error;
  }
}
