import { currentScheduler, withCause } from "@skein/coroutine";
import { ENOUGH, left } from "../ends.ts";
import type { End, Streamable } from "../source.ts";
import { OuterRun, type Outlet } from "./outer-run.ts";

interface Deferred<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/**
 * One `for await` over a stream. Unlike a native async generator's, its `return()` works while a `next()` is
 * pending: that is answered "done" at once, the source's `finally` runs, and only then does `return()` answer (S4).
 */
export interface Iteration<T> extends AsyncIterableIterator<T, unknown, undefined> {
  /** The next item. Several may be asked for at once; they are answered in order. The source's error is thrown once. */
  next(): Promise<IteratorResult<T, undefined>>;
  /** Ends the run, stopped by its consumer, and waits for its cleanup. @throws What the cleanup throws. */
  return<R = undefined>(value?: R | PromiseLike<R>): Promise<IteratorReturnResult<R | undefined>>;
  /** As `return`, with `error` as the reason, which it then throws. */
  throw(error?: unknown): Promise<IteratorReturnResult<undefined>>;
  /** Ends the run, as `return`: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
  /** Itself. */
  [Symbol.asyncIterator](): this;
}

export class IterationRun<T> implements Iteration<T>, Outlet<T> {
  private readonly run: OuterRun<T>;
  private readonly pulls: Deferred<IteratorResult<T, undefined>>[] = [];
  private readonly leaving: Deferred<void>[] = [];
  private state: "open" | "leaving" | "over" = "open";
  /** `empty`: an item is asked for in `next()`'s own stack; `full`: here it is. */
  private slot: "closed" | "empty" | "full" = "closed";
  private item: T | undefined;
  private failure: { readonly error: unknown } | null = null;

  constructor(stream: Streamable<T>) {
    this.run = new OuterRun(stream, this, currentScheduler(), "for await");
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get hungry(): boolean {
    return this.slot === "empty" || this.pulls.length > 0;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    // In our own stack a function of the pipeline may ask as well: it gets what comes next.
    const first = this.slot === "closed" && this.pulls.length === 0;
    if (first && this.state === "open") {
      this.slot = "empty";
      this.run.ask();
      if (this.takeSlot()) return Promise.resolve({ done: false, value: this.item as T });
    }
    if (this.state !== "open") return this.afterEnd();
    const pull = new Promise<IteratorResult<T, undefined>>((resolve, reject) =>
      this.pulls[first ? "unshift" : "push"]({ resolve, reject }),
    );
    this.run.ask();
    return pull;
  }

  async return<R = undefined>(value?: R | PromiseLike<R>): Promise<IteratorReturnResult<R | undefined>> {
    await this.leave(ENOUGH);
    return { done: true, value: await value };
  }

  async throw(error?: unknown): Promise<IteratorReturnResult<undefined>> {
    await this.leave(left(error)).catch((cleanupError: unknown) => {
      throw withCause(cleanupError, error);
    });
    throw error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave(ENOUGH);
  }

  take(item: T): void {
    if (this.slot === "empty") {
      this.slot = "full";
      this.item = item;
    } else this.pulls.shift()?.resolve({ done: false, value: item });
  }

  private takeSlot(): boolean {
    const full = this.slot === "full";
    this.slot = "closed";
    return full;
  }

  over(end: End, cleanup: { readonly error: unknown } | null): void {
    const left = this.state === "leaving";
    this.state = "over";
    let failure = cleanup;
    if (end.kind === "failed") failure = cleanup === null ? end : { error: withCause(cleanup.error, end.error) };
    if (left) this.answerLeaving(failure);
    else this.answerPulls(failure);
  }

  private afterEnd(): Promise<IteratorResult<T, undefined>> {
    const { failure } = this;
    if (failure === null) return Promise.resolve({ done: true, value: undefined });
    this.failure = null; // thrown once, then done (S3)
    return Promise.reject(failure.error);
  }

  private answerPulls(failure: { readonly error: unknown } | null): void {
    const pulls = this.pulls.splice(0);
    this.failure = failure;
    for (const pull of pulls) {
      if (this.slot === "empty")
        pull.resolve({ done: true, value: undefined }); // the failure is for who asks in its own stack: it was the first
      else this.afterEnd().then(pull.resolve, pull.reject);
    }
  }

  private answerLeaving(failure: { readonly error: unknown } | null): void {
    if (failure !== null) {
      // `for await` drops this error if its body threw, and we cannot see whether it did.
      this.run.scheduler.reportError(failure.error, { what: "closing a stream", name: "for await" });
    }
    for (const { resolve, reject } of this.leaving.splice(0)) {
      if (failure === null) resolve();
      else reject(failure.error);
    }
  }

  private leave(end: End): Promise<void> {
    if (this.state === "over") return Promise.resolve();
    const left = new Promise<void>((resolve, reject) => this.leaving.push({ resolve, reject }));
    if (this.state === "open") {
      this.state = "leaving";
      this.answerPulls(null);
      this.run.close(end);
    }
    return left;
  }
}
