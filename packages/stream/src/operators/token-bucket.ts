import { MisuseError, type Scheduler, type TimerHandle } from "@skein/coroutine";
import { atLeast, duration } from "../limits.ts";

/** How fast a token bucket fills, and how much it holds. */
export interface TokenBucketOptions {
  /** How many tokens come in `perMs`: a whole number of at least 1. */
  readonly count: number;
  /** In how many milliseconds, evenly: more than 0. */
  readonly perMs: number;
  /** How many tokens it holds, and holds at first: so many items may follow each other at once. Default: `count`. */
  readonly burst?: number | undefined;
}

/** Somebody who waits for a token. */
interface Waiter {
  /** A token was taken for it. */
  granted(): void;
}

/**
 * A bucket of tokens for `rateLimit`, to be shared by any number of streams on one loop.
 *
 * @param options How fast it fills.
 * @throws {RangeError} If `count` or `burst` is less than 1, fractional or NaN, or `perMs` not more than 0.
 * @example
 * ```ts
 * import { from, rateLimit, tokenBucket, zip } from "@skein/stream";
 *
 * const api = tokenBucket({ count: 2, perMs: 5 }); // for both together
 * const users = from(["ada", "bob"]).pipe(rateLimit(api));
 * const orders = from([1, 2]).pipe(rateLimit(api));
 * console.log(await zip(users, orders).toArray()); // [ [ 'ada', 1 ], [ 'bob', 2 ] ]
 * ```
 */
export function tokenBucket(options: TokenBucketOptions): TokenBucket {
  return new TokenBucket(options);
}

/**
 * What `tokenBucket()` gives: nothing to look into, something to share. Who asked first is served first.
 *
 * It keeps one number, when it will be full again; everything is compared with that, so no fraction of a token is ever
 * lost to rounding.
 *
 * @example
 * ```ts
 * import { from, rateLimit, type TokenBucket, tokenBucket } from "@skein/stream";
 *
 * const limits = new Map<string, TokenBucket>([["example.org", tokenBucket({ count: 10, perMs: 5 })]]);
 * const links = from(["/a", "/b"]).pipe(rateLimit(limits.get("example.org") ?? { count: 1, perMs: 1_000 }));
 * console.log(await links.toArray()); // [ '/a', '/b' ]
 * ```
 */
export class TokenBucket {
  private readonly everyMs: number;
  /** One token is there as soon as the bucket will be full within so long. */
  private readonly slackMs: number;
  private fullAtMs = Number.NEGATIVE_INFINITY;
  private readonly waiters = new Set<Waiter>();
  private timer: TimerHandle | null = null;
  private scheduler: Scheduler | null = null;

  /** @internal */
  constructor({ count, perMs, burst = count }: TokenBucketOptions) {
    atLeast(1, count, "limit the rate to");
    atLeast(1, burst, "allow a burst of");
    duration(perMs, "limit the rate");
    if (!(perMs > 0 && perMs < Number.POSITIVE_INFINITY))
      throw new RangeError(`Cannot limit the rate per ${perMs} ms: give a number of milliseconds of more than 0.`);
    this.everyMs = perMs / count;
    this.slackMs = this.everyMs === 0 ? 0 : (burst - 1) * this.everyMs;
  }

  /** @internal All time is one loop's. (S12) */
  bind(scheduler: Scheduler): void {
    this.scheduler ??= scheduler;
    if (this.scheduler !== scheduler)
      throw new MisuseError("Cannot share a token bucket between two loops: they have two clocks; make one for each.");
  }

  /** @internal Takes a token; false: `waiter` will be told when one was taken for it. */
  take(waiter: Waiter): boolean {
    if (this.waiters.size === 0 && this.takeOne()) return true;
    this.waiters.add(waiter);
    this.arm();
    return false;
  }

  /** @internal It wants no token any more. */
  forget(waiter: Waiter): void {
    if (!this.waiters.delete(waiter) || this.waiters.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  /** @internal A token that was taken and not used: the next one's. */
  giveBack(): void {
    this.fullAtMs -= this.everyMs;
    this.serve();
  }

  private get dueMs(): number {
    return this.fullAtMs - this.slackMs;
  }

  private takeOne(): boolean {
    const now = (this.scheduler as Scheduler).now();
    if (now < this.dueMs) return false;
    this.fullAtMs = Math.max(this.fullAtMs, now) + this.everyMs;
    return true;
  }

  private arm(): void {
    this.timer ??= (this.scheduler as Scheduler).callAt(this.dueMs, () => this.serve());
  }

  private serve(): void {
    this.timer?.cancel();
    this.timer = null;
    for (const waiter of this.waiters) {
      if (!this.takeOne()) {
        this.arm();
        return;
      }
      this.waiters.delete(waiter);
      waiter.granted();
    }
  }
}
