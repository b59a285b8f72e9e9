import { CancelledError, Future, MisuseError } from "@skein/future";
import type { Operation } from "../operation.ts";
import { runBlock } from "../scope/block.ts";
import { CancelScope } from "../scope/cancel-scope.ts";
import { requireFunction, requireOptions } from "../task/body.ts";
import { requireTask } from "../task/current.ts";
import type { Outcome } from "../task/join.ts";
import type { Task } from "../task/task.ts";
import { expectUse } from "../task/unused.ts";
import type { TaskGroup } from "./group.ts";
import { withCause } from "./kept-errors.ts";
import type { SpawnOptions } from "./spawn-options.ts";

export type StartOptions = Omit<SpawnOptions, "onError">;
type StartBody<T> = (started: (value: T) => void) => Operation<unknown>;

/**
 * `g.start()`. The task is in the group from the first, so that a cancel of the group reaches it; but who starts it
 * answers for it until it is ready: hears of its failure, and takes it along when cancelled.
 */
export function startIn<T>(group: TaskGroup, body: StartBody<T>, options: StartOptions = {}): Operation<T> {
  const what = `start a task in ${group.describe()}`;
  requireFunction(body, what);
  requireOptions(options, what);
  return expectUse(
    launch(group, body, { ...options, name: options.name ?? (body.name || undefined), onError: "owner" }),
  );
}

function* launch<T>(group: TaskGroup, body: StartBody<T>, options: SpawnOptions): Operation<T> {
  const { loop } = requireTask("g.start()");
  const over = Future.withResolvers<void>({ loop, name: `start of ${options.name ?? "a task"}` });
  let state: "starting" | "ready" | "given up" = "starting";
  let answer: T | undefined;
  let task: Task<unknown> | undefined;
  const started = (value: T): void => {
    if (state === "given up") return; // who asked was cancelled, and so is this task
    if (state === "ready")
      throw new MisuseError(`Cannot call started() again: ${task?.describe()} is ready; call it once.`);
    state = "ready";
    answer = value;
    task?.leaveToGroup();
    over.resolve();
  };
  task = group.spawn(() => body(started), options);
  if ((state as string) === "ready") task.leaveToGroup(); // said so before there was a task
  task.addDoneCallback(() => void over.resolve());
  let heard = false;
  try {
    yield* over.future;
    heard = true;
  } catch (error) {
    // Only a cancel comes here: `over` never fails. Ready already: it came before that, and the group has the task now.
    const mine = (state as string) !== "ready";
    state = "given up";
    task.cancel(error instanceof CancelledError ? error.reason : error);
    const end = yield* lastWait(task);
    throw mine && end.status === "rejected" ? withCause(end.reason, error) : error;
  } finally {
    if (!heard) task.cancel("nobody waits for it"); // iterated by hand, or ended by force
  }
  if ((state as string) === "ready") return answer as T;
  task.result(); // throws its own error
  throw new MisuseError(`Cannot start ${task.describe()}: it ended before it was ready; call started() in it.`);
}

/** The end of a cancelled task is sure to come, and no cancel cuts the wait for it short. */
function lastWait(task: Task<unknown>): Operation<Outcome<unknown>> {
  return runBlock(
    (waiting) => new CancelScope(waiting, waiting.scope, undefined, "shield"),
    () => task.join(),
    (_scope, _failed, error): never => {
      throw error;
    },
  );
}
