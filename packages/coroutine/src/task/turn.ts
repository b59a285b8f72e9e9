import { stepTask } from "./observer.ts";
import type { Task } from "./task.ts";

/** Of tasks whose loop carries a context: does what it is given in the one that the task's last step left. */
const insides = new WeakMap<Task<unknown>, (work: () => void) => void>();
const doIt = (work: () => void): void => work();

function capture(task: Task<unknown>): (work: () => void) => void {
  const inside = task.loop.bind?.(doIt) ?? doIt;
  insides.set(task, inside);
  return inside;
}

/**
 * Steps a task by `step` in its own context, and keeps what that has made of it. A task inherits the context of where it
 * is spawned, and keeps its own over its waits: whoever wakes it has another, and so has who asks a producer.
 */
export function stepInContext(task: Task<unknown>, step: (task: Task<unknown>) => void = stepTask): void {
  const inside = insides.get(task) ?? capture(task);
  inside(() => {
    step(task);
    capture(task);
  });
}

const takeTurn = (task: Task<unknown>): void => stepInContext(task);

/** What steps a task in its turn. (On a loop without a context this is one look at the loop.) */
export function turnOf(task: Task<unknown>): (task: Task<unknown>) => void {
  if (task.loop.bind === undefined) return stepTask;
  if (!insides.has(task)) capture(task);
  return takeTurn;
}

/** Has the loop step `task`. On a loop that is closed nothing runs any more, and whoever wakes the task is not to blame. */
export function post(task: Task<unknown>): void {
  try {
    task.loop.callSoon(turnOf(task), task);
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== "LOOP_CLOSED") throw error;
  }
}
