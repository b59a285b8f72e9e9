import { duration } from "../limits.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Timed } from "./timed.ts";

/** What `throttle` does with the items it leaves out. */
export interface ThrottleOptions {
  /** True: the last of the items that came too soon is given when its time has come, and at the end. Default false. */
  readonly trailing?: boolean | undefined;
}

/**
 * Gives at most one item every `ms` milliseconds, the first at once; those that come too soon are left out.
 *
 * @param ms How long, in milliseconds: at least 0.
 * @param options What becomes of those that are left out.
 * @throws {RangeError} If `ms` is negative or NaN.
 * @example
 * ```ts
 * import { throttle } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * const positions = timeline("abcdefg-----|"); // a letter is an item, a frame 1 ms
 * console.log(timelineOf(positions.pipe(throttle(4)))); // a---e-------|
 * console.log(timelineOf(positions.pipe(throttle(4, { trailing: true })))); // a---d---g---|
 * ```
 */
export function throttle<A>(ms: number, options?: ThrottleOptions): Operator<A, A> {
  duration(ms, "throttle");
  return (up) => stream((host, sink) => new Throttle(ms, options?.trailing === true, up, host, sink), up.tasks);
}

class Throttle<A> extends Timed<A, A> {
  private readonly ms: number;
  private readonly trailing: boolean;
  private pending: { readonly item: A } | null = null;

  constructor(ms: number, trailing: boolean, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.ms = ms;
    this.trailing = trailing;
  }
  protected take(item: A): void {
    if (!this.armed) this.giveNow(item);
    else if (this.trailing) this.pending = { item };
  }
  protected fired(): void {
    const { pending } = this;
    this.pending = null;
    if (pending !== null) this.giveNow(pending.item);
  }
  protected override flush(): void {
    this.fired();
    this.disarm();
  }
  private giveNow(item: A): void {
    this.arm(this.ms);
    this.give(item);
  }
}
