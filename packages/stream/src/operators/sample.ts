import { duration } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Timed } from "./timed.ts";

/**
 * Gives the latest item `ms` milliseconds after the first that came since the last it gave. What is pending is given
 * at the end, and before a failure; a close drops it.
 *
 * @param ms How long, in milliseconds: at least 0.
 * @throws {RangeError} If `ms` is negative or NaN.
 * @example
 * ```ts
 * import { sample } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * const temperatures = timeline("abcdefg-----|"); // a letter is an item, a frame 1 ms
 * console.log(timelineOf(temperatures.pipe(sample(3)))); // ---c--f--g--|
 * ```
 */
export function sample<A>(ms: number): Operator<A, A> {
  duration(ms, "sample");
  return (up) => stream((host, sink) => new Sample(ms, up, host, sink), up.tasks);
}

class Sample<A> extends Timed<A, A> {
  private readonly ms: number;
  private latest: { readonly item: A } | null = null;

  constructor(ms: number, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.ms = ms;
  }
  protected take(item: A): void {
    this.latest = { item };
    if (!this.armed) this.arm(this.ms);
  }
  protected fired(): void {
    const { latest } = this;
    this.latest = null;
    if (latest !== null) this.give(latest.item);
  }
  protected override flush(): void {
    this.disarm();
    this.fired();
  }
}
