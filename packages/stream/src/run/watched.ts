import type { Operation, Wait } from "@skein/coroutine";
import { cutOff, DONE, failed, left } from "../ends.ts";
import { END, type End, type Host, type Pumped, type Sink, type Source, type Streamable } from "../source.ts";
import { beginClosing } from "./closing.ts";

/** Opens `upstream` so that `fn` is told how the run ended, once, after its cleanup. (S6) */
export function openWatched<T>(upstream: Streamable<T>, host: Host, sink: Sink<T>, fn: (end: End) => void): Source {
  return new Watched(upstream, host, sink, fn);
}

class Watched<T> implements Source, Sink<T> {
  private readonly upstream: Source;
  private readonly sink: Sink<T>;
  private readonly fn: (end: End) => void;
  /** What ended first stands. */
  private end: End | null = null;
  private closed = false;
  private inConsumer = false;

  constructor(upstream: Streamable<T>, host: Host, sink: Sink<T>, fn: (end: End) => void) {
    this.sink = sink;
    this.fn = fn;
    try {
      this.upstream = upstream.open(host, this);
    } catch (error) {
      fn(failed(error)); // there will be nothing to close
      throw error;
    }
  }

  push(item: T): boolean {
    this.inConsumer = true;
    const more = this.sink.push(item);
    this.inConsumer = false;
    return more;
  }

  pump(budget: number): Pumped {
    if (this.end !== null) return END;
    try {
      const pumped = this.upstream.pump(budget);
      if (pumped === END) this.end ??= DONE;
      return pumped;
    } catch (error) {
      if (!cutOff(error)) this.end ??= this.inConsumer ? left(error) : failed(error); // else the host says what it was
      throw error;
    }
  }

  close(end: End): Operation<void> | undefined {
    if (this.closed) return undefined;
    this.closed = true;
    this.end ??= end;
    const closing = beginClosing(this.upstream, this.end);
    if (closing !== undefined) return { [Symbol.iterator]: () => this.tellAfter(closing) };
    this.fn(this.end);
    return undefined;
  }

  private *tellAfter(closing: Operation<void>): Generator<Wait, void, unknown> {
    try {
      yield* closing;
    } finally {
      this.fn(this.end as End);
    }
  }
}
