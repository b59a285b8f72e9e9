import type { Operation } from "@skein/coroutine";
import { ENOUGH } from "../ends.ts";
import { beginClosing } from "../run/closing.ts";
import { END, type End, type Host, type Pumped, type Sink, type Source, type Streamable } from "../source.ts";

/** A run that may be over before its upstream is: it then closes that at once, and answers END. */
export abstract class Cut<A> implements Source, Sink<A> {
  protected readonly sink: Sink<A>;
  protected readonly host: Host;
  private readonly upstream: Source;
  protected over = false;
  private closing: Operation<void> | undefined;
  private closed = false;

  constructor(upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    this.sink = sink;
    this.host = host;
    this.upstream = upstream.open(host, this);
  }

  abstract push(item: A): boolean;

  /** To be returned by `push` where this item, passed on or not, was the last. */
  protected cut(): false {
    this.over = true;
    return false;
  }

  pump(budget: number): Pumped {
    if (this.over) return this.stop(ENOUGH);
    const pumped = this.upstream.pump(budget);
    if (this.over) return this.stop(ENOUGH);
    return pumped;
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    this.stop(end);
    const { closing } = this;
    this.closing = undefined;
    return closing;
  }

  private stop(end: End): typeof END {
    if (!this.closed) {
      this.closed = true;
      this.closing = beginClosing(this.upstream, end);
    }
    return END;
  }
}
