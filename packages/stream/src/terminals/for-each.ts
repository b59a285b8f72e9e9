import { type Operation, until } from "@skein/coroutine";
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
    const given = this.fn(item);
    this.inConsumer = false;
    if (typeof given !== "object" || given === null) return true;
    this.pending = toOperation(given);
    return this.pending === null;
  }
  result(): void {}
}

/** An operation, a promise as one, or null for any other object (a list that `fn` happens to return, say). */
function toOperation(given: object): Operation<unknown> | null {
  if (Symbol.iterator in given) {
    const isData = Array.isArray(given) || given instanceof Map || given instanceof Set || ArrayBuffer.isView(given);
    return isData ? null : (given as Operation<unknown>);
  }
  return "then" in given && typeof given.then === "function" ? until(given as PromiseLike<unknown>) : null;
}
