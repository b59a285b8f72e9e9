import { MisuseError } from "@skein/future";
import type { Frame } from "./body.ts";
import type { Task } from "./task.ts";

const owners = new WeakMap<Frame, Task<unknown>>();

/**
 * In development: a generator is one run of its function, so it is for one task.
 *
 * @throws {MisuseError} If another task has it already.
 */
export function claim(frame: Frame, task: Task<unknown>): void {
  const owner = owners.get(frame);
  if (owner !== undefined) {
    throw new MisuseError(`Cannot run a generator in two tasks: ${owner.describe()} has it; give its function.`);
  }
  owners.set(frame, task);
}
