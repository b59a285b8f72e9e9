/** Who waits for whom, as far as that is known: a lock knows its owner, a group its children. */
import type { Request, Scheduler } from "@skein/future";
import { TaskGroup } from "../group/group.ts";
import { tasks, tasksIn } from "../inspect/tasks.ts";
import { Attempt } from "../sync/attempt.ts";
import { Lock } from "../sync/lock.ts";
import { SUSPENDED } from "../task/stage.ts";
import { Task } from "../task/task.ts";
import type { BlockedTask } from "./test-errors.ts";

/** The tasks of one loop that have not ended. */
export const livingOn = (loop: Scheduler): Task<unknown>[] => tasks().filter((task) => task.loop === loop);

/** Each of them that waits, and for what. */
export function blockedAmong(living: readonly Task<unknown>[]): BlockedTask[] {
  return living.flatMap((task) => {
    const idle = task.stage === SUSPENDED ? "being asked for its next item" : undefined;
    const waitingFor = task.request?.describe() ?? idle;
    return waitingFor === undefined ? [] : [{ name: task.name, waitingFor }];
  });
}

/** A circle of tasks of which each waits for the next; the first that is found. */
export function cycleAmong(living: readonly Task<unknown>[]): Task<unknown>[] | undefined {
  const over = new Set<Task<unknown>>();
  for (const start of living) {
    // A walk in depth without recursion: `path` is how the walk came here, `open` what is still to be tried at each step.
    const path: Task<unknown>[] = [];
    const open: Task<unknown>[][] = [[start]];
    while (open.length > 0) {
      const next = open.at(-1)?.pop();
      if (next === undefined) {
        open.pop();
        const left = path.pop();
        if (left !== undefined) over.add(left);
        continue;
      }
      const seen = path.indexOf(next);
      if (seen >= 0) return path.slice(seen);
      if (over.has(next)) continue;
      path.push(next);
      open.push(waitedForBy(next).reverse()); // taken from the end
    }
  }
  return undefined;
}

function waitedForBy(task: Task<unknown>): Task<unknown>[] {
  const { request } = task;
  const waitedFor = request === null ? [] : tasksBehind(request);
  return waitedFor.filter((other): other is Task<unknown> => other instanceof Task && other.phase !== "ended");
}

function tasksBehind(request: Request): unknown[] {
  if (request instanceof TaskGroup) return tasksIn(request);
  if (!(request instanceof Attempt)) return [request]; // a task that is joined is waited for as itself
  const target = request["target"];
  return target instanceof Lock ? [target.keeper.task] : []; // semaphores and events do not know whom to wait for
}
