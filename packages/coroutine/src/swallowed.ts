/**
 * In development: where a task goes on waiting that was told to end. A wait's stack is there only while the wait is made,
 * so it is taken then, of tasks that a cancellation concerns; the first insist shows it.
 */
import { bridge, type Request } from "@skein/future";
import { SwallowedCancelError } from "./errors.ts";
import type { Task } from "./task.ts";

let watching = false;

/** Does `step`, and notes the place of each wait that it makes: `bridge.request` is written in the stack of whoever waits. */
export function watchWaits(step: () => void): void {
  if (watching) {
    step();
    return;
  }
  let { request } = bridge;
  const shape = { configurable: true, enumerable: true };
  watching = true;
  Object.defineProperty(bridge, "request", {
    ...shape,
    get: () => request,
    set(next: Request | null) {
      request = next;
      const { trouble } = bridge.running as Task<unknown>;
      if (next !== null && trouble !== null) trouble.place = `${new Error().stack}`;
    },
  });
  try {
    step();
  } finally {
    watching = false;
    Object.defineProperty(bridge, "request", { ...shape, writable: true, value: request });
  }
}

/** `task` is insisted upon for `error`: reports it, if that is the first time. */
export function reportSwallowed(task: Task<unknown>, error: Error): void {
  const { name, loop, trouble } = task;
  if (trouble?.place === undefined || trouble.told) return;
  trouble.told = true;
  loop.reportError(new SwallowedCancelError(name, "is insisted upon at each wait from now on", false, error), {
    what: "cancellation swallowed",
    name,
    scheduledAt: trouble.place,
  });
}
