import {
  currentScheduler,
  follow,
  group,
  makeCancelled,
  type Operation,
  type OperationIterator,
  run,
  type Scheduler,
  scope,
  type Task,
  type TaskGroup,
  type Wait,
} from "@skein/coroutine";
import { UsedError } from "../errors.ts";
import { attempt } from "../run/attempt.ts";
import { consume } from "../run/consume.ts";
import type { Collector } from "../run/pumping.ts";
import type { Streamable } from "../source.ts";

/** What every terminal takes. */
export interface RunOptions {
  /** Stops the run when it aborts; the source sees the identical `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** The loop to run on when it is awaited; by default the current one. `yield*` always runs on the task's own. */
  readonly loop?: Scheduler | undefined;
  /** What the run is called in dumps and errors. */
  readonly name?: string | undefined;
}

/** Runs the stream once in the current task; tasks of the run live in `owner`. */
type Start<R> = (owner: TaskGroup | null) => Generator<Wait, R, unknown>;

/** A terminal that gives what `collect` makes of the items. */
export function terminal<T, R>(
  stream: Streamable<T>,
  name: string,
  options: RunOptions | undefined,
  collect: () => Collector<T, R>,
): Terminal<R> {
  return new Terminal(stream.tasks, (owner) => consume(stream, collect(), owner), name, options);
}

/**
 * A use of a stream that has an answer, such as `toArray()`. Nothing starts until it is used: `yield*` runs it in
 * the current task, which owns it; the first `await` (or `then`) starts it, once, in a task of its own, and later
 * ones share that.
 *
 * It throws what the source or the consumer threw, a StoppedError if it was stopped from the producer's side, and a
 * CancelledError, with the identical reason, if its `signal` was aborted.
 *
 * @throws {UsedError} If one object is used both ways, or by `yield*` twice.
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { from } from "@skein/stream";
 *
 * const squares = from([1, 4, 9]);
 * console.log(await squares.count()); // 3: in a task of its own
 * await run(function* () {
 *   console.log(yield* squares.last()); // 9: in this task
 * });
 * ```
 */
export class Terminal<R> implements Operation<R>, PromiseLike<R> {
  private readonly tasks: boolean;
  private readonly start: Start<R>;
  private readonly options: RunOptions;
  private readonly name: string;
  private used: "no" | "yield*" | Task<R> = "no";

  /** @internal */
  constructor(tasks: boolean, start: Start<R>, name: string, options: RunOptions | undefined) {
    this.tasks = tasks;
    this.start = start;
    this.options = options ?? {};
    this.name = this.options.name ?? name;
    currentScheduler().expectUse?.(this, `${name}()`);
  }

  /** For `yield*`. @throws {UsedError} If it was used before. */
  [Symbol.iterator](): OperationIterator<R> {
    if (this.used !== "no") throw this.usedBefore("yield*", this.used === "yield*" ? "yield*" : "await");
    this.used = "yield*";
    const { signal } = this.options;
    return signal === undefined ? this.body() : this.abortable(signal);
  }

  /** For `await`. @throws {UsedError} If a task ran it by `yield*`. */
  then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.started().then(onFulfilled, onRejected);
  }

  private started(): Task<R> {
    if (this.used === "yield*") throw this.usedBefore("await", "yield*");
    if (this.used === "no") {
      const { signal, loop = currentScheduler() } = this.options;
      this.used = run(this.tasks ? this.start : () => this.start(null), { loop, name: this.name, signal });
    }
    return this.used;
  }

  private usedBefore(now: string, before: string): UsedError {
    return new UsedError(`run ${this.name} by ${now}`, `it was run by ${before} before`, "make a new one");
  }

  /** In the current task: with a group of its own only if the stream may need tasks. */
  private body(): Generator<Wait, R, unknown> {
    return this.tasks ? this.grouped() : this.start(null);
  }

  /** The failure leaves the group as a value: it is the run's own, and not to be wrapped in a GroupError. */
  private *grouped(): Generator<Wait, R, unknown> {
    const consumed = yield* group((owner) => attempt(() => this.start(owner)), { name: this.name });
    if ("error" in consumed) throw consumed.error;
    return consumed.value;
  }

  private *abortable(signal: AbortSignal): Generator<Wait, R, unknown> {
    let unfollow: (() => void) | undefined;
    try {
      const consumed = yield* scope((s) => {
        unfollow = follow(signal, s);
        return boxed(this.body());
      });
      if (consumed !== undefined) return consumed.value;
      throw makeCancelled(signal.reason);
    } finally {
      unfollow?.();
    }
  }
}

function* boxed<R>(body: Operation<R>): Generator<Wait, { readonly value: R }, unknown> {
  return { value: yield* body };
}
