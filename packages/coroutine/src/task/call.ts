import {
  bridge,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";
import type { Body, Operation } from "../operation.ts";
import { type Frame, iterate } from "./body.ts";
import { newRare } from "./rare.ts";
import { RUNNING } from "./stage.ts";
import type { Task } from "./task.ts";
import { expectUse } from "./unused.ts";

/** A request that is met at once: `body` becomes a frame of the task, on top of the one that asked. */
export class Call<T> extends Waitable<T> implements Request {
  private readonly body: Body<T>;
  constructor(body: Body<T>) {
    super();
    this.body = body;
  }
  next(value?: unknown): IteratorResult<Wait, T> {
    if (takeResumed()) return { done: true, value: value as T };
    return parkOn(ready() || bridge.running === null ? this : PAUSE);
  }
  /** For its driver, which goes on in the new frame, as the task is running again. */
  park(waiter: Waiter): void {
    const task = waiter as Task<unknown>;
    task.waitSlot = undefined;
    task.stage = RUNNING;
    const frame = this.start();
    task.rare ??= newRare(false, null);
    const { trouble } = task;
    task.rare.callers.push({ frame: task.frame as Frame, scope: task.scope, insisted: trouble?.insisted ?? 0 });
    if (trouble !== null) trouble.insisted = 0;
    task.frame = frame;
  }
  unpark(): void {}
  describe(): string {
    return "a call";
  }
  start(): Frame {
    return iterate(this.body, "call");
  }
}

/** The body of a block: to enter it is no cancellation point, and is never put off. */
export class Inside<T> extends Call<T> {
  readonly sealed = true;
  /** False where somebody stepped the block by hand. */
  begun = false;
  override next(value?: unknown): IteratorResult<Wait, T> {
    return takeResumed() ? { done: true, value: value as T } : parkOn(this);
  }
  override start(): Frame {
    this.begun = true;
    return super.start();
  }
}

/**
 * Does `operation` as `yield* operation` would, with its frame kept by the runtime: a resume costs the same at any
 * depth, where plain `yield*` walks through every level, and recursion does not use up the stack.
 *
 * @param operation An operation, or a function that returns one; it is started when the call is.
 * @throws Whatever the operation throws. A cancelled call may have done any part of it.
 * @example
 * ```ts
 * import { call, type Operation, run } from "@skein/coroutine";
 *
 * function* depth(n: number): Operation<number> {
 *   return n === 0 ? 0 : 1 + (yield* call(depth(n - 1)));
 * }
 * console.log(await run(() => depth(100_000)));
 * ```
 */
export function call<T>(operation: Body<T>): Operation<T> {
  return expectUse(new Call(operation));
}
