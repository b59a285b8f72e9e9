import { bridge, type Waiter } from "@skein/future";
import type { Operation } from "../operation.ts";
import { show } from "../task/body.ts";
import { expectEachUse } from "../task/unused.ts";
import { Attempt } from "./attempt.ts";
import { label, ParkingLot } from "./parking-lot.ts";
import { BrokenBarrierError } from "./sync-errors.ts";

export interface BarrierOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface BarrierStatistics {
  /** How many have to arrive. */
  readonly parties: number;
  /** How many have, this round. */
  readonly waiting: number;
  readonly broken: boolean;
}

/**
 * Holds tasks until a number of them has arrived, then lets these go on together; the next arrivals are the next round.
 *
 * @example
 * ```ts
 * import { Barrier, run, sleep } from "@skein/coroutine";
 *
 * const line = new Barrier(2, { name: "start line" });
 * await run(function* (root) {
 *   for (const [runner, ms] of [["hare", 1], ["tortoise", 5]] as const) {
 *     root.spawn(function* () {
 *       yield* sleep(ms);
 *       if ((yield* line.wait()) === 0) console.log(runner, "was here first");
 *     });
 *   }
 * });
 * ```
 */
export class Barrier {
  readonly name: string | undefined;
  /** How many have to arrive. */
  readonly parties: number;
  /** @internal */ readonly lot: ParkingLot<number>;
  private aborted: boolean;
  private readonly attempt: Operation<number>;

  /** @param parties How many have to arrive: a whole number from 1. @throws {RangeError} If it is not. */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isInteger(parties) || parties < 1) {
      throw new RangeError(`Cannot make a barrier for ${show(parties)} tasks: give a whole number from 1.`);
    }
    this.parties = parties;
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    this.aborted = false;
    this.attempt = new Attempt(this);
  }

  /** How many have arrived and wait for the rest. */
  get waiting(): number {
    return this.lot.waiting;
  }

  /** True from `abort()` to `reset()`. */
  get broken(): boolean {
    return this.aborted;
  }

  /**
   * Arrives, and waits until all have.
   *
   * @returns the place in the order of arrival: 0 for the first, `parties - 1` for the last, who does not wait.
   * @throws {CancelledError} If the task was cancelled: it counts as not having arrived.
   * @throws {BrokenBarrierError} If the barrier is or gets broken.
   */
  wait(): Operation<number> {
    return expectEachUse(this.attempt);
  }

  /** Breaks it: who waits, and whoever arrives until `reset()`, gets a BrokenBarrierError. */
  abort(): void {
    this.aborted = true;
    this.lot.break(() => this.brokenBy("it was aborted; reset() makes it usable again"));
  }

  /** Starts a round anew: makes a broken barrier whole, and sends who still waits away with a BrokenBarrierError. */
  reset(): void {
    this.lot.break(() => this.brokenBy("it was reset while this task waited; wait again for the new round"));
    this.lot.mend();
    this.aborted = false;
  }

  /** What there is to see. */
  statistics(): BarrierStatistics {
    return { parties: this.parties, waiting: this.lot.waiting, broken: this.aborted };
  }

  /** How dumps and errors call it: `barrier "start line" (1 of 2 arrived)`. */
  describe(): string {
    return `${label("barrier", this.name)} (${this.lot.waiting} of ${this.parties} arrived)`;
  }

  /** @internal The last one to arrive has nothing to wait for. */
  isReady(): boolean {
    return this.lot.waiting === this.parties - 1;
  }
  /** @internal */
  take(): number {
    this.lot.refuseOtherLoop(bridge.running as Waiter); // by its contract, an attempt asks only while a task is running
    let place = 0;
    for (let node = this.lot.shift(); node !== null; node = this.lot.shift()) node.wake(place++);
    return place;
  }

  private brokenBy(what: string): BrokenBarrierError {
    return new BrokenBarrierError(`Cannot wait at ${label("barrier", this.name)}: ${what}.`);
  }
}
