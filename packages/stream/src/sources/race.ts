import type { Host, Pumped, Sink } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type From, from } from "./from.ts";
import { type Input, Inputs } from "./inputs.ts";

/**
 * The items of whichever source is the first to give one, to end or to fail. The others are closed in that moment, and
 * their cleanup is over when the run is.
 *
 * @param sources What `from` takes, but for functions; those named first are asked first. None: a stream that ends at
 * once.
 * @throws {TypeError} If one of them is something else.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, race } from "@skein/stream";
 *
 * const mirror = (name: string, ms: number) =>
 *   from(function* () {
 *     yield* sleep(ms);
 *     yield `sent by ${name}`;
 *   });
 * console.log(await race(mirror("Oslo", 500), mirror("Rome", 5)).toArray()); // [ 'sent by Rome' ]
 * ```
 */
export function race<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T[number]> {
  const streams = (sources as readonly From<T[number]>[]).map((source) => from(source));
  const tasks = streams.some((each) => each.tasks);
  return stream((host, sink) => new Race(streams, host, sink), tasks);
}

class Race<T> extends Inputs<T> {
  private readonly sink: Sink<T>;
  private winner: Input<T> | null = null;

  constructor(streams: readonly Stream<T>[], host: Host, sink: Sink<T>) {
    super(streams, host);
    this.sink = sink;
  }
  override pump(budget: number): Pumped {
    const { winner } = this;
    return winner === null || winner.over ? super.pump(budget) : this.pumpInput(winner, budget);
  }
  take(item: T, input: Input<T>): boolean {
    if (this.winner === null) {
      this.winner = input;
      this.cut(input);
    }
    return this.sink.push(item);
  }
  protected override ended(input: Input<T>): void {
    if (this.winner === null) this.cut(input);
  }
}
