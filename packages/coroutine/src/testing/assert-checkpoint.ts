import { bridge, type Request, type Wait } from "@skein/future";
import type { Body, Operation, OperationIterator } from "../operation.ts";
import { type Frame, inFrame, iterate } from "../task/body.ts";
import { Call } from "../task/call.ts";
import { currentScope } from "../task/current.ts";

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
  private readonly inner: Frame;
  private readonly wanted: boolean;
  /** The innermost scope around the body: a cancel that comes in comes from there, or from further out. */
  private readonly around = currentScope();
  /** Waits of any kind, and those at which a cancel could come in. */
  private waited = false;
  private checked = false;

  constructor(body: Body<T>, wanted: boolean) {
    this.inner = iterate(body, "watch for checkpoints");
    this.wanted = wanted;
  }

  next(value?: unknown): IteratorResult<Wait, T> {
    return this.judge(this.watch(() => this.inner.next(value)));
  }
  throw(error: unknown): IteratorResult<Wait, T> {
    return this.judge(this.watch(() => this.inner.throw(error)));
  }
  return(value: never): IteratorResult<Wait, T> {
    return this.inner.return(value) as IteratorResult<Wait, T>;
  }

  private judge(result: IteratorResult<Wait, unknown>): IteratorResult<Wait, T> {
    if (result.done === true) {
      if (this.wanted && !this.checked) throw new Error(this.waited ? ONLY_SEALED : NO_CHECKPOINT);
      if (!this.wanted && (this.checked || this.waited)) throw new Error(CHECKPOINT);
    }
    return result as IteratorResult<Wait, T>;
  }

  private watch(step: () => IteratorResult<Wait, unknown>): IteratorResult<Wait, unknown> {
    const fuelBefore = bridge.fuel;
    const reachedBefore = this.isReached();
    const result = step();
    const reached = this.isReached();
    if (bridge.fuel < fuelBefore && (reachedBefore || reached)) this.checked = true;
    if (result.done === true) return result;
    const { request } = bridge;
    if (reached && request?.sealed !== true) this.checked = true;
    if (request instanceof Call) bridge.request = this.within(request);
    else this.waited = true;
    return result;
  }

  /** What is called, as the bodies of all blocks are, is no wait, but a frame that the driver steps: watched as well. */
  private within(call: Call<unknown>): Request {
    const start = (): Frame => {
      const frame = call.start();
      const watched: OperationIterator<unknown> = {
        next: (value) => this.watch(() => frame.next(value)),
        throw: (error) => this.watch(() => frame.throw(error)),
        return: (value) => frame.return(value),
      };
      return inFrame({ [Symbol.iterator]: () => watched });
    };
    return Object.create(call, { start: { value: start } }) as Call<unknown>;
  }

  /** False behind a shield, or in cleanup, that the body has opened. */
  private isReached(): boolean {
    let scope = currentScope() ?? null;
    while (scope !== null && scope !== this.around && !scope.shielded && !scope.cleanup) scope = scope.parent;
    return scope === null || scope === this.around;
  }
}

const NO_CHECKPOINT =
  "Expected a checkpoint: the body neither waited nor took a ready answer, so no cancel could come in";
const ONLY_SEALED = "Expected a checkpoint: the body waited only where a cancel cannot come in";
const CHECKPOINT = "Expected no checkpoint: the body waited or took a ready answer, so a cancel could come in";
