import { bridge, MisuseError, type WaiterNode } from "@skein/future";
import type { Operation } from "../operation.ts";
import { show } from "../task/body.ts";
import { expectEachUse, expectUse } from "../task/unused.ts";
import { Attempt, Failure } from "./attempt.ts";
import { BorrowerKeeper } from "./borrower-keeper.ts";
import { label, ParkingLot } from "./parking-lot.ts";
import { permitWatch } from "./permit-watch.ts";
import { Ticket, ticketFor } from "./ticket.ts";

export interface CapacityLimiterOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface CapacityLimiterStatistics {
  readonly total: number;
  readonly borrowed: number;
  /** The names of the tasks that hold a token, or whatever was given as the borrower. */
  readonly borrowers: readonly unknown[];
  /** How many tasks wait. */
  readonly waiting: number;
}

/**
 * A number of tokens, each held by a borrower: a task, or anything that a task acquires it on behalf of. Nobody holds
 * two, and only who holds one can give it back. The total may be changed at any time.
 *
 * A task that ends without releasing takes its token with it. Once all are lost in that way, whoever waits, or asks later,
 * gets an error that names such a task, and does not hang.
 *
 * @example
 * ```ts
 * import { CapacityLimiter, run, sleep, use } from "@skein/coroutine";
 *
 * const limiter = new CapacityLimiter(2, { name: "connections" });
 * await run(function* (root) {
 *   for (const host of ["a", "b", "c"]) {
 *     root.spawn(function* () { yield* use(limiter); yield* sleep(1); console.log(host); });
 *   }
 *   yield* sleep(0);
 *   console.log(limiter.borrowed, "of", limiter.total);
 *   limiter.total = 3;
 * });
 * ```
 */
export class CapacityLimiter {
  readonly name: string | undefined;
  /** @internal */ readonly lot: ParkingLot;
  private limit: number;
  private readonly holders: Set<unknown>;
  private readonly watch: BorrowerKeeper;
  private readonly attempt: Operation<void>;

  /** @param total How many tokens there are: a whole number from 0, or Infinity. @throws {RangeError} If it is not. */
  constructor(total: number, options: CapacityLimiterOptions = {}) {
    requireTotal(total);
    this.limit = total;
    this.holders = new Set();
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    const token = (): string => `a token of ${label("capacity limiter", this.name)}`;
    // While the total is 0 it is to be raised first.
    const isFull = (): boolean => this.limit > 0 && this.holders.size >= this.limit;
    this.watch = new BorrowerKeeper(token, () => (isFull() ? this.holders : []));
    this.lot.useKeeper(this.watch);
    this.attempt = new Attempt({
      lot: this.lot,
      isReady: () => this.canTake(this.borrowerOf(undefined)),
      take: () => this.take(this.borrowerOf(undefined)),
      describe: () => this.describe(),
    });
  }

  /**
   * How many tokens there are. More: waiters get the new ones at once. Fewer: nothing is taken away, and nobody gets
   * one until enough were given back. @throws {RangeError} If it is no whole number from 0, or Infinity.
   */
  get total(): number {
    return this.limit;
  }
  set total(total: number) {
    requireTotal(total);
    this.limit = total;
    this.serve();
  }

  /** How many tokens are held. */
  get borrowed(): number {
    return this.holders.size;
  }

  /** How many tokens are free; 0 also while more are held than there are. */
  get available(): number {
    return Math.max(0, this.limit - this.holders.size);
  }

  /**
   * Waits for a token and holds it.
   *
   * @param borrower On whose behalf: anything, compared by identity. By default the running task.
   * @throws {CancelledError} If the task was cancelled: it holds none. @throws {MisuseError} If the borrower holds one already.
   * @throws {OwnerEndedError} If every token is held by a task that has ended.
   */
  acquire(borrower?: unknown): Operation<void> {
    return borrower === undefined ? expectEachUse(this.attempt) : expectUse(ticketFor<unknown>(this, borrower));
  }

  /** Takes a token if one is free and nobody waits. @returns false if not. @throws {MisuseError} As `acquire()`. */
  tryAcquire(borrower?: unknown): boolean {
    const who = this.borrowerOf(borrower);
    this.lot.refuseIfBroken();
    if (!this.canTake(who)) return false;
    this.take(who);
    return true;
  }

  /** Gives back the running task's token, to the first waiter if there is one. @throws {MisuseError} If it holds none. */
  release(): void;
  /** Gives back the token of `borrower`. @throws {MisuseError} If it holds none. */
  release(borrower: unknown): void;
  release(borrower?: unknown): void {
    const who = this.borrowerOf(borrower);
    if (!this.holders.delete(who)) {
      throw new MisuseError(
        `Cannot release a token of ${this.describe()}: ${nameOf(who)} holds none; acquire one first.`,
      );
    }
    this.serve();
  }

  /** What there is to see. */
  statistics(): CapacityLimiterStatistics {
    const borrowers = Array.from(this.holders, (holder) => (isNamed(holder) ? holder.name : holder));
    return { total: this.limit, borrowed: this.holders.size, borrowers, waiting: this.lot.waiting };
  }

  /** How dumps and errors call it: `capacity limiter "connections" (2 of 2 borrowed)`. */
  describe(): string {
    return `${label("capacity limiter", this.name)} (${this.holders.size} of ${this.limit} borrowed)`;
  }

  /** @internal @throws {MisuseError} If `borrower` holds a token already. */
  canTake(borrower: unknown): boolean {
    if (this.holders.has(borrower)) throw this.borrowsTwice(borrower);
    return this.holders.size < this.limit && this.lot.firstWaiter === null;
  }
  /** @internal */
  take(borrower: unknown): void {
    permitWatch?.(this);
    this.holders.add(borrower);
  }
  /** @internal */
  gaveUp(): void {} // every token is as good as another, so nobody was held up

  /** Hands free tokens to the waiters, in their order. */
  private serve(): void {
    while (this.holders.size < this.limit) {
      const first = this.lot.shift();
      if (first === null) return;
      const borrower = holderOf(first);
      // Two tasks may have waited on behalf of one borrower.
      if (this.holders.has(borrower)) first.wake(new Failure(() => this.borrowsTwice(borrower)));
      else {
        this.holders.add(borrower);
        first.wake();
      }
    }
    this.watch.wake();
  }

  private borrowerOf(borrower: unknown): unknown {
    if (borrower !== undefined) return borrower;
    if (bridge.running !== null) return bridge.running;
    throw new MisuseError(`Cannot use ${this.describe()} here: no task is running to hold its token; name a borrower.`);
  }

  private borrowsTwice(borrower: unknown): MisuseError {
    return new MisuseError(
      `Cannot acquire a second token of ${this.describe()} for ${nameOf(borrower)}: it holds one already; acquire on behalf of another borrower.`,
    );
  }
}

const holderOf = (node: WaiterNode): unknown => (node instanceof Ticket ? node.asked : node);

const isNamed = (holder: unknown): holder is { readonly name: string; describe(): string } =>
  typeof (holder as { describe?: unknown } | null)?.describe === "function" &&
  typeof (holder as { name?: unknown }).name === "string";

const nameOf = (holder: unknown): string => (isNamed(holder) ? holder.describe() : show(holder));

function requireTotal(total: unknown): void {
  if ((Number.isInteger(total) && (total as number) >= 0) || total === Number.POSITIVE_INFINITY) return;
  throw new RangeError(`Cannot limit the capacity to ${show(total)}: give a whole number from 0, or Infinity.`);
}
