import { bridge, MisuseError } from "@skein/future";
import type { CancelScope } from "../scope/cancel-scope.ts";
import { Task } from "./task.ts";

/**
 * The task whose code is running right now; undefined outside any task.
 *
 * @example
 * ```ts
 * import { currentTask, run } from "@skein/coroutine";
 *
 * console.log(currentTask()); // undefined
 * await run(
 *   function* () {
 *     console.log(currentTask()?.name); // baker
 *   },
 *   { name: "baker" },
 * );
 * ```
 */
export function currentTask(): Task<unknown> | undefined {
  return bridge.running instanceof Task ? bridge.running : undefined;
}

/** The running task, for what makes no sense without one. @throws {MisuseError} Outside any task. */
export function requireTask(what: string): Task<unknown> {
  const task = currentTask();
  if (task === undefined) {
    throw new MisuseError(`Cannot use ${what} here: no task is running; use it in one, by \`yield*\` or \`run\`.`);
  }
  return task;
}

/**
 * The innermost scope or group around the running task's next statement; undefined outside any.
 *
 * @example
 * ```ts
 * import { currentScope, run, scope } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* scope(
 *     function* () {
 *       console.log(currentScope()?.name); // upload
 *     },
 *     { name: "upload" },
 *   );
 * });
 * ```
 */
export function currentScope(): CancelScope | undefined {
  return currentTask()?.scope ?? undefined;
}
