import { atLeast } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Expand } from "./expand.ts";

/** Which windows `window` gives. */
export interface WindowOptions {
  /** How many items further the next window begins: a whole number of at least 1. Default 1. */
  readonly every?: number | undefined;
  /** True: a stream of fewer items than one window gives them in one array, at its end. Default false: nothing. */
  readonly partial?: boolean | undefined;
}

/**
 * Gives the last `count` items in an array, again and again while they slide on: 1, 2, 3, 4 in windows of three are
 * [1, 2, 3] and [2, 3, 4]. (For arrays that do not overlap, or by time, see `chunk`; for a stream of each kind of item,
 * `groupBy`.)
 *
 * @param count How many items a window holds: a whole number of at least 1, or Infinity.
 * @param options Which windows there are.
 * @throws {RangeError} If `count` or `every` is less than 1, fractional or NaN.
 * @example
 * ```ts
 * import { from, map, window } from "@skein/stream";
 *
 * const temperatures = from([18, 20, 25, 24]);
 * const means = temperatures.pipe(
 *   window(2),
 *   map((items) => items.reduce((sum, each) => sum + each) / items.length),
 * );
 * console.log(await means.toArray()); // [ 19, 22.5, 24.5 ]
 * ```
 */
export function window<A>(count: number, options: WindowOptions = {}): Operator<A, A[]> {
  const { every = 1, partial = false } = options;
  atLeast(1, count, "make windows of");
  atLeast(1, every, "begin a window every");
  return (up) => stream((host, sink) => new Window(count, every, partial, up, host, sink), up.tasks);
}

class Window<A> extends Expand<A, A[]> {
  private readonly count: number;
  private readonly every: number;
  private readonly partial: boolean;
  private items: A[] = [];
  /** How many items to leave out before the next window begins: more than 0 only if `every` is more than `count`. */
  private skip = 0;
  private any = false;

  constructor(count: number, every: number, partial: boolean, upstream: Streamable<A>, host: Host, sink: Sink<A[]>) {
    super(upstream, host, sink);
    this.count = count;
    this.every = every;
    this.partial = partial;
  }
  protected take(item: A): void {
    if (this.skip > 0) {
      this.skip--;
      return;
    }
    if (this.items.push(item) < this.count) return;
    const full = this.items;
    this.any = true;
    this.items = full.slice(this.every);
    this.skip = Math.max(0, this.every - this.count);
    this.give(full);
  }
  protected override flush(): void {
    if (this.partial && !this.any && this.items.length > 0) this.give(this.items);
  }
}
