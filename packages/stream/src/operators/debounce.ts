import { duration } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Timed } from "./timed.ts";

/**
 * Gives an item once no other has followed it for `ms` milliseconds. The last is given at the end, and before a
 * failure; a close drops it.
 *
 * @param ms How long, in milliseconds: at least 0.
 * @throws {RangeError} If `ms` is negative or NaN.
 * @example
 * ```ts
 * import { debounce } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * const keys = timeline("abc-----d-----|"); // a letter is an item, a frame 1 ms
 * console.log(timelineOf(keys.pipe(debounce(3)))); // -----c-----d--|
 * ```
 */
export function debounce<A>(ms: number): Operator<A, A> {
  duration(ms, "debounce");
  return (up) => stream((host, sink) => new Debounce(ms, up, host, sink), up.tasks);
}

class Debounce<A> extends Timed<A, A> {
  private readonly ms: number;
  private pending: { readonly item: A } | null = null;

  constructor(ms: number, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.ms = ms;
  }
  protected take(item: A): void {
    this.pending = { item };
    this.arm(this.ms);
  }
  protected fired(): void {
    const { pending } = this;
    this.pending = null;
    if (pending !== null) this.give(pending.item);
  }
  protected override flush(): void {
    this.disarm();
    this.fired();
  }
}
