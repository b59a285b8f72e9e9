/**
 * Who is reached by a cancel, and what is due to be thrown. *Ask, insist, end* of design and `operation.ts`:
 *
 * A task looks outwards along its scopes: its own, then the group it is in, then the scopes of the task that opened
 * that group, and so on. The outermost cancelled scope in sight is the one whose error is thrown.
 *
 *     ask     the view ends at a shield, and at a scope opened to clean up. Once per task and scope: while an ask is
 *             in flight (until its scope is left) the task stands at its *level* and sees nothing.
 *     insist  the view ends at a shield only, and counts once some cancelled scope in it has spent its budget. The
 *             first throw for a scope further out than the one that was asked for is the ask for that.
 *
 * A task that no cancel concerns has `trouble === null` and never comes here: that is the hot path's one test.
 */
import { bridge } from "@skein/future";
import type { Task } from "../task/task.ts";
import type { CancelScope } from "./cancel-scope.ts";

/** A cancellation that was thrown into a task and whose scope it has not left yet. */
export interface Ask {
  readonly scope: CancelScope;
  /** The innermost scope that was open when it was thrown; scopes opened directly in it from then on are cleanup. */
  level: CancelScope | null;
  /** The ask for a scope further out that was in flight before: asks nest. */
  readonly outer: Ask | null;
}

/** A task's part in cancellations; allocated by the first that concerns it. */
export interface Trouble {
  ask: Ask | null;
  /** Throws that were ignored since the ask was, in this frame or in one that it called. */
  insisted: number;
  /** In development: whether it was reported that it still waits. */
  told?: boolean;
}

/** Where the ask in flight was thrown; undefined if none is. */
export function askLevel(task: Task<unknown>): CancelScope | null | undefined {
  return task.trouble?.ask?.level;
}

/** The scope whose cancellation is due to be thrown into `task` as an ask. */
export function dueAsk(task: Task<unknown>): CancelScope | null {
  return askLevel(task) === task.scope ? null : outermost(task, task.scope, true);
}

/** The scope whose cancellation is due to be thrown into `task` again. */
export function dueInsist(task: Task<unknown>, from: CancelScope | null = task.scope): CancelScope | null {
  return outermost(task, from, false);
}

/** True if a cancelled scope lies around what `task` does, as far as the next shield. */
export function isReached(task: Task<unknown>): boolean {
  let scope = around(task, task.scope);
  while (scope !== null && scope.cancellation === null) scope = scope.shielded ? null : outside(scope);
  return scope !== null;
}

/** True if an ask for `scope` is in flight. */
export function wasAsked(task: Task<unknown>, scope: CancelScope): boolean {
  let ask = task.trouble?.ask;
  while (ask && ask.scope !== scope) ask = ask.outer;
  return !!ask;
}

/** True if the next wait of `task` has to throw. */
export function isDue(task: Task<unknown>): boolean {
  return task.trouble !== null && (dueAsk(task) ?? dueInsist(task)) !== null;
}

/** The outermost cancelled scope that reaches `scope` itself, by an ask or by insisting. */
export function reachesFrom(scope: CancelScope): CancelScope | null {
  return outermost(scope.owner, scope, true) ?? dueInsist(scope.owner, scope);
}

function outermost(task: Task<unknown>, innermost: CancelScope | null, asking: boolean): CancelScope | null {
  let found: CancelScope | null = null;
  let overdue = asking;
  const nowMs = asking ? 0 : task.loop.now();
  for (let scope = around(task, innermost); scope !== null; scope = outside(scope)) {
    const { cancellation } = scope;
    if (cancellation !== null) {
      found = scope;
      overdue ||= cancellation.overdueMs <= nowMs;
    }
    if (scope.shielded || (asking && scope.cleanup)) break;
  }
  return overdue ? found : null;
}

/** The innermost scope around what `task` does in `scope`: the group that a task is in lies outside its own scope. */
export function around(task: Task<unknown>, scope: CancelScope | null): CancelScope | null {
  return scope === task.base ? (task.own ?? scope) : scope;
}

/** The next scope outwards: of the same task, its own, then of the group that it is in, and so on. */
export function outside(scope: CancelScope): CancelScope | null {
  const { owner, parent } = scope;
  return scope === owner.own ? parent : around(owner, parent);
}

/** True if `scope` is open around the whole of `task`, which has left its own, so that its cancellation may end the task as cancelled. */
export function encloses(scope: unknown, task: Task<unknown>): boolean {
  return isAround(scope, around(task, task.base), task);
}

/** True if `scope` is `inner`, the innermost that is left of `task`, or open around it. */
export function isAround(scope: unknown, inner: CancelScope | null, task: Task<unknown>): boolean {
  if (scope !== undefined && task.trouble?.ask?.scope === scope) return true; // mostly: the way outwards may be long
  let outer = inner;
  while (outer !== null && outer !== scope) outer = outside(outer);
  return outer !== null;
}

/** Wakes whatever `cancelled` reaches and is due now: outer tasks first, siblings in the order they were spawned. */
export function reach(cancelled: CancelScope): void {
  const tasks: Task<unknown>[] = [cancelled.owner];
  for (let i = 0; i < tasks.length; i++) {
    const task = tasks[i] as Task<unknown>;
    task.trouble ??= { ask: null, insisted: 0 };
    if (bridge.running === task) bridge.fuel = 0; // its next ready answer has to look
    const end = i === 0 && cancelled !== task.own ? cancelled.parent : task.base;
    for (let scope = task.scope; scope !== end && scope !== null; scope = scope.parent) {
      scope.reached(tasks);
    }
    task.review();
  }
}

/** Says that `task` has left `scope`: asks for it are over, and the task may be out of trouble. */
export function left(task: Task<unknown>, scope: CancelScope): void {
  task.scope = scope.parent;
  const { trouble } = task;
  if (trouble === null) return;
  const { ask } = trouble;
  if (ask !== null) {
    if (ask.scope === scope) trouble.ask = ask.outer;
    else if (ask.level === scope) ask.level = scope.parent;
  }
  if (trouble.ask === null && !anyCancelled(task)) task.trouble = null;
}

/** Shields do not count here: what is outside one shows again when it is left. */
function anyCancelled(task: Task<unknown>): boolean {
  let scope = around(task, task.scope);
  while (scope !== null && scope.cancellation === null) scope = outside(scope);
  return scope !== null;
}
