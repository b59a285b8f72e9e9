import type { Task } from "./task.ts";

/** The tasks that no group holds, while they live: where a dump starts. */
export const roots: Set<Task<unknown>> = new Set();

/** Those that `run` has started: they wait for what was detached in them. */
export const runs: WeakSet<Task<unknown>> = new WeakSet();

/** How many there may be before those are looked for that can never end. */
const LEAST = 64;
let pruneAt = LEAST;

export function addRoot(task: Task<unknown>): void {
  roots.add(task);
  if (roots.size <= pruneAt) return;
  pruneRoots();
  pruneAt = Math.max(LEAST, 2 * roots.size);
}

/** Forgets the tasks of loops that are closed: nothing will step them any more, and so they never end. */
export function pruneRoots(): void {
  for (const task of roots) if ((task.loop as { readonly closed?: boolean }).closed === true) roots.delete(task);
}
