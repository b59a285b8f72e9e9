/**
 * In development: where a task waits that was told to end. A generator that stands at a wait is on no stack, but the
 * `throw` of what it waits for is called in its own.
 */
import { Waitable } from "@skein/future";
import { SwallowedCancelError } from "../errors.ts";
import type { Task } from "../task/task.ts";
import type { Trouble } from "./delivery.ts";

/** Insists upon `task` by `insist`, for `error`; the first time, reports where it has stood. */
export function insistAndReport(task: Task<unknown>, error: Error, insist: () => void): void {
  const { name, loop } = task;
  const trouble = task.trouble as Trouble;
  const every = Waitable.prototype;
  const plain = every.throw;
  if (!trouble.told) {
    every.throw = (thrown) => {
      every.throw = plain;
      trouble.told = true;
      const report = new SwallowedCancelError(name, "is asked again at each wait", false, error);
      loop.reportError(report, { what: "cancellation swallowed", name, scheduledAt: `${report.stack}` });
      throw thrown;
    };
  }
  insist();
  every.throw = plain;
}
