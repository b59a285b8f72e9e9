import { bridge, type Wait } from "@skein/future";
import { iterate } from "../body.ts";
import type { Body, Operation, OperationIterator } from "../operation.ts";

/**
 * Runs `body` and fails if a cancel could not have come in: if nothing in it waited, or took a ready answer, or all waits
 * were sealed. What every operation of a library should pass on every path.
 *
 * @returns what `body` returns. @throws {Error} If there was no checkpoint. What `body` throws comes out as it is.
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { assertCheckpoint } from "@skein/coroutine/testing";
 *
 * await run(() => assertCheckpoint(() => sleep(1)));
 * ```
 */
export function assertCheckpoint<T>(body: Body<T>): Operation<T> {
  return { [Symbol.iterator]: () => new Watched<T>(body, true) };
}

/**
 * Runs `body` and fails if a cancel could have come in, or another task: for what has to happen in one go.
 *
 * @returns what `body` returns. @throws {Error} If there was a checkpoint.
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { assertNoCheckpoint } from "@skein/coroutine/testing";
 *
 * await run(() => assertNoCheckpoint(function* () { return 42; }));
 * ```
 */
export function assertNoCheckpoint<T>(body: Body<T>): Operation<T> {
  return { [Symbol.iterator]: () => new Watched<T>(body, false) };
}

/** Stands between the body and the driver: waits pass through it, and ready answers show in the fuel. (A4) */
class Watched<T> implements OperationIterator<T> {
  private readonly inner: OperationIterator<T>;
  private readonly wanted: boolean;
  /** Waits of any kind, and those at which a cancel could come in. */
  private waited = false;
  private checked = false;

  constructor(body: Body<T>, wanted: boolean) {
    this.inner = iterate(body, "watch for checkpoints") as OperationIterator<T>;
    this.wanted = wanted;
  }

  next(value?: unknown): IteratorResult<Wait, T> {
    return this.watch(() => this.inner.next(value));
  }
  throw(error: unknown): IteratorResult<Wait, T> {
    return this.watch(() => this.inner.throw(error));
  }
  return(value: never): IteratorResult<Wait, T> {
    return this.inner.return?.(value) ?? { done: true, value };
  }

  private watch(step: () => IteratorResult<Wait, T>): IteratorResult<Wait, T> {
    const fuelBefore = bridge.fuel;
    const result = step();
    if (bridge.fuel < fuelBefore) this.checked = true;
    if (result.done !== true) {
      this.waited = true;
      if (bridge.request?.sealed !== true) this.checked = true;
    } else if (this.wanted && !this.checked) throw new Error(this.waited ? ONLY_SEALED : NO_CHECKPOINT);
    else if (!this.wanted && (this.checked || this.waited)) throw new Error(CHECKPOINT);
    return result;
  }
}

const NO_CHECKPOINT =
  "Expected a checkpoint: the body neither waited nor took a ready answer, so no cancel could come in";
const ONLY_SEALED = "Expected a checkpoint: the body waited only where a cancel cannot come in";
const CHECKPOINT = "Expected no checkpoint: the body waited or took a ready answer, so a cancel could come in";
