import type { Resource } from "@skein/coroutine";
import { type Iteration, IterationRun } from "./run/iteration.ts";
import { type Reader, readerOf } from "./run/reader.ts";
import { Watched } from "./run/watched.ts";
import type { End, Streamable } from "./source.ts";
import { drain } from "./terminals/drain.ts";
import { type FirstOptions, type LastOptions, one } from "./terminals/first.ts";
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
 * ```ts
 * import { from, map } from "@skein/stream";
 *
 * const squares = from([1, 2, 3]).pipe(map((n) => n * n)); // nothing has happened yet
 * console.log(await squares.toArray()); // [ 1, 4, 9 ]
 * for await (const n of squares) console.log(n); // 1 4 9
 * ```
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
   * Passes the stream through operators, left to right. None: the same stream.
   *
   * @param operators Each makes a stream of the one before.
   * @example
   * ```ts
   * import { filter, from, map } from "@skein/stream";
   *
   * const big = from([1, 20, 300]).pipe(
   *   filter((n) => n > 9),
   *   map((n) => `${n} €`),
   * );
   * console.log(await big.toArray()); // [ '20 €', '300 €' ]
   * ```
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
   *
   * @param fn What it throws closes the source, and comes out as it is.
   * @param options The run's.
   * @example
   * ```ts
   * import { sleep } from "@skein/coroutine";
   * import { from } from "@skein/stream";
   *
   * await from(["tick", "tock"]).forEach(function* (sound) {
   *   yield* sleep(5);
   *   console.log(sound); // tick, and 5 ms later: tock
   * });
   * ```
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
   * Folds the items into one value, starting with `initial`: of an empty stream it is that.
   *
   * @param fn Makes the next value of the one before and the item. What it throws closes the source, and comes out.
   * @param initial What it starts with.
   * @param options The run's.
   * @example
   * ```ts
   * import { from } from "@skein/stream";
   *
   * console.log(await from(["tea", "milk"]).reduce((length, word) => length + word.length, 0)); // 7
   * ```
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
   *
   * @param options The run's, and maybe a `default`.
   * @throws {EmptyError} If the stream ends without one and no `default` is given.
   * @example
   * ```ts
   * import { empty, from } from "@skein/stream";
   *
   * console.log(await from(["a", "b"]).first(), await empty().first({ default: "none" })); // a none
   * ```
   */
  first(options?: RunOptions): Terminal<T>;
  first<D>(options: FirstOptions<D>): Terminal<T | D>;
  first(options?: RunOptions): Terminal<T> {
    return one("first", this, options);
  }

  /**
   * The last item.
   * @throws {EmptyError} If the stream ends without one and no `default` is given.
   */
  last(options?: RunOptions): Terminal<T>;
  last<D>(options: LastOptions<D>): Terminal<T | D>;
  last(options?: RunOptions): Terminal<T> {
    return one("last", this, options);
  }

  /** Runs the stream to its end and drops the items. */
  drain(options?: RunOptions): Terminal<void> {
    return drain(this, options);
  }

  /**
   * Sends every item to a channel's sender or a receiver coroutine, one at a time, and closes it at the end; if the
   * stream fails or is stopped, the target is told by `fail`, if it has that.
   *
   * @param target Where the items go. One that answers `{ done: true }` wants no more: the source is closed.
   * @param options The run's.
   * @throws What the source or `target` threw; what `target` throws when it is told, with the other as its `cause`.
   * @example
   * ```ts
   * import { receiver } from "@skein/coroutine";
   * import { from } from "@skein/stream";
   *
   * const printer = receiver(function* () {
   *   while (true) console.log((yield) as string);
   * });
   * await from(["Call me", "Ishmael."]).pipeTo(printer()); // Call me Ishmael.
   * ```
   */
  pipeTo(target: PipeTarget<T>, options?: RunOptions): Terminal<void> {
    return pipeTo(this, target, options);
  }

  /**
   * For taking items one by one in a coroutine: the run belongs to the block that `use`s it, and is closed with it.
   *
   * @example
   * ```ts
   * import { run, use } from "@skein/coroutine";
   * import { from } from "@skein/stream";
   *
   * await run(function* () {
   *   const rows = yield* use(from(["name,born", "ada,1815"]).reader());
   *   console.log(yield* rows.next()); // { done: false, value: 'name,born' }
   * });
   * ```
   */
  reader(): Resource<Reader<T>> {
    return readerOf(this);
  }

  /**
   * The same stream; `fn` is told how each run ended, exactly once, when its cleanup is over. (S6)
   *
   * @example
   * ```ts
   * import { from, take } from "@skein/stream";
   *
   * const numbers = from([1, 2, 3]).onEnd((end) => console.log(end)); // { kind: 'stopped', by: 'consumer' }
   * await numbers.pipe(take(1)).drain();
   * ```
   */
  onEnd(fn: (end: End) => void): Stream<T> {
    return new Stream((host, sink) => new Watched(this, host, sink, fn), this.tasks);
  }

  /** For `for await`. Two iterators are two runs. Leaving the loop closes the run, also while it waits. (S4) */
  [Symbol.asyncIterator](): Iteration<T> {
    return new IterationRun(this);
  }
}

/**
 * A stream from its parts: what an operator or a source of your own returns. `checkSource` and `checkSink` in
 * `/testing` tell whether it keeps the rules.
 *
 * @param open Starts a run, as `source.ts` says.
 * @param tasks True if a run needs an owner for tasks: that of an upstream, as a rule.
 * @example
 * ```ts
 * import { from, type Operator, stream } from "@skein/stream";
 *
 * const negate: Operator<number, number> = (upstream) =>
 *   stream((host, sink) => upstream.open(host, { push: (n) => sink.push(-n) }), upstream.tasks);
 * console.log(await from([1, 2]).pipe(negate).toArray()); // [ -1, -2 ]
 * ```
 */
export function stream<T>(open: Streamable<T>["open"], tasks: boolean): Stream<T> {
  return new Stream(open, tasks);
}
