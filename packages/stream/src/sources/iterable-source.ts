import { MisuseError, WAIT as YIELDED } from "@skein/coroutine";
import { END, MORE, type Pumped, type Sink, type Source } from "../source.ts";

/** Any synchronous iterator, stepped while the sink wants more. Its `return()` runs once, unless it ended or threw. */
export class IterableSource<T> implements Source {
  private readonly iterable: Iterable<T>;
  private readonly sink: Sink<T>;
  private iterator: Iterator<T> | null = null;
  private over = false;
  /** True while the iterator itself runs: it may then not be told to return yet. */
  private stepping = false;

  constructor(iterable: Iterable<T>, sink: Sink<T>) {
    this.iterable = iterable;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    this.iterator ??= this.iterable[Symbol.iterator]();
    const { iterator, sink } = this;
    const { push } = sink; // looked up once: see Step
    for (let left = budget; left > 0; left--) {
      if (this.over) return this.stop();
      const step = this.step(iterator);
      if (step.done) return this.end();
      if ((step.value as unknown) === YIELDED) throw this.waited(iterator);
      if (this.over) return this.stop();
      if (!push.call(sink, step.value)) return MORE;
    }
    return MORE;
  }

  private step(iterator: Iterator<T>): IteratorResult<T> {
    this.stepping = true;
    try {
      return iterator.next();
    } catch (error) {
      this.end();
      throw error;
    } finally {
      this.stepping = false;
    }
  }

  private end(): typeof END {
    this.over = true;
    this.iterator = null;
    return END;
  }

  /** Tells the iterator. Where what it does itself closed the run, only now: it has returned, and can be told. */
  private stop(): typeof END {
    const { iterator } = this;
    this.end();
    iterator?.return?.();
    return END;
  }

  private waited(iterator: Iterator<T>): MisuseError {
    this.end();
    try {
      iterator.return?.();
    } catch {
      // the wait that it stands at refuses to be stepped by hand, and in doing so withdraws its request
    }
    return new MisuseError("Cannot take an item: the iterator waits; give from() the generator function.");
  }

  close(): undefined {
    if (this.over || this.stepping) this.over = true;
    else this.stop();
  }
}
