import type { Scheduler } from "@skein/future";

/** A promise that went on although the task that waited for it was cancelled. */
export interface Orphan {
  /** The name of that task. */
  readonly task: string;
  /** When it was left, in loop time. */
  readonly sinceMs: number;
}
const live = new Map<Orphan, Scheduler>();

/**
 * The orphans that have not settled yet, on any loop.
 *
 * @example
 * ```ts
 * import { moveOnAfter, orphans, run, until } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* moveOnAfter(1, () => until(() => new Promise(() => {}))); // does not look at the signal
 *   console.log(orphans().length); // 1
 * });
 * ```
 */
export function orphans(): readonly Orphan[] {
  return [...live.keys()];
}

/** Those of one loop. */
export function orphansOn(loop: Scheduler): readonly Orphan[] {
  return orphans().filter((orphan) => live.get(orphan) === loop);
}

/**
 * Lists a promise among the orphans: one that goes on although whoever waited for it, `task`, has left. For those who
 * wait for promises in their own way; `until` does so by itself.
 *
 * @returns what takes it off the list again, once it has settled.
 * @example
 * ```ts
 * import { getEventLoop, orphan, orphans } from "@skein/coroutine";
 *
 * const settled = orphan("download", getEventLoop());
 * console.log(orphans().length); // 1
 * settled();
 * ```
 */
export function orphan(task: string, loop: Scheduler): () => void {
  const entry: Orphan = { task, sinceMs: loop.now() };
  live.set(entry, loop);
  return () => void live.delete(entry);
}
