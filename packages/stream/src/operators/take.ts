import { atLeast } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { empty } from "../sources/empty.ts";
import { type Operator, stream } from "../stream.ts";
import { Cut } from "./cut.ts";

/**
 * Gives the first `count` items and closes the source right after the last of them; `take(0)` opens nothing.
 *
 * @param count How many: a whole number of at least 0, or Infinity.
 * @throws {RangeError} If `count` is negative, fractional or NaN.
 * @example
 * ```ts
 * import { take, unfold } from "@skein/stream";
 *
 * const numbers = unfold(1, (n) => [n, n + 1]); // without end
 * console.log(await numbers.pipe(take(3)).toArray()); // [ 1, 2, 3 ]
 * ```
 */
export function take<A>(count: number): Operator<A, A> {
  atLeast(0, count, "take");
  if (count === 0) return () => empty();
  return (up) => stream((host, sink) => new Take(count, up, host, sink), up.tasks);
}

class Take<A> extends Cut<A> {
  private left: number;
  constructor(count: number, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.left = count;
  }
  push(item: A): boolean {
    if (this.left <= 0) return false;
    this.left--;
    const more = this.sink.push(item);
    return this.left === 0 ? this.cut() : more;
  }
}
