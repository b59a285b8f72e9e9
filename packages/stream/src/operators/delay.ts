import type { Operation, TimerHandle } from "@skein/coroutine";
import { atLeast, duration } from "../limits.ts";
import { Ring } from "../ring.ts";
import { beginClosing, closeAll } from "../run/closing.ts";
import { untoldEnd } from "../run/untold.ts";
import {
  END,
  type End,
  type Host,
  MORE,
  type Pumped,
  type Sink,
  type Source,
  type Streamable,
  WAIT,
} from "../source.ts";
import { type Operator, stream } from "../stream.ts";

/** How `delay` holds items back. */
export interface DelayOptions {
  /** How many items may be held at a time; a source with more has to wait. A whole number of at least 1. Default 1024. */
  readonly capacity?: number | undefined;
}

/**
 * Gives each item `ms` milliseconds after it has come. The end, or a failure, follows the last item that was held; a
 * close drops them.
 *
 * @param ms How long, in milliseconds: at least 0.
 * @param options How much is held.
 * @throws {RangeError} If `ms` is negative or NaN, or `capacity` less than 1, fractional or NaN.
 * @example
 * ```ts
 * import { delay } from "@skein/stream";
 * import { timeline, timelineOf } from "@skein/stream/testing";
 *
 * const replies = timeline("a-b---|"); // a letter is an item, a frame 1 ms
 * console.log(timelineOf(replies.pipe(delay(3)))); // ---a-b|
 * ```
 */
export function delay<A>(ms: number, options?: DelayOptions): Operator<A, A> {
  const capacity = options?.capacity ?? 1024;
  duration(ms, "delay");
  atLeast(1, capacity, "delay with a capacity of");
  return (up) => stream((host, sink) => new Delay(ms, capacity, up, host, sink), up.tasks);
}

class Delay<A> implements Source, Sink<A> {
  private readonly ms: number;
  private readonly capacity: number;
  private readonly host: Host;
  private readonly sink: Sink<A>;
  private readonly upstream: Source;
  private readonly held = new Ring<{ readonly item: A; readonly dueMs: number }>();
  private timer: TimerHandle | null = null;
  private upstreamEnd: { readonly error?: unknown } | null = null;
  private over = false;

  constructor(ms: number, capacity: number, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    this.ms = ms;
    this.capacity = capacity;
    this.host = host;
    this.sink = sink;
    this.upstream = upstream.open(host, this);
  }

  push(item: A): boolean {
    if (!this.over) this.held.push({ item, dueMs: this.host.scheduler.now() + this.ms });
    return this.held.length < this.capacity && !this.over;
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      if (this.isDue()) {
        if (!this.sink.push(this.held.shift().item)) return this.over ? END : MORE;
      } else if (this.upstreamEnd !== null || this.held.length >= this.capacity) return this.waitOrEnd();
      else {
        const before = this.held.length;
        if (this.fill(left) === WAIT) return this.waitOrEnd();
        left -= this.held.length - before; // each item that came costs one (S8)
      }
    }
    return this.over ? END : MORE;
  }

  private isDue(): boolean {
    return this.held.length > 0 && this.held.at(0).dueMs <= this.host.scheduler.now();
  }

  private fill(budget: number): Pumped {
    try {
      const pumped = this.upstream.pump(Math.min(budget, this.capacity - this.held.length));
      if (pumped === END) this.upstreamEnd = {};
      return pumped;
    } catch (error) {
      this.upstreamEnd = { error }; // the upstream's: our push() never reaches the consumer
      return END;
    }
  }

  private waitOrEnd(): Pumped {
    if (this.held.length > 0) {
      this.timer ??= this.host.scheduler.callAt(this.held.at(0).dueMs, () => {
        this.timer = null;
        this.host.wake();
      });
      return WAIT;
    }
    if (this.upstreamEnd === null) return WAIT;
    this.over = true;
    if ("error" in this.upstreamEnd) throw this.upstreamEnd.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const told = this.over ? undefined : untoldEnd(this.host, end, "delay", this.upstreamEnd);
    this.over = true;
    this.timer?.cancel();
    this.held.clear();
    return closeAll([told, beginClosing(this.upstream, end)]);
  }
}
