import type { Task } from "./task.ts";

/** The tasks that no group holds, while they live: where a dump starts. */
export const roots: Set<Task<unknown>> = new Set();

/** Those that `run` has started: they wait for what was detached in them. */
export const runs: WeakSet<Task<unknown>> = new WeakSet();
