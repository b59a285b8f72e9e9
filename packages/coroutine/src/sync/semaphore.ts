import type { WaiterNode } from "@skein/future";
import { MisuseError } from "@skein/future";
import type { Operation } from "../operation.ts";
import { show } from "../task/body.ts";
import { expectEachUse, expectUse } from "../task/unused.ts";
import { Attempt } from "./attempt.ts";
import { label, ParkingLot } from "./parking-lot.ts";
import { permitWatch } from "./permit-watch.ts";
import { Ticket, ticketFor } from "./ticket.ts";

export interface SemaphoreOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
  /** The most permits there may ever be: a release beyond that is an error. Whole, not below the initial number. By default there is no bound. */
  readonly max?: number | undefined;
}

export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly available: number;
  readonly max: number | undefined;
  /** How many tasks wait. */
  readonly waiting: number;
}

/**
 * Counts permits, for so many tasks at a time. First come, first served: `release()` gives the permit to the first
 * waiter then and there, nobody overtakes it, and a request for many permits is not starved by small ones.
 *
 * It does not know who holds its permits; see `CapacityLimiter` for one that does.
 *
 * @example
 * ```ts
 * import { run, Semaphore, sleep, use } from "@skein/coroutine";
 *
 * const twoAtATime = new Semaphore(2);
 * await run(function* (root) {
 *   for (const page of [1, 2, 3]) {
 *     root.spawn(function* () {
 *       yield* use(twoAtATime); // released when the block ends
 *       yield* sleep(1);
 *       console.log("page", page);
 *     });
 *   }
 * });
 * ```
 */
export class Semaphore {
  readonly name: string | undefined;
  readonly max: number | undefined;
  /** @internal */ readonly lot: ParkingLot;
  private free: number;
  private readonly attempt: Operation<void>;

  /**
   * @param permits How many there are at first: a whole number from 0.
   * @throws {RangeError} If it is not, or `max` is not a whole number from `permits`.
   */
  constructor(permits: number, options: SemaphoreOptions = {}) {
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    const { max } = options;
    requireWhole(permits, 0, "make a semaphore with");
    if (max !== undefined) requireWhole(max, permits, "make a semaphore with at most");
    this.max = max;
    this.free = permits;
    this.attempt = new Attempt({
      lot: this.lot,
      isReady: () => this.canTake(1),
      take: () => this.take(1),
      describe: () => this.describe(),
    });
  }

  /** How many permits are free. */
  get available(): number {
    return this.free;
  }

  /** True while there is no permit to be had. */
  get locked(): boolean {
    return !this.canTake(1);
  }

  /**
   * Waits for permits and takes them.
   *
   * @param count How many, all at once: a whole number from 1, and not above `max`.
   * @throws {RangeError} If it is not. @throws {CancelledError} If the task was cancelled: it has taken none.
   */
  acquire(count: number = 1): Operation<void> {
    if (count === 1) return expectEachUse(this.attempt);
    this.requireCount(count, "acquire");
    return expectUse(ticketFor(this, count));
  }

  /** Takes permits if they are free and nobody waits. @returns false if not. @throws {RangeError} As `acquire()`. */
  tryAcquire(count: number = 1): boolean {
    this.requireCount(count, "acquire");
    if (!this.canTake(count)) return false;
    this.take(count);
    return true;
  }

  /** Gives one permit back, to the first waiter if there is one. May be called by anybody. @throws {MisuseError} If there would be more than `max`. */
  release(): void;
  /** Gives `count` permits back. @throws {RangeError} If `count` is no whole number from 1. */
  release(count: number): void;
  release(count: number = 1): void {
    requireWhole(count, 1, "release");
    if (this.max !== undefined && this.free + count > this.max) {
      throw new MisuseError(
        `Cannot release ${count} of ${label("semaphore", this.name)}: ${this.free} of at most ${this.max} are free; release only what was acquired.`,
      );
    }
    permitWatch?.(this);
    this.free += count;
    this.serve();
  }

  /** What there is to see. */
  statistics(): SemaphoreStatistics {
    return { available: this.free, max: this.max, waiting: this.lot.waiting };
  }

  /** How dumps and errors call it: `semaphore "pages" (0 free)`. */
  describe(): string {
    return `${label("semaphore", this.name)} (${this.free} free)`;
  }

  /** @internal Free permits are for whoever waits longest, even if they are too few for it yet. */
  canTake(count: number): boolean {
    return this.free >= count && this.lot.firstWaiter === null;
  }
  /** @internal */
  take(count: number): void {
    permitWatch?.(this);
    this.free -= count;
  }
  /** @internal A large request that stood first may have held up small ones. */
  gaveUp(): void {
    this.serve();
  }

  /** Hands free permits to the waiters, in their order, as far as they go. */
  private serve(): void {
    for (let first = this.lot.firstWaiter; first !== null; first = this.lot.firstWaiter) {
      const asked = countOf(first);
      if (asked > this.free) return;
      this.free -= asked;
      this.lot.shift();
      first.wake();
    }
  }

  private requireCount(count: number, what: string): void {
    requireWhole(count, 1, what);
    if (this.max === undefined || count <= this.max) return;
    throw new RangeError(
      `Cannot ${what} ${count} of ${label("semaphore", this.name)}: there are never more than ${this.max}.`,
    );
  }
}

const countOf = (node: WaiterNode): number => (node instanceof Ticket ? (node.asked as number) : 1);

function requireWhole(count: unknown, least: number, what: string): void {
  if (Number.isInteger(count) && (count as number) >= least) return;
  throw new RangeError(`Cannot ${what} ${show(count)} permits: give a whole number from ${least}.`);
}
