import { type Operation, until } from "@skein/coroutine";
import { ENOUGH } from "../ends.ts";
import type { End, Host, Sink } from "../source.ts";
import { PullSource } from "./pull.ts";

/**
 * Somebody's async iterator. A native async generator cannot be stopped while a pull is pending: its `return()`
 * waits behind it. So if one is, `return()` is called and not waited for, and what comes of it is reported (S4).
 */
export class AsyncIterableSource<T> extends PullSource<T> {
  private readonly iterable: AsyncIterable<T>;
  private iterator: AsyncIterator<T> | null = null;

  constructor(iterable: AsyncIterable<T>, host: Host, sink: Sink<T>) {
    super(host, sink, "async iterable");
    this.iterable = iterable;
  }

  protected pull(): PromiseLike<IteratorResult<T>> {
    this.iterator ??= this.iterable[Symbol.asyncIterator]();
    if (!this.over) return this.iterator.next();
    this.stop(ENOUGH, true); // closed as it was made, when there was nothing to tell yet
    return Promise.resolve({ done: true, value: undefined });
  }

  protected ended(): void {}

  protected stop(_end: End, pulling: boolean): Operation<void> | undefined {
    const returning = this.iterator?.return?.();
    if (returning === undefined) return undefined;
    if (!pulling) return until(returning) as Operation<unknown> as Operation<void>;
    returning.then(undefined, (error: unknown) => {
      this.host.scheduler.reportError(error, { what: "orphaned return", name: "async iterable" });
    });
    return undefined;
  }
}
