import { atLeast, duration } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Timed } from "./timed.ts";

/** When `chunk` gives a chunk that is not full. */
export interface ChunkOptions {
  /** How long an item may wait for its chunk to fill, in milliseconds. Default: for ever. */
  readonly withinMs?: number | undefined;
}

/**
 * Gathers items into arrays of `count`, or of what has come `withinMs` after a chunk's first. The last may be shorter;
 * what is gathered when the source fails is given before the error, and dropped when the run is closed.
 *
 * @param count How many items a chunk has: a whole number of at least 1, or Infinity.
 * @param options When a chunk is given that is not full.
 * @throws {RangeError} If `count` is less than 1, fractional or NaN, or `withinMs` negative or NaN.
 * @example
 * ```ts
 * import { chunk, from } from "@skein/stream";
 *
 * const rows = from([1, 2, 3, 4, 5]);
 * await rows.pipe(chunk(2)).forEach((batch) => console.log(batch)); // [ 1, 2 ] [ 3, 4 ] [ 5 ]
 * ```
 */
export function chunk<A>(count: number, options?: ChunkOptions): Operator<A, A[]> {
  const withinMs = options?.withinMs ?? Number.POSITIVE_INFINITY;
  atLeast(1, count, "gather chunks of");
  duration(withinMs, "gather chunks");
  return (up) => stream((host, sink) => new Chunk(count, withinMs, up, host, sink), up.tasks);
}

class Chunk<A> extends Timed<A, A[]> {
  private readonly count: number;
  private readonly withinMs: number;
  private gathered: A[] = [];

  constructor(count: number, withinMs: number, upstream: Streamable<A>, host: Host, sink: Sink<A[]>) {
    super(upstream, host, sink);
    this.count = count;
    this.withinMs = withinMs;
  }
  protected take(item: A): void {
    if (this.gathered.push(item) >= this.count) this.flush();
    else if (!this.armed && this.withinMs !== Number.POSITIVE_INFINITY) this.arm(this.withinMs);
  }
  protected fired(): void {
    if (this.gathered.length === 0) return;
    const { gathered } = this;
    this.gathered = [];
    this.give(gathered);
  }
  protected override flush(): void {
    this.disarm();
    this.fired();
  }
}
