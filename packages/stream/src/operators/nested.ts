import type { Operation } from "@skein/coroutine";
import { blameless, ENOUGH } from "../ends.ts";
import { Closer } from "../run/closer.ts";
import { beginClosing, closeAll } from "../run/closing.ts";
import type { End, Host, Pumped, Sink, Source, Streamable } from "../source.ts";
import { type From, from } from "../sources/from.ts";

/** An operator that opens what `fn` makes of an item, one at a time: the next when the one before has cleaned up. */
export abstract class Nested<A, B> implements Source, Sink<A> {
  protected readonly outer: Source;
  protected inner: Source | null = null;
  /** Waits for the cleanup of the one before. */
  protected readonly closer: Closer;
  protected over = false;
  private readonly fn: (item: A) => From<B>;
  private readonly host: Host;
  private readonly sink: Sink<B>;
  /** Whom a failure is to be put down to, if there is one now. */
  private pumping: Source | null = null;

  constructor(fn: (item: A) => From<B>, upstream: Streamable<A>, outerHost: Host, host: Host, sink: Sink<B>) {
    this.fn = fn;
    this.host = host;
    this.sink = sink;
    this.closer = new Closer(host);
    this.outer = upstream.open(outerHost, this);
  }

  abstract push(item: A): boolean;
  protected abstract pumpOn(budget: number): Pumped;

  pump(budget: number): Pumped {
    try {
      return this.pumpOn(budget);
    } catch (error) {
      this.over = true;
      throw error;
    }
  }

  protected pumpOne(source: Source, budget: number): Pumped {
    this.pumping = source;
    return source.pump(budget);
  }

  protected open(item: A): void {
    this.pumping = null;
    if (this.over) return; // closed by a step before us, with this item in hand
    const made = from(this.fn(item));
    if (!this.over) this.inner = made.open(this.host, this.sink);
    if (this.over) this.closeInner(ENOUGH); // by `fn`, or by what a function does that was given to from(): our close knew nothing of it
  }

  protected closeInner(end: End): void {
    const { inner } = this;
    this.inner = null;
    this.closer.close(beginClosing(inner, end));
  }

  close(end: End): Operation<void> | undefined {
    const { inner, outer, pumping, closer } = this;
    this.over = true;
    this.inner = null;
    const closings = [inner, outer].map((each) => beginClosing(each, each === pumping ? end : blameless(end)));
    return closeAll([...closings, closer.rest()]);
  }
}
