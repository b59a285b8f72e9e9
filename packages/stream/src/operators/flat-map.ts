import { DONE } from "../ends.ts";
import { END, type Host, MORE, type Pumped, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import type { From } from "../sources/from.ts";
import { type Operator, stream } from "../stream.ts";
import { Nested } from "./nested.ts";

/**
 * Gives the items of what `fn` makes of each item, one after the other: the next is opened when the last has ended
 * and its cleanup is over.
 *
 * @param fn Makes what `from` takes, but for functions. What it throws ends the run.
 * @throws {TypeError} In the run, if `fn` gives something else.
 * @example
 * ```ts
 * import { flatMap, from } from "@skein/stream";
 *
 * const lines = from(["Call me", "Ishmael."]);
 * console.log(await lines.pipe(flatMap((line) => line.split(" "))).toArray()); // [ 'Call', 'me', 'Ishmael.' ]
 * ```
 */
export function flatMap<A, B>(fn: (item: A) => From<B>): Operator<A, B> {
  return (up) => stream((host, sink) => new FlatMap(fn, up, host, sink), true);
}

class FlatMap<A, B> extends Nested<A, B> {
  private readonly counting: CountingSink<B>;

  constructor(fn: (item: A) => From<B>, upstream: Streamable<A>, host: Host, sink: Sink<B>) {
    const counting = new CountingSink(sink);
    super(fn, upstream, host, host, counting);
    this.counting = counting;
  }

  push(item: A): boolean {
    this.open(item);
    return false;
  }

  protected pumpOn(budget: number): Pumped {
    const { counting } = this;
    counting.count = 0;
    counting.more = true;
    for (let tries = 0; tries + counting.count < budget; tries++) {
      if (this.over) return END;
      if (this.closer.busy()) return WAIT;
      const left = budget - tries - counting.count;
      const answer = this.inner === null ? this.openNext() : this.pumpInner(this.inner, left);
      if (answer !== null) return answer;
    }
    return MORE;
  }

  /** null: try again. */
  private openNext(): Pumped | null {
    const pumped = this.pumpOne(this.outer, 1);
    return this.inner !== null || pumped === MORE ? null : pumped;
  }

  private pumpInner(inner: Source, budget: number): Pumped | null {
    const pumped = this.pumpOne(inner, budget);
    if (pumped !== END) return pumped;
    this.closeInner(DONE);
    return this.counting.more ? null : MORE; // a `take` ends with an item that may have been enough: the next run has to wait
  }
}

class CountingSink<T> implements Sink<T> {
  count = 0;
  more = true;
  private readonly sink: Sink<T>;
  constructor(sink: Sink<T>) {
    this.sink = sink;
  }
  push(item: T): boolean {
    this.count++;
    this.more = this.sink.push(item);
    return this.more;
  }
}
