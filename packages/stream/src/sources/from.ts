import { isKnownOperation, type Wait } from "@skein/coroutine";
import type { Host, Sink, Source, Streamable } from "../source.ts";
import { Stream, stream } from "../stream.ts";
import { ArraySource } from "./array-source.ts";
import { AsyncIterableSource } from "./async-iterable-source.ts";
import { GeneratorSource } from "./generator-source.ts";
import { IterableSource } from "./iterable-source.ts";
import { nameOf, once } from "./once.ts";
import type { Produces } from "./produces.ts";
import { ReadableStreamSource } from "./readable-stream-source.ts";

/** What `from` takes, but for functions. */
export type From<T> = Streamable<T> | ReadableStream<T> | AsyncIterable<T> | Iterable<T>;

/**
 * Makes a stream of what gives values: an iterable, an async iterable, a ReadableStream, or a generator function,
 * in which `yield item` gives an item and `yield* operation` waits. A function is called anew for each run.
 *
 * @param source What gives the items, or a function that makes it. What it throws fails the run.
 * @throws {TypeError} If `source` is none of these. (A function's result is looked at when a run is opened.)
 * @throws {TypeError} When a run is opened, if the ReadableStream is locked.
 * @throws {UsedError} When a run is opened, if the source can be used only once and was.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from } from "@skein/stream";
 *
 * const countdown = from(function* () {
 *   for (let n = 3; n > 0; n--) {
 *     yield* sleep(1); // waits
 *     yield n; // gives an item
 *   }
 * });
 * console.log(await countdown.toArray(), await from(new Set("ab")).toArray()); // [ 3, 2, 1 ] [ 'a', 'b' ]
 * ```
 */
export function from<T>(source: (() => Stream<T>) | Stream<T>): Stream<T>;
export function from<T>(source: (() => ReadableStream<T>) | ReadableStream<T>): Stream<T>;
export function from<T>(source: (() => AsyncIterable<T>) | AsyncIterable<T>): Stream<T>;
// biome-ignore lint/suspicious/noExplicitAny: whatever it takes in, from() gives it nothing
export function from<Y>(source: () => Generator<Y, unknown, any>): Stream<Exclude<Y, Wait>>;
export function from<T>(source: (() => Iterable<T>) | From<T>): Stream<T>;
export function from<T>(source: unknown): Stream<T> {
  if (source instanceof Stream) return source;
  if (typeof source === "function") {
    const fn = source as () => unknown;
    return stream((host, sink) => openResult<T>(fn(), fn.name || "generator", host, sink), true);
  }
  const open = opener<T>(source, "make a stream");
  return stream(open, isStreamable<T>(source) && source.tasks);
}

type Open<T> = Streamable<T>["open"];

function openResult<T>(result: unknown, name: string, host: Host, sink: Sink<T>): Source {
  const doing = `open ${name}`;
  if (!isIterator<T>(result)) return opener<T>(result, doing)(host, sink);
  return new GeneratorSource(
    () => (nameOf(result) === "Generator" ? result : stepping(result, doing)),
    name,
    host,
    sink,
  );
}

/** One that is asked by `next()` alone. */
function isIterator<T>(result: unknown): result is Produces<T> {
  if (!isObject(result) || isAwaitable(result)) return false;
  return "next" in result && typeof result.next === "function" && !(Symbol.asyncIterator in result);
}

/** Somebody's own iterator, as a generator: it may wait, too. */
function* stepping<T>(iterator: Produces<T>, doing: string): Produces<T> {
  const next = (value: unknown): IteratorResult<T | Wait> => {
    const step = iterator.next(value);
    if (isAwaitable(step)) throw refuse(doing, iterator); // it answers later, and would give undefined for ever
    return step;
  };
  const steps = { next, throw: iterator.throw?.bind(iterator), return: iterator.return?.bind(iterator) };
  return yield* { [Symbol.iterator]: () => steps };
}

/** The order matters: a ReadableStream is async iterable too, but its iterator's `return()` hangs. */
function opener<T>(source: unknown, doing: string): Open<T> {
  if (typeof source === "string") return (_host, sink) => new IterableSource(source as Iterable<T>, sink);
  if (!isObject(source)) throw refuse(doing, source);
  if (isStreamable<T>(source)) return source.open;
  if (isAwaitable(source)) throw refuse(doing, source);
  if ("getReader" in source) {
    return once(source, (host, sink) => new ReadableStreamSource(source as ReadableStream<T>, host, sink), true);
  }
  if (Symbol.asyncIterator in source) {
    const open: Open<T> = (host, sink) => new AsyncIterableSource(source as AsyncIterable<T>, host, sink);
    return once(source, open, "next" in source);
  }
  if (Array.isArray(source)) return (_host, sink) => new ArraySource<T>(source, sink);
  if (Symbol.iterator in source) {
    const open: Open<T> = (_host, sink) => new IterableSource(source as Iterable<T>, sink);
    return once(source, open, "next" in source);
  }
  throw refuse(doing, source);
}

function isStreamable<T>(source: unknown): source is Streamable<T> {
  return isObject(source) && "open" in source && "tasks" in source;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** What gives one answer. */
function isAwaitable(source: object): boolean {
  return "then" in source || isKnownOperation(source);
}

function refuse(doing: string, source: unknown): TypeError {
  const isWait = isObject(source) && isAwaitable(source);
  const seen = isWait ? "one answer, not many" : isObject(source) ? nameOf(source) : String(source);
  const instead = isWait
    ? "give from() a generator function that waits for it"
    : "give from() an iterable, an async iterable, a ReadableStream or a generator function";
  return new TypeError(`Cannot ${doing}: this is ${seen}; ${instead}.`);
}
