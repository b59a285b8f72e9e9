import type { Operation } from "@skein/coroutine";
import { DONE } from "../ends.ts";
import { Closer } from "../run/closer.ts";
import { closeAll } from "../run/closing.ts";
import {
  END,
  type End,
  type Host,
  MORE,
  type Pumped,
  type Sink,
  type Source,
  type Streamable,
  WAIT,
} from "../source.ts";
import { type From, from } from "../sources/from.ts";
import { type Operator, stream } from "../stream.ts";

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

class FlatMap<A, B> implements Source, Sink<A> {
  private readonly fn: (item: A) => From<B>;
  private readonly host: Host;
  private readonly sink: CountingSink<B>;
  private readonly outer: Source;
  private inner: Source | null = null;
  private readonly closer: Closer;
  private over = false;

  constructor(fn: (item: A) => From<B>, upstream: Streamable<A>, host: Host, sink: Sink<B>) {
    this.fn = fn;
    this.host = host;
    this.sink = new CountingSink(sink);
    this.closer = new Closer(host);
    this.outer = upstream.open(host, this);
  }

  push(item: A): boolean {
    this.inner = from(this.fn(item)).open(this.host, this.sink);
    return false;
  }

  pump(budget: number): Pumped {
    this.sink.count = 0;
    this.sink.more = true;
    for (let tries = 0; tries + this.sink.count < budget; tries++) {
      if (this.over) return END;
      if (this.closer.busy()) return WAIT;
      const left = budget - tries - this.sink.count;
      const answer = this.inner === null ? this.openNext() : this.pumpInner(this.inner, left);
      if (answer !== null) return answer;
    }
    return MORE;
  }

  /** null: try again. */
  private openNext(): Pumped | null {
    const pumped = this.outer.pump(1);
    return this.inner !== null || pumped === MORE ? null : pumped;
  }

  private pumpInner(inner: Source, budget: number): Pumped | null {
    const pumped = inner.pump(budget);
    if (pumped !== END) return pumped;
    this.inner = null;
    this.closer.close(inner.close(DONE));
    return this.sink.more ? null : MORE; // a `take` ends with an item that may have been enough: the next run has to wait
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    return closeAll([this.inner?.close(end), this.closer.rest(), this.outer.close(end)]);
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
