import type { Scheduler } from "@skein/future";

/**
 * Told when something is opened that its user has to end: the leak check of tests looks at it again when the test is over.
 *
 * @param kind What it is, e.g. `"channel"`. @param name Which one; may be empty. @param isOpen Whether it still is.
 * @param loop On which loop it lives. Default: the one that runs.
 */
export type OpenWatch = (kind: string, name: string, isOpen: () => boolean, loop?: Scheduler) => void;

/**
 * Nobody (null), unless a test runs. For packages above this one: tell it of what tasks and timers do not show.
 *
 * @example
 * ```ts
 * import { openWatch } from "@skein/coroutine";
 *
 * class Connection {
 *   open = true;
 *   constructor() {
 *     openWatch?.("connection", "db", () => this.open);
 *   }
 *   close() {
 *     this.open = false;
 *   }
 * }
 * new Connection().close();
 * ```
 */
export let openWatch: OpenWatch | null = null;

/** Makes `next` the one that is told; null: nobody. */
export function watchOpen(next: OpenWatch | null): void {
  openWatch = next;
}
