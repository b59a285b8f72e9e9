import type { Operation } from "@skein/coroutine";
import { toOperation } from "../run/to-operation.ts";
import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, type Terminal, terminal } from "./terminal.ts";

/** What a consumer may give back for each item: nothing, or something to wait for before the next one. */
export type ForEachResult = Operation<unknown> | PromiseLike<unknown> | undefined;

export function forEach<T>(stream: Streamable<T>, fn: (item: T) => unknown, options?: RunOptions): Terminal<void> {
  return terminal(stream, "forEach", options, () => new ForEach(fn));
}

class ForEach<T> extends Collecting<T, void> {
  private readonly fn: (item: T) => unknown;
  constructor(fn: (item: T) => unknown) {
    super();
    this.fn = fn;
  }
  push(item: T): boolean {
    this.inConsumer = true;
    const pending = toOperation(this.fn(item));
    this.inConsumer = false;
    if (pending === null) return true;
    this.pending = pending;
    return false;
  }
  result(): void {}
}
