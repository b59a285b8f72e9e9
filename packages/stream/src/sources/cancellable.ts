import { moveOnAfter, type Operation } from "@skein/coroutine";
import { isNamed, reasonOf } from "../ends.ts";
import { LeftBehindError } from "../left-behind-error.ts";
import { duration } from "../limits.ts";
import { promised } from "../run/closing.ts";
import type { End, Host, Sink } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { nameOf, once } from "./once.ts";
import { PullSource } from "./pull.ts";

/** How `cancellable` stops what it was given. */
export interface CancellableOptions {
  /** How long a close waits for it to let go, in milliseconds. Default 1000. */
  readonly graceMs?: number | undefined;
  /** Told what could not be done in that time. Default: it is reported to the loop. */
  readonly onLeft?: ((error: LeftBehindError) => void) | undefined;
}

/**
 * A stream of a foreign async iterable that stops as exactly as that allows. A close answers a pending `next()` at
 * once, aborts the signal that the iterable was made with (with the identical reason), calls its `return()`, and waits
 * for both, `graceMs` at most: a native async generator that waits for something which does not settle cannot be
 * stopped by anybody. What is still going on then is told to `onLeft`, listed in dumps as an orphan until it settles,
 * and its failure reported.
 *
 * (`from` takes async iterables, too: it waits for none that is in the middle of a pull.)
 *
 * @param source An async iterable, or better a function that makes one which heeds a signal.
 * @param options How long a close waits, and who is told of what it left.
 * @throws {TypeError} If `source` is neither. @throws {RangeError} If `graceMs` is negative or NaN.
 * @throws {UsedError} When a run is opened, if `source` is an iterable that can be used only once, and was.
 * @example
 * ```ts
 * import { setTimeout } from "node:timers/promises";
 * import { cancellable, take } from "@skein/stream";
 *
 * async function* model(prompt: string, signal: AbortSignal) {
 *   yield prompt.toUpperCase();
 *   await setTimeout(1_000_000, undefined, { signal }); // heeds the signal, so it can be stopped
 * }
 * const answer = cancellable((signal) => model("hello", signal)).pipe(take(1));
 * console.log(await answer.toArray()); // [ 'HELLO' ]
 * ```
 */
export function cancellable<T>(
  source: AsyncIterable<T> | ((signal: AbortSignal) => AsyncIterable<T>),
  options: CancellableOptions = {},
): Stream<T> {
  duration(options.graceMs ?? 1000, "wait");
  if (typeof source === "function")
    return stream((host, sink) => new CancellableSource(source, options, host, sink), false);
  if (typeof source !== "object" || source === null || !(Symbol.asyncIterator in source))
    throw new TypeError(
      `Cannot make ${String(source)} cancellable: give an async iterable, or a function that makes one.`,
    );
  const open = (host: Host, sink: Sink<T>) => new CancellableSource(() => source, options, host, sink);
  return stream(once(source, open, "next" in source), false);
}

class CancellableSource<T> extends PullSource<T> {
  private readonly make: (signal: AbortSignal) => AsyncIterable<T>;
  private readonly options: CancellableOptions;
  private readonly controller = new AbortController();
  private iterator: AsyncIterator<T> | null = null;
  private name = "async iterable";
  private pulled: Promise<unknown> | null = null;
  private returning: Operation<void> | null = null;

  constructor(make: (signal: AbortSignal) => AsyncIterable<T>, options: CancellableOptions, host: Host, sink: Sink<T>) {
    super(host, sink, "async iterable");
    this.make = make;
    this.options = options;
  }

  protected pull(): Promise<IteratorResult<T>> {
    if (this.iterator === null) {
      const iterable = this.make(this.controller.signal);
      this.name = nameOf(iterable);
      this.iterator = iterable[Symbol.asyncIterator]();
      if (this.over) return this.closedInside(this.iterator);
    }
    const pulled = Promise.resolve(this.iterator.next()).catch((error: unknown) => this.unlessAborted(error));
    this.pulled = pulled;
    return pulled;
  }

  /** As it was made, when there was nothing to tell yet: it returns unstepped, and our close waits for that. */
  private closedInside(iterator: AsyncIterator<T>): Promise<IteratorReturnResult<undefined>> {
    const returning = iterator.return?.();
    if (returning !== undefined) this.returning = promised(Promise.all([returning]));
    return Promise.resolve({ done: true, value: undefined });
  }

  /** That a pull fails which was aborted is what was asked for. */
  private unlessAborted(error: unknown): IteratorReturnResult<undefined> {
    const { signal } = this.controller;
    const isAbort = error === signal.reason || isNamed(error, "AbortError");
    if (signal.aborted && isAbort) return { done: true, value: undefined };
    throw error;
  }

  protected ended(): void {}

  protected stop(end: End, pulling: boolean): Operation<void> | undefined {
    this.controller.abort(reasonOf(end));
    if (pulling && this.iterator === null) return { [Symbol.iterator]: () => this.waitFor(this.returning, false) }; // looked at when it is waited for
    const returning = this.iterator?.return?.();
    // What a pull under way fails with is reported by PullSource.
    const pulled = pulling ? this.pulled?.then(undefined, () => undefined) : undefined;
    if (returning === undefined && pulled === undefined) return undefined;
    const both = promised(Promise.all([returning, pulled]));
    return this.waitFor(both, pulling);
  }

  private *waitFor(both: Operation<unknown> | null, pulling: boolean): Generator<never, void, unknown> {
    if (both === null) return;
    const { graceMs = 1000, onLeft } = this.options;
    const letGo = yield* moveOnAfter(graceMs, () => both) as Iterable<never> & Operation<unknown>;
    if (letGo !== undefined) return;
    const error = new LeftBehindError(this.name, pulling, graceMs);
    if (onLeft !== undefined) onLeft(error);
    else this.host.scheduler.reportError(error, { what: "left behind by a close", name: this.name });
  }
}
