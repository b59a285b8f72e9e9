import type { Task } from "./task.ts";

/** Who looks on at every task: tools that trace and time. Must not throw, nor step anything but the task it is given. */
export interface Observer {
  /** A task was made; `bridge.running` is who made it. */
  spawned(task: Task<unknown>): void;
  /** Is called to step `task`: calls `step` once, and may look before and after. */
  step(task: Task<unknown>, step: (task: Task<unknown>) => void): void;
  /** A task has ended and is about to settle. */
  ended(task: Task<unknown>): void;
}

const plainStep = (task: Task<unknown>): void => task.step();

/** Nobody, unless somebody looks. */
export let observer: Observer | null = null;

/**
 * Steps a task. One function for every task's every step, so that scheduling allocates nothing; and another one while
 * somebody looks, so that a step costs no more while nobody does.
 */
export let stepTask: (task: Task<unknown>) => void = plainStep;

/** Makes `next` the one that looks; null: nobody. */
export function observeWith(next: Observer | null): void {
  observer = next;
  stepTask = next === null ? plainStep : (task) => next.step(task, plainStep);
}

/** What `task.stack()` gives: its name, until somebody who can look into generators gives its frames. */
export let stackOf: (task: Task<unknown>) => string = (task) => `    at ${task.name}`;

/** For `@skein/coroutine/inspect`. */
export function stackWith(next: (task: Task<unknown>) => string): void {
  stackOf = next;
}
