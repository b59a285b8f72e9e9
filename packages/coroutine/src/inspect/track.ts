import { bridge, type Request } from "@skein/future";
import type { Task } from "../task/task.ts";
import { instrument, type Stoppable } from "./instrument.ts";

/** What is known of a task beside what it carries itself. */
interface Note {
  readonly bornMs: number;
  readonly spawnedBy: string | undefined;
  /** What it waits for, and since when. */
  request: Request | null;
  sinceMs: number;
}

const notes = new WeakMap<Task<unknown>, Note>();

/**
 * Notes from now on when each task is born, by whom, and since when it waits, for dumps to tell. Two readings of the clock
 * a step are what it costs; without it tasks carry no times.
 *
 * @returns a handle: `stop()`, or `using`.
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { dump, track } from "@skein/coroutine/inspect";
 *
 * using tracking = track();
 * const task = run(function* main() { yield* sleep(10); });
 * await Promise.resolve();
 * console.log(dump());
 * await task;
 * ```
 */
export function track(): Stoppable {
  return instrument({
    spawned(task) {
      const nowMs = task.loop.now();
      notes.set(task, { bornMs: nowMs, spawnedBy: bridge.running?.name, request: null, sinceMs: nowMs });
    },
    afterStep(task) {
      const note = notes.get(task);
      if (note === undefined || task.request === null) return;
      note.request = task.request;
      note.sinceMs = task.loop.now();
    },
  });
}

/** Milliseconds since the task was made; undefined if that was not tracked. */
export function ageOf(task: Task<unknown>): number | undefined {
  const note = notes.get(task);
  return note && task.loop.now() - note.bornMs;
}

/** Milliseconds that it has waited for what it waits for now. */
export function waitingMsOf(task: Task<unknown>): number | undefined {
  const note = notes.get(task);
  return note === undefined || task.request === null || note.request !== task.request
    ? undefined
    : task.loop.now() - note.sinceMs;
}

/** The name of the task that made it; undefined also if code outside any task did. */
export function spawnerOf(task: Task<unknown>): string | undefined {
  return notes.get(task)?.spawnedBy;
}
