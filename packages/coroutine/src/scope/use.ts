import type { Operation } from "../operation.ts";
import { isOperation, isThenable, requireFunction, requireOperation, show } from "../task/body.ts";
import { requireTask } from "../task/current.ts";
import { expectUse } from "../task/unused.ts";
import { until } from "../until/until.ts";
import type { Block } from "./cleanup.ts";

/** An action that undoes something; it may wait, by returning an operation or a promise. */
export type Cleanup = () => Operation<unknown> | PromiseLike<unknown> | void;

/** Something to be taken and given back: a Lock, a Semaphore, a stream's reader. */
export interface Resource<T> {
  acquire(): Operation<T>;
  /**
   * Gives back what `acquire` gave. May wait.
   * @param error Why the block is left: what it failed with, or the CancelledError of a cancel that has reached it.
   * Undefined if it has just ended.
   */
  release(value: T, error?: unknown): Operation<unknown> | PromiseLike<unknown> | void;
}

type Closable = { [Symbol.asyncDispose](): PromiseLike<unknown> } | { [Symbol.dispose](): void };

/**
 * Takes a resource for the rest of the block: the innermost scope, group or task. It is given back when the block
 * ends, however it ends and after the group's children, last taken first; a cancel does not cut that off.
 *
 * @param resource A `Resource` (a lock, say), or anything with `Symbol.asyncDispose` or `Symbol.dispose`.
 * @returns what `acquire()` gave, or the disposable itself.
 * @throws {TypeError} If it is neither. A call cancelled while it acquires has taken nothing.
 * @example
 * ```ts
 * import { run, use } from "@skein/coroutine";
 *
 * await run(function* () {
 *   const file = yield* use({ [Symbol.dispose]: () => console.log("closed"), name: "notes" });
 *   console.log(file.name);
 * });
 * ```
 */
export function use<T>(resource: Resource<T>): Operation<T>;
export function use<T extends Closable>(resource: T): Operation<T>;
export function use(resource: Resource<unknown> | Closable): Operation<unknown> {
  if (resource !== null && typeof resource === "object") {
    if ("acquire" in resource && "release" in resource) return expectUse(acquire(resource));
    if (Symbol.asyncDispose in resource) return expectUse(keep(resource, () => resource[Symbol.asyncDispose]()));
    if (Symbol.dispose in resource) return expectUse(keep(resource, () => resource[Symbol.dispose]()));
  }
  const hint = isThenable(resource) ? " Wait for it first: `use(yield* until(promise))`." : "";
  throw new TypeError(
    `Cannot use ${show(resource)}: it has neither acquire() and release() nor Symbol.asyncDispose or Symbol.dispose.${hint}`,
  );
}

/**
 * Runs `cleanup` when the block (the innermost scope, group or task) ends, however it ends; last registered first.
 *
 * @param cleanup May return an operation or a promise, which is waited for and not cut off by a cancel.
 * @throws {TypeError} If it is no function.
 * @example
 * ```ts
 * import { ensure, run } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* ensure(() => console.log("goodbye"));
 *   console.log("hello");
 * });
 * ```
 */
export function ensure(cleanup: Cleanup): Operation<void> {
  requireFunction(cleanup, "ensure a cleanup", "the cleanup");
  return expectUse(keep(undefined, () => cleanup()));
}

function* keep<T>(value: T, cleanup: (error: unknown) => ReturnType<Cleanup>): Generator<never, T, unknown> {
  const task = requireTask("use() or ensure()");
  const block: Block = task.scope === task.base || task.scope === null ? task : task.scope;
  const operation = (error: unknown): Operation<unknown> | void => {
    const waits = cleanup(error);
    return isThenable(waits) && !isOperation(waits) ? until(waits) : (waits as Operation<unknown> | void);
  };
  const cleanups = block.cleanups ?? [];
  cleanups.push(operation);
  block.cleanups = cleanups;
  return value;
}

function* acquire<T>(resource: Resource<T>): Operation<T> {
  const value = yield* requireOperation(resource.acquire(), `use ${show(resource)}`);
  return yield* keep(value, (error) => resource.release(value, error));
}
