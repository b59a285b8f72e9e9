/**
 * In development: where a task goes on waiting that was told to end. A wait's stack is there only while the wait is made,
 * so it is taken then, of tasks that a cancellation concerns; the first insist shows it.
 */
import { bridge, type Request } from "@skein/future";
import { SwallowedCancelError } from "./errors.ts";
import type { Task } from "./task.ts";

/** Where a task has made its last wait. */
const places = new WeakMap<Task<unknown>, string>();
/** Tasks that were told of, each once for the ask that it has not heeded. */
const told = new WeakMap<Task<unknown>, unknown>();
let watching = false;

/** Does `step`, and notes the place of each wait that it makes: `bridge.request` is written in the stack of whoever waits. */
export function watchWaits(step: () => void): void {
  if (watching) {
    step();
    return;
  }
  let request: Request | null = bridge.request;
  watching = true;
  Object.defineProperty(bridge, "request", {
    configurable: true,
    enumerable: true,
    get: () => request,
    set(next: Request | null) {
      request = next;
      if (next !== null) places.set(bridge.running as Task<unknown>, new Error().stack ?? "");
    },
  });
  try {
    step();
  } finally {
    watching = false;
    Object.defineProperty(bridge, "request", { configurable: true, enumerable: true, writable: true, value: request });
  }
}

/** `task` is insisted upon for `error`: reports it, if that is the first time. */
export function reportSwallowed(task: Task<unknown>, error: Error): void {
  if (told.get(task) === error) return;
  told.set(task, error);
  const report = new SwallowedCancelError(task.name, "is insisted upon at each wait from now on", false, error);
  const place = places.get(task);
  // The frames of the setter, and of what waits: a stack that begins where the program waits reads as the program does.
  if (place !== undefined) report.stack = `${report.name}: ${report.message}\n${place.split("\n").slice(2).join("\n")}`;
  task.loop.reportError(report, { what: "cancellation swallowed", name: task.name });
}
