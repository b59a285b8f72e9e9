/**
 * What `use` and `ensure` leave to be done when their block ends: last in, first out, each whatever became of the
 * others. It runs behind a barrier: a cancel from outside does not cut it off, until that cancel's budget is spent.
 */
import { isCancelled, type Wait } from "@skein/future";
import { withCause } from "../group/kept-errors.ts";
import type { Operation } from "../operation.ts";
import { isOperation } from "../task/body.ts";
import type { Task } from "../task/task.ts";
import { CancelScope } from "./cancel-scope.ts";
import { dueAsk, isAround, left } from "./delivery.ts";

/** What is left to be done, the last first; each is told the error that its block is left with. */
export type Cleanups = ((error: unknown) => Operation<unknown> | void)[];

/** What owns cleanups: the innermost scope or group, or the task where there is none. */
export type Block = Task<unknown> | CancelScope;

/** Runs the cleanups of a block of `task` that has ended so, then ends likewise; a cleanup's own error gets the block's as `cause`. */
export function* runCleanups<T>(
  task: Task<unknown>,
  block: Block,
  failed: boolean,
  value: unknown,
): Generator<Wait, T, unknown> {
  const why = failed ? value : cancelOf(task);
  const barrier = new CancelScope(task, task.scope, { name: "cleanup" }, "cleanup");
  task.scope = barrier;
  try {
    // What a cleanup itself uses is given back before the next one.
    const next = () => barrier.cleanups?.pop() ?? block.cleanups?.pop();
    for (let cleanup = next(); cleanup !== undefined; cleanup = next()) {
      try {
        const waits = cleanup(why);
        if (isOperation(waits)) yield* waits;
      } catch (error) {
        if (failed && isCancelled(error) && isAround(error.scope, barrier, task)) continue; // it was only insisted upon
        value = failed ? withCause(error, value) : error;
        failed = true;
      }
    }
    block.cleanups = null;
  } finally {
    close(barrier, task);
  }
  // What is still open around a root task that has ended is the group of its detached tasks: they end now.
  if (block === task) yield* endInside(task, task.base, `the run of ${task.describe()} has ended`);
  if (failed) throw value;
  return value as T;
}

/** The cancel that has reached `task` since its body ended, while the block waited for its children, say. */
const cancelOf = (task: Task<unknown>): unknown =>
  task.trouble === null ? undefined : dueAsk(task)?.cancellation?.error;

function bequeath(block: CancelScope, task: Task<unknown>): void {
  if (block.cleanups === null) return;
  task.cleanups = [...(task.cleanups ?? []), ...block.cleanups];
  block.cleanups = null;
}

/** Ends what is still open inside `end`: cancels it, and waits for what is in it. */
export function* endInside(task: Task<unknown>, end: CancelScope | null, reason: string): Operation<void> {
  for (let { scope } = task; scope !== end && scope !== null; scope = task.scope) {
    scope.cancel(reason);
    for (let join = scope.join(); join !== null; join = scope.join()) yield* join;
    close(scope, task);
  }
}

/** `task` is in it no more; what it owned and has not cleaned up is left to the task, which does it at its own end. */
export function close(scope: CancelScope, task: Task<unknown>): void {
  scope.leave();
  bequeath(scope, task);
  left(task, scope);
}
