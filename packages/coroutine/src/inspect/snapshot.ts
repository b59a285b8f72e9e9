import { TaskGroup } from "../group/group.ts";
import type { CancelScope } from "../scope/cancel-scope.ts";
import { around, outside } from "../scope/delivery.ts";
import { say } from "../task/body.ts";
import { roots } from "../task/roots.ts";
import { RUNNING, SUSPENDED } from "../task/stage.ts";
import type { Task, TaskPhase } from "../task/task.ts";
import { Producer } from "../two-way/producer.ts";
import { type Orphan, orphans } from "../until/orphans.ts";
import { blocksOf, tasks, tasksIn } from "./tasks.ts";
import { ageOf, spawnerOf, waitingMsOf } from "./track.ts";

/** All that lives, as plain data. Times are milliseconds; null: not known, or there is none. */
export interface Snapshot {
  readonly tasks: readonly TaskSnapshot[];
  /** Promises that went on although the task that waited for them was cancelled. */
  readonly orphans: readonly Orphan[];
}

export interface TaskSnapshot {
  readonly name: string;
  readonly kind: "task" | "coroutine";
  readonly phase: TaskPhase | "running";
  readonly waitingFor: string | null;
  readonly waitingMs: number | null;
  readonly ageMs: number | null;
  readonly spawnedBy: string | null;
  /** The cancel that it is ending by, or that will reach it at its next wait. */
  readonly cancel: CancelSnapshot | null;
  /** The scopes and groups it has open, from the outside in. */
  readonly blocks: readonly BlockSnapshot[];
}

export interface BlockSnapshot {
  readonly name: string;
  readonly kind: "scope" | "group" | "shield" | "cleanup";
  /** Until it cancels itself. */
  readonly deadlineInMs: number | null;
  readonly cancel: CancelSnapshot | null;
  /** A group's. */
  readonly tasks: readonly TaskSnapshot[];
}

export interface CancelSnapshot {
  /** What was cancelled, by whom and why. */
  readonly message: string;
  /** The reason that was given, in words. */
  readonly reason: string | null;
  readonly msAgo: number;
  /** Until every wait throws again; null: never. */
  readonly insistsInMs: number | null;
}

/**
 * The tree of what lives, for a page or a file: what `dump()` writes, as data that survives `JSON.stringify`.
 * Local variables are not in it.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { snapshot } from "@skein/coroutine/inspect";
 *
 * const task = run(function* main() { yield* sleep(1); });
 * console.log(JSON.stringify(snapshot().tasks[0]?.name));
 * await task;
 * ```
 */
export function snapshot(): Snapshot {
  const made = new Map<Task<unknown>, TaskSnapshot>();
  // Children come after their parents: from the back, they are there when they are asked for, however deep the tree is.
  for (const task of tasks().reverse()) made.set(task, snapshotOf(task, made));
  const found = (task: Task<unknown>): TaskSnapshot => made.get(task) as TaskSnapshot;
  return { tasks: Array.from(roots, found), orphans: orphans() };
}

function snapshotOf(task: Task<unknown>, made: ReadonlyMap<Task<unknown>, TaskSnapshot>): TaskSnapshot {
  const nowMs = task.loop.now();
  return {
    name: task.name,
    kind: task instanceof Producer ? "coroutine" : "task",
    phase: task.stage === RUNNING ? "running" : task.phase,
    waitingFor: task.request?.describe() ?? (task.stage === SUSPENDED ? "being asked for its next item" : null),
    waitingMs: waitingMsOf(task) ?? null,
    ageMs: ageOf(task) ?? null,
    spawnedBy: spawnerOf(task) ?? null,
    cancel: cancelOf(reaching(task), nowMs),
    blocks: blocksOf(task).map((block) => ({
      name: block.name,
      kind: block.shielded ? "shield" : block.cleanup ? "cleanup" : block instanceof TaskGroup ? "group" : "scope",
      deadlineInMs: Number.isFinite(block.deadlineMs) ? block.deadlineMs - nowMs : null,
      cancel: cancelOf(block, nowMs),
      tasks: tasksIn(block).map((child) => made.get(child) as TaskSnapshot),
    })),
  };
}

/** The scope whose cancel was thrown into the task and is not left yet, or else the outermost that will be. */
function reaching(task: Task<unknown>): CancelScope | undefined {
  const asked = task.trouble?.ask?.scope;
  let outermost: CancelScope | undefined;
  for (let scope = around(task, task.scope); scope !== null; scope = scope.shielded ? null : outside(scope)) {
    if (scope.cancellation !== null) outermost = scope;
  }
  return asked ?? outermost;
}

function cancelOf(scope: CancelScope | undefined, nowMs: number): CancelSnapshot | null {
  if (!scope?.cancellation) return null;
  const { error, sinceMs, overdueMs } = scope.cancellation;
  return {
    message: error.message,
    reason: error.reason === undefined ? null : say(error.reason),
    msAgo: nowMs - sinceMs,
    insistsInMs: Number.isFinite(overdueMs) ? overdueMs - nowMs : null,
  };
}
