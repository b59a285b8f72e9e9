/**
 * The contract of the tasks: what an operation is, who steps it, and how it is cancelled.
 * A new primitive needs this file and `future/src/awaitable.ts`.
 *
 * - **C1** A task may yield only `Wait`. Anything else throws at that yield, showing the value and the fix.
 * - **C2** A scope does not end before its children.
 * - **C3** The first failure cancels the siblings and is awaited with them; no error is ever lost.
 * - **C4** Real errors beat cancellation.
 * - **C5** A timeout is never a cancellation: only the block whose deadline fired throws TimeoutError.
 * - **C6** Detached work names where its errors go.
 * - **C7** A task cancelled before its first step still runs to its first wait; a cancel before a scope is entered
 *   is remembered; after it has ended it does nothing and returns false.
 * - **C8** The end of a group is a cancellation point only if it has to wait; a returned value stands.
 *
 * *Ask, insist, end.* A cancel throws CancelledError once at the task's wait (**ask**); scopes opened after that are
 * cleanup, which the scopes outside do not reach. `cleanupMs` after the cancel every wait throws again (**insist**);
 * after 1,000 such throws in one frame or what it calls, the frame is closed and its caller gets the error (**end**).
 */
import type { Wait } from "@skein/future";

/** Anything a task can do: a running generator, a Future, a Task, a primitive's `acquire()`. Use it with `yield*`. */
export interface Operation<T> {
  [Symbol.iterator](): OperationIterator<T>;
}

/** What `yield*` steps. `throw` delivers a cancellation; `return` is used only where a frame is ended by force. */
export interface OperationIterator<T> {
  next(value?: unknown): IteratorResult<Wait, T>;
  throw(error: unknown): IteratorResult<Wait, T>;
  /** `never`, since a parameter of any other type would join T in what `yield*` gives: `any` would make all of it `any`. */
  return?(value: never): IteratorResult<Wait, T>;
}

/** What tasks, groups and scopes take: an operation, or a function that makes one. */
export type Body<T> = Operation<T> | (() => Operation<T>);

/**
 * A **producer** is a task whose generator also yields items, to whoever asks. It is stepped in the asker's stack
 * while it does not wait; once it waits, the loop steps it on, as any task.
 *
 * - **P1** `ask(value)` gives ITEM (`item` holds it), ENDED (`outcome` says how), or WAITS: then `onReady` is called
 *   once, when it has an item or has ended, and never in the asker's stack.
 * - **P2** To ask again before an answer to WAITS has come throws WouldBlockError and changes nothing.
 * - **P3** `cancel(reason)` throws CancelledError at its wait or at its `yield`; items yielded after that are dropped
 *   and the throw is repeated, 16 times at most. `join()` ends when its `finally`s have run. Asked before that, it
 *   answers WAITS, and then ENDED.
 * - **P4** A producer that was never asked ends at once when it is cancelled: its body never starts.
 */
export type Answer = typeof ITEM | typeof WAITS | typeof ENDED;
export const ENDED = 0;
export const ITEM = 1;
export const WAITS = 2;
