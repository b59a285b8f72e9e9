import { currentScheduler, follow, isCancelled, type Scheduler, type Wait, type WaiterNode } from "@skein/future";
import { checkpoint } from "./checkpoint.ts";
import { runGroup, type TaskGroup } from "./group/group.ts";
import type { Operation } from "./operation.ts";
import { isSignal, requireFunction, requireOptions, wrong } from "./task/body.ts";
import { currentTask } from "./task/current.ts";
import { addRoot, roots, runs } from "./task/roots.ts";
import { Task } from "./task/task.ts";
import { turnOf } from "./task/turn.ts";

export interface RunOptions {
  /** The loop to run on. By default the one that is running, else the process's. */
  readonly loop?: Scheduler | undefined;
  /** Cancels the task, with the signal's reason, when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Shown in dumps and errors. By default the name of `main`. */
  readonly name?: string | undefined;
}

/**
 * Starts a program: `main` with the group that its tasks are in. The way in from async code; it nests.
 *
 * @returns the task. It ends when `main` and everything spawned in `root` have; await it, or cancel it.
 * @throws {TypeError} If `main` is no function. The task rejects with main's own error, or with a GroupError if
 * there is any other, and with CancelledError if it was cancelled.
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 *
 * const answer = await run(function* (root) {
 *   const child = root.spawn(function* child() { yield* sleep(1); return 41; });
 *   return 1 + (yield* child);
 * });
 * console.log(answer);
 * ```
 */
export function run<T>(main: (root: TaskGroup) => Operation<T>, options: RunOptions = {}): Task<T> {
  requireFunction(main, "run");
  requireOptions(options, "run");
  const { loop = currentScheduler(), signal } = options;
  const name = options.name ?? (main.name || undefined);
  if (signal !== undefined && !isSignal(signal)) throw wrong("run", "signal", signal, "an AbortSignal");
  const task = new Task<T>(loop, name, null, rootBody(main, name), false);
  task.loop.callSoon(turnOf(task as Task<unknown>), task as Task<unknown>); // throws if the loop is closed
  addRoot(task as Task<unknown>);
  runs.add(task as Task<unknown>);
  // One listener a signal, however many runs follow it, and gone with the last: a signal may outlive a thousand of them.
  if (signal !== undefined) task.observe(new EndHook(follow(signal, task)));
  task.observe(new EndHook(() => roots.delete(task as Task<unknown>)));
  return task;
}

/** Runs as soon as a task has settled, without being a listener to its failure. */
class EndHook implements WaiterNode {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  readonly silent: true = true;
  readonly wake: () => void;
  constructor(wake: () => void) {
    this.wake = wake;
  }
}

/** @internal The frame of a whole run. */
export function* rootBody<T>(
  main: (root: TaskGroup) => Operation<T>,
  name: string | undefined,
): Generator<Wait, T, unknown> {
  let rootGroup: TaskGroup | undefined;
  const body = (root: TaskGroup): Operation<T> => {
    rootGroup = root;
    return main(root);
  };
  const operation = runGroup(body, { name: name ?? "main" }, "bare");
  try {
    return yield* operation;
  } catch (error) {
    // `root.cancel()` is the end of the program, and no failure of it.
    if (isCancelled(error) && error.scope === rootGroup) {
      currentTask()?.cancel(error.reason);
      yield* checkpoint();
    }
    throw error;
  }
}
