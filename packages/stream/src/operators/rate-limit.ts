import type { Operation } from "@skein/coroutine";
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
import { TokenBucket, type TokenBucketOptions } from "./token-bucket.ts";

/**
 * Lets items through as fast as a token bucket allows, one token each; the source is held back meanwhile, and nothing
 * is lost. Reads one item ahead: it is the item that waits for a token, so nobody hoards tokens while his source is silent.
 *
 * @param limit How fast, for each run by itself, or a `tokenBucket()` that all runs share.
 * @throws {RangeError} If a number of `limit` is out of its range.
 * @throws {MisuseError} When a run is opened, if a shared bucket was used on another loop.
 * @example
 * ```ts
 * import { from, rateLimit } from "@skein/stream";
 *
 * const pages = from(["a", "b", "c"]).pipe(rateLimit({ count: 1, perMs: 5 })); // one every 5 ms
 * await pages.forEach((page) => console.log(page)); // a b c
 * ```
 */
export function rateLimit<A>(limit: TokenBucketOptions | TokenBucket): Operator<A, A> {
  const own = limit instanceof TokenBucket ? null : limit;
  const shared = own === null ? (limit as TokenBucket) : new TokenBucket(own); // wrong numbers are told here and now
  return (up) =>
    stream((host, sink) => new RateLimit(own === null ? shared : new TokenBucket(own), up, host, sink), up.tasks);
}

class RateLimit<A> implements Source, Sink<A> {
  private readonly bucket: TokenBucket;
  private readonly host: Host;
  private readonly sink: Sink<A>;
  private readonly upstream: Source;
  /** The item that waits for a token; `paid`: it has one. */
  private held: { readonly item: A; paid: boolean } | null = null;
  private upstreamOver = false;
  private over = false;

  constructor(bucket: TokenBucket, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    bucket.bind(host.scheduler);
    this.bucket = bucket;
    this.host = host;
    this.sink = sink;
    this.upstream = upstream.open(host, this);
  }

  push(item: A): boolean {
    if (this.over) return false;
    if (this.bucket.take(this)) return this.sink.push(item);
    this.held = { item, paid: false };
    return false;
  }

  /** For the bucket. */
  granted(): void {
    if (this.held !== null) this.held.paid = true;
    this.host.wake();
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    const { held } = this;
    if (held !== null) {
      if (!held.paid) return WAIT;
      this.held = null;
      if (!this.sink.push(held.item) || budget <= 1) return this.answer(MORE);
    }
    if (this.over || this.upstreamOver) return this.answer(END);
    const pumped = this.upstream.pump(held === null ? budget : budget - 1);
    if (pumped === END) this.upstreamOver = true;
    return this.answer(pumped);
  }

  private answer(pumped: Pumped): Pumped {
    if (this.over) return END;
    if (this.held !== null) return WAIT;
    if (this.upstreamOver) this.over = true;
    return this.upstreamOver ? END : pumped;
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    const { held } = this;
    this.held = null;
    if (held?.paid) this.bucket.giveBack();
    else if (held !== null) this.bucket.forget(this);
    return this.upstream.close(end);
  }
}
