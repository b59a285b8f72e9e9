import { type Operation, type TaskGroup, type Wait, withCause } from "@skein/coroutine";
import { consume } from "../run/consume.ts";
import { toOperation } from "../run/to-operation.ts";
import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, Terminal } from "./terminal.ts";

/** Something that takes items one by one: a channel's sender, a coroutine made by `receiver()`. */
export interface PipeTarget<T> {
  /** Takes an item, and maybe time. If it answers `{ done: true }`, as an ended coroutine does, it wants no more. */
  send(item: T): Operation<unknown>;
  /** Told when there is no more. An operation or a promise is waited for. */
  close(): unknown;
  /** Told instead of `close` when the stream failed or was stopped, if it is there. It is waited for in the same way. */
  fail?(error: unknown): unknown;
}

export function pipeTo<T>(stream: Streamable<T>, target: PipeTarget<T>, options?: RunOptions): Terminal<void> {
  return new Terminal(stream.tasks, (owner) => pipe(stream, target, owner), "pipeTo", options);
}

/** As `pipeTo`, in the current task. */
export function* pipe<T>(
  stream: Streamable<T>,
  target: PipeTarget<T>,
  owner: TaskGroup | null,
): Generator<Wait, void, unknown> {
  try {
    yield* consume(stream, new PipeTo(target), owner);
  } catch (error) {
    try {
      yield* ended(target.fail === undefined ? target.close() : target.fail(error));
    } catch (cleanupError) {
      throw withCause(cleanupError, error);
    }
    throw error;
  }
  yield* ended(target.close());
}

/** What the target gave back when it was told of the end. */
function* ended(given: unknown): Generator<Wait, void, unknown> {
  const closing = toOperation(given);
  if (closing !== null) yield* closing;
}

class PipeTo<T> extends Collecting<T, void> {
  private readonly target: PipeTarget<T>;
  constructor(target: PipeTarget<T>) {
    super();
    this.target = target;
  }
  push(item: T): boolean {
    this.pending = this.send(item);
    return false;
  }
  private *send(item: T): Generator<Wait, void, unknown> {
    const answer = yield* this.target.send(item);
    this.full = typeof answer === "object" && answer !== null && "done" in answer && answer.done === true;
  }
  result(): void {}
}
