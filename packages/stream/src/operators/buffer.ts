import type { Operation } from "@skein/coroutine";
import { checkOverflow, type Overflow, overflow } from "../channel/overflow.ts";
import { atLeast } from "../limits.ts";
import { Ring } from "../ring.ts";
import { closeAll } from "../run/closing.ts";
import { type Eater, Feed } from "../run/feed.ts";
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

/** What `buffer` does when it is full. */
export interface BufferOptions<A> {
  /** Default `"wait"`: the source is not asked for more. With any other the source is never held back. */
  readonly overflow?: Overflow<A> | undefined;
}

/**
 * Lets the source run ahead of its consumer, from the first demand on: up to `capacity` items wait here while the
 * consumer is busy. What is buffered when the source ends or fails is given first; a close drops it.
 *
 * @param capacity How many items: a whole number of at least 1, Infinity or `"unbounded"`.
 * @param options What to do when it is full, as for a channel. With `"error"` the run fails with an OverflowError.
 * @throws {RangeError} If `capacity` is less than 1, fractional or NaN. @throws {TypeError} If there is no such policy.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { buffer, from, tap } from "@skein/stream";
 *
 * const pages = from([1, 2, 3]).pipe(
 *   tap((page) => console.log("load", page)),
 *   buffer(2), // the next two are loaded while one is shown
 * );
 * await pages.forEach(function* (page) {
 *   console.log("show", page); // load 1, load 2, show 1, load 3, show 2, show 3
 *   yield* sleep(5);
 * });
 * ```
 */
export function buffer<A>(capacity: number | "unbounded", options?: BufferOptions<A>): Operator<A, A> {
  const count = capacity === "unbounded" ? Number.POSITIVE_INFINITY : capacity;
  atLeast(1, count, "buffer");
  const policy = options?.overflow ?? "wait";
  checkOverflow(policy);
  return (up) => stream((host, sink) => new Buffer(count, policy, up, host, sink), up.tasks);
}

class Buffer<A> implements Source, Eater<A> {
  private readonly capacity: number;
  private readonly policy: Overflow<A>;
  private readonly host: Host;
  private readonly sink: Sink<A>;
  private readonly feed: Feed<A>;
  private readonly items = new Ring<A>();
  private readonly losses = { dropped: 0, coalesced: 0 };
  private over = false;

  constructor(capacity: number, policy: Overflow<A>, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    this.capacity = capacity;
    this.policy = policy;
    this.host = host;
    this.sink = sink;
    this.feed = new Feed(upstream, host, this);
  }

  get hungry(): boolean {
    return this.policy !== "wait" || this.items.length < this.capacity;
  }

  eat(item: A): void {
    if (this.items.length < this.capacity) this.items.push(item);
    else overflow("buffer", this.policy, this.items, item, this.losses);
    if (this.items.length === 1) this.host.wake();
  }

  fed(): void {
    this.host.wake();
  }

  pump(budget: number): Pumped {
    const { items, sink, feed } = this;
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      if (items.length === 0) return this.waitOrEnd();
      const more = sink.push(items.shift());
      feed.ask();
      if (!more) return this.over ? END : MORE;
    }
    return this.over ? END : MORE;
  }

  private waitOrEnd(): Pumped {
    const { ended } = this.feed;
    if (ended === null) {
      this.feed.ask();
      return WAIT;
    }
    this.over = true;
    if ("error" in ended) throw ended.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const told = this.over ? undefined : untoldEnd(this.host, end, "buffer", this.feed.ended);
    this.over = true;
    this.items.clear();
    return closeAll([told, this.feed.close(end)]);
  }
}
