import { type Operation, orphan } from "@skein/coroutine";
import { ENOUGH } from "../ends.ts";
import { promised } from "../run/closing.ts";
import type { End, Host, Sink } from "../source.ts";
import { PullSource } from "./pull.ts";

/**
 * Somebody's async iterator. A native async generator cannot be stopped while a pull is pending: its `return()`
 * waits behind it. So if one is, `return()` is called and not waited for; both are an orphan until they settle, seen in
 * dumps, and what comes of them is reported (S4).
 */
export class AsyncIterableSource<T> extends PullSource<T> {
  private readonly iterable: AsyncIterable<T>;
  private iterator: AsyncIterator<T> | null = null;
  private pulled: unknown;

  constructor(iterable: AsyncIterable<T>, host: Host, sink: Sink<T>) {
    super(host, sink, "async iterable");
    this.iterable = iterable;
  }

  protected pull(): PromiseLike<IteratorResult<T>> {
    this.iterator ??= this.iterable[Symbol.asyncIterator]();
    if (!this.over) {
      const pulled = this.iterator.next();
      this.pulled = pulled;
      return pulled;
    }
    this.stop(ENOUGH, true); // closed as it was made, when there was nothing to tell yet
    return Promise.resolve({ done: true, value: undefined });
  }

  protected ended(): void {}

  protected stop(_end: End, pulling: boolean): Operation<void> | undefined {
    let returning: unknown;
    try {
      returning = this.iterator?.return?.();
    } finally {
      if (pulling) this.leave(Promise.resolve(returning)); // the pull goes on, whatever has come of its end
    }
    return pulling || returning === undefined ? undefined : promised(Promise.resolve(returning));
  }

  private leave(returning: Promise<unknown>): void {
    const { scheduler } = this.host;
    returning.catch((error: unknown) => {
      scheduler.reportError(error, { what: "orphaned return", name: "async iterable" });
    });
    void Promise.allSettled([this.pulled, returning]).then(orphan("async iterable", scheduler));
  }
}
