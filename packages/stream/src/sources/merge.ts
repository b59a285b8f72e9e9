import type { Host, Sink } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type From, from } from "./from.ts";
import { Inputs } from "./inputs.ts";

/**
 * The items of all sources as they come; those that have items take turns, one each. Ends when all have ended; the
 * first failure ends it, and closes the others.
 *
 * @param sources What `from` takes, but for functions. None: a stream that ends at once.
 * @throws {TypeError} If one of them is something else.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, merge } from "@skein/stream";
 *
 * const news = (name: string, everyMs: number) =>
 *   from(function* () {
 *     for (let n = 1; n <= 2; n++) {
 *       yield* sleep(everyMs);
 *       yield `${name} ${n}`;
 *     }
 *   });
 * console.log(await merge(news("slow", 50), news("fast", 10)).toArray()); // [ 'fast 1', 'fast 2', 'slow 1', 'slow 2' ]
 * ```
 */
export function merge<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T[number]> {
  const streams = (sources as readonly From<T[number]>[]).map((source) => from(source));
  const tasks = streams.some((each) => each.tasks);
  return stream((host, sink) => new Merge(streams, host, sink), tasks);
}

class Merge<T> extends Inputs<T> {
  private readonly sink: Sink<T>;
  constructor(streams: readonly Stream<T>[], host: Host, sink: Sink<T>) {
    super(streams, host);
    this.sink = sink;
  }
  take(item: T): boolean {
    return this.sink.push(item);
  }
}
