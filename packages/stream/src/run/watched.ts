import { isOwnCancel, type Operation, type Wait, withSuppressed } from "@skein/coroutine";
import { DONE, failed, left } from "../ends.ts";
import { END, type End, type Host, type Pumped, type Sink, type Source, type Streamable } from "../source.ts";
import { beginClosing } from "./closing.ts";

/** A run of `upstream` of which `fn` is told how it ended, once, after its cleanup. (S6) */
export class Watched<T> implements Source, Sink<T> {
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
      this.tell(failed(error), { error }); // there will be nothing to close
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
      if (!isOwnCancel(error)) this.end ??= this.inConsumer ? left(error) : failed(error); // else the host says what it was
      throw error;
    }
  }

  close(end: End): Operation<void> | undefined {
    if (this.closed) return undefined;
    this.closed = true;
    this.end ??= end;
    const closing = beginClosing(this.upstream, this.end);
    if (closing !== undefined) return this.tellAfter(closing, this.end);
    this.tell(this.end, null);
    return undefined;
  }

  private *tellAfter(closing: Operation<void>, end: End): Generator<Wait, void, unknown> {
    let failure: { readonly error: unknown } | null = null;
    try {
      yield* closing;
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      this.tell(end, failure);
    }
  }

  /** What `fn` throws comes behind an error that is under way. (C3) */
  private tell(end: End, failure: { readonly error: unknown } | null): void {
    try {
      this.fn(end);
    } catch (error) {
      throw failure === null ? error : withSuppressed(failure.error, [error]);
    }
  }
}
