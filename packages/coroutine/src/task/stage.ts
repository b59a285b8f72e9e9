/**
 * Where a task is, seen from its driver.
 *
 *                 ┌────────── wake ───────── PAUSED / RESUMED ◄──┐
 *     CREATED ──► RUNNING ──► WAITING ── cancel due ──► ASKED ───┤ (the loop steps it)
 *                 │    ▲         SUSPENDED (producers: at an item)
 *                 ▼    └─────────────── ask ──┘
 *               ENDED
 */
export const CREATED = 0;
/** Will be stepped afresh: the operation tries again. */
export const PAUSED = 1;
/** Will be stepped with the answer it was woken with. */
export const RESUMED = 2;
export const RUNNING = 3;
export const WAITING = 4;
/** A producer's: stands at an item, until it is asked for the next. */
export const SUSPENDED = 5;
/** Will be thrown a cancellation. */
export const ASKED = 6;
export const ENDED = 7;
export type Stage = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What is done to the frame next. */
export const NEXT = 0;
export const THROW = 1;
/** Look at the result of a `next()` that was done already. */
export const LOOK = 2;
/** End it by force. */
export const END = 3;
export const STOP = 4;
export type Mode = 0 | 1 | 2 | 3 | 4;
