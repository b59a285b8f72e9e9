import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Cut } from "./cut.ts";

/**
 * Gives items until `predicate` is falsy for the first time, and then closes the source. The item that ended it is
 * not given. @example takeWhile((n: number) => n < 10)
 */
export function takeWhile<A, B extends A>(predicate: (item: A) => item is B): Operator<A, B>;
export function takeWhile<A>(predicate: (item: A) => unknown): Operator<A, A>;
export function takeWhile<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return (up) => stream((host, sink) => new TakeWhile(predicate, up, host, sink), up.tasks);
}

class TakeWhile<A> extends Cut<A> {
  private readonly predicate: (item: A) => unknown;
  constructor(predicate: (item: A) => unknown, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.predicate = predicate;
  }
  push(item: A): boolean {
    return this.predicate(item) ? this.sink.push(item) : this.cut();
  }
}
