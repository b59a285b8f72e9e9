import type { Resource } from "@skein/coroutine";
import { type Iteration, IterationRun } from "./run/iteration.ts";
import { type Reader, readerOf } from "./run/reader.ts";
import { openWatched } from "./run/watched.ts";
import type { End, Streamable } from "./source.ts";
import { drain } from "./terminals/drain.ts";
import { type FirstOptions, first, type LastOptions, last } from "./terminals/first.ts";
import { type ForEachResult, forEach } from "./terminals/for-each.ts";
import { type PipeTarget, pipeTo } from "./terminals/pipe-to.ts";
import { reduce } from "./terminals/reduce.ts";
import type { RunOptions, Terminal } from "./terminals/terminal.ts";
import { toArray } from "./terminals/to-array.ts";

/** Makes a stream of a stream. */
export type Operator<A, B> = (upstream: Streamable<A>) => Stream<B>;

/**
 * A recipe for many values over time. Making one, or piping it, does nothing; each use (a terminal, a reader, a
 * `for await`) is a run of its own.
 *
 * @example
 * const squares = from([1, 2, 3]).pipe(map((n) => n * n));
 * await squares.toArray(); // [1, 4, 9]
 */
export class Stream<T> implements Streamable<T>, AsyncIterable<T> {
  /** Starts a run: for operators and hosts. */
  readonly open: Streamable<T>["open"];
  /** True if a run needs an owner for tasks. */
  readonly tasks: boolean;

  /**
   * @param open Starts a run, as `source.ts` says.
   * @param tasks True if a run needs an owner for tasks.
   */
  constructor(open: Streamable<T>["open"], tasks: boolean) {
    this.open = open;
    this.tasks = tasks;
  }

  /**
   * Passes the stream through operators, left to right.
   * @example from([1, 2, 3]).pipe(filter((n) => n > 1), map(String))
   */
  pipe(): Stream<T>;
  pipe<A>(a: Operator<T, A>): Stream<A>;
  pipe<A, B>(a: Operator<T, A>, b: Operator<A, B>): Stream<B>;
  pipe<A, B, C>(a: Operator<T, A>, b: Operator<A, B>, c: Operator<B, C>): Stream<C>;
  pipe<A, B, C, D>(a: Operator<T, A>, b: Operator<A, B>, c: Operator<B, C>, d: Operator<C, D>): Stream<D>;
  pipe<A, B, C, D, E>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
  ): Stream<E>;
  pipe<A, B, C, D, E, F>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
  ): Stream<F>;
  pipe<A, B, C, D, E, F, G>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
  ): Stream<G>;
  pipe<A, B, C, D, E, F, G, H>(
    a: Operator<T, A>,
    b: Operator<A, B>,
    c: Operator<B, C>,
    d: Operator<C, D>,
    e: Operator<D, E>,
    f: Operator<E, F>,
    g: Operator<F, G>,
    h: Operator<G, H>,
    ...more: Operator<H, H>[]
  ): Stream<H>;
  // biome-ignore lint/suspicious/noExplicitAny: the overloads above say how the operators fit together
  pipe(...operators: Operator<any, any>[]): Stream<any> {
    return operators.reduce<Stream<unknown>>((upstream, operator) => operator(upstream), this);
  }

  /**
   * Calls `fn` with every item, in order. What it returns, if it is an operation or a promise, is waited for before
   * the next item is asked for.
   * @example yield* lines.forEach((line) => socket.send(line));
   */
  forEach(fn: (item: T) => ForEachResult, options?: RunOptions): Terminal<void>;
  forEach(fn: (item: T) => void, options?: RunOptions): Terminal<void>;
  forEach(fn: (item: T) => unknown, options?: RunOptions): Terminal<void> {
    return forEach(this, fn, options);
  }

  /** All items, in an array. */
  toArray(options?: RunOptions): Terminal<T[]> {
    return toArray(this, options);
  }

  /**
   * Folds the items into one value, starting with `initial`.
   * @example await from([1, 2, 3]).reduce((sum, n) => sum + n, 0); // 6
   */
  reduce<R>(fn: (accumulated: R, item: T) => R, initial: R, options?: RunOptions): Terminal<R> {
    return reduce(this, fn, initial, options);
  }

  /** How many items there are. */
  count(options?: RunOptions): Terminal<number> {
    return reduce(this, (count) => count + 1, 0, { name: "count", ...options });
  }

  /**
   * The first item; the source is closed right after it.
   * @throws {EmptyError} If the stream ends without one and no `default` is given.
   */
  first(options?: RunOptions): Terminal<T>;
  first<D>(options: FirstOptions<D>): Terminal<T | D>;
  first(options?: RunOptions): Terminal<T> {
    return first(this, options);
  }

  /**
   * The last item.
   * @throws {EmptyError} If the stream ends without one and no `default` is given.
   */
  last(options?: RunOptions): Terminal<T>;
  last<D>(options: LastOptions<D>): Terminal<T | D>;
  last(options?: RunOptions): Terminal<T> {
    return last(this, options);
  }

  /** Runs the stream to its end and drops the items. */
  drain(options?: RunOptions): Terminal<void> {
    return drain(this, options);
  }

  /**
   * Sends every item to a channel's sender or a receiver coroutine, one at a time, and closes it at the end.
   * @example await tokens.pipeTo(printer()); // where printer = receiver(function* () { while (true) show(yield); })
   */
  pipeTo(target: PipeTarget<T>, options?: RunOptions): Terminal<void> {
    return pipeTo(this, target, options);
  }

  /**
   * For taking items one by one in a coroutine: the run belongs to the block that `use`s it, and is closed with it.
   * @example
   * const reader = yield* use(lines.reader());
   * const head = yield* reader.next();
   */
  reader(): Resource<Reader<T>> {
    return readerOf(this);
  }

  /** The same stream; `fn` is told how each run ended, exactly once, when its cleanup is over. (S6) */
  onEnd(fn: (end: End) => void): Stream<T> {
    return new Stream((host, sink) => openWatched(this, host, sink, fn), this.tasks);
  }

  /** For `for await`. Two iterators are two runs. Leaving the loop closes the run, also while it waits. (S4) */
  [Symbol.asyncIterator](): Iteration<T> {
    return new IterationRun(this);
  }
}

/** A stream from its parts: what an operator or a source of your own returns. */
export function stream<T>(open: Streamable<T>["open"], tasks: boolean): Stream<T> {
  return new Stream(open, tasks);
}
