import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Cut } from "./cut.ts";

/**
 * Gives items until `predicate` is falsy for the first time, and then closes the source. The item that ended it is
 * not given.
 *
 * @param predicate Called once for each item; one that is a type guard narrows the type. What it throws ends the run.
 * @example
 * ```ts
 * import { takeWhile, unfold } from "@skein/stream";
 *
 * const powers = unfold(1, (n) => [n, n * 2]); // without end
 * console.log(await powers.pipe(takeWhile((n) => n < 10)).toArray()); // [ 1, 2, 4, 8 ]
 * ```
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
