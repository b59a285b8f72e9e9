import type { Host, Sink } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type From, from } from "./from.ts";
import { type Input, Inputs } from "./inputs.ts";

/**
 * Arrays of the latest item of each source: one whenever any of them gives an item, once all have given one. Ends when
 * all have ended, or when one ends without an item, as no array can come then; the others are closed. The first
 * failure ends it.
 *
 * @param sources What `from` takes, but for functions. None: a stream that ends at once.
 * @throws {TypeError} If one of them is something else.
 * @example
 * ```ts
 * import { combineLatest } from "@skein/stream";
 * import { timeline } from "@skein/stream/testing";
 *
 * const prices = timeline("5---6-|"); // a digit is an item, a frame 1 ms
 * const counts = timeline("--1-----2|");
 * await combineLatest(prices, counts).forEach(([price, count]) => console.log(`${count} for ${price}`));
 * // 1 for 5, 1 for 6, 2 for 6
 * ```
 */
export function combineLatest<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T> {
  const streams = sources.map((source) => from<unknown>(source as From<unknown>));
  const tasks = streams.some((each) => each.tasks);
  return stream<T>((host, sink) => new CombineLatest(streams, host, sink as Sink<unknown>), tasks);
}

class CombineLatest extends Inputs<unknown> {
  private readonly sink: Sink<unknown>;
  private readonly latest: unknown[];
  /** The inputs that have given nothing yet. */
  private readonly missing: Set<Input<unknown>>;

  constructor(streams: readonly Stream<unknown>[], host: Host, sink: Sink<unknown>) {
    super(streams, host);
    this.sink = sink;
    this.latest = streams.map(() => undefined);
    this.missing = new Set(this.inputs);
  }
  take(item: unknown, input: Input<unknown>): boolean {
    this.latest[input.index] = item;
    this.missing.delete(input);
    return this.missing.size > 0 || this.sink.push(this.latest.slice());
  }
  protected override ended(input: Input<unknown>): void {
    if (this.missing.has(input)) this.cut();
  }
}
