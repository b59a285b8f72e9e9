import type { Operation } from "../operation.ts";
import { expectEachUse } from "../task/unused.ts";
import { Attempt } from "./attempt.ts";
import { label, ParkingLot } from "./parking-lot.ts";

export interface EventOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface EventStatistics {
  readonly isSet: boolean;
  /** How many tasks wait for it. */
  readonly waiting: number;
}

/**
 * A flag to wait for: everybody who waits goes on when it is set, and nobody waits while it is.
 *
 * @example
 * ```ts
 * import { Event, run } from "@skein/coroutine";
 *
 * const started = new Event({ name: "started" });
 * await run(function* (root) {
 *   root.spawn(function* () { yield* started.wait(); console.log("go"); });
 *   started.set();
 * });
 * ```
 */
export class Event {
  readonly name: string | undefined;
  /** @internal */ readonly lot: ParkingLot;
  private flag: boolean;
  private readonly attempt: Operation<void>;

  constructor(options: EventOptions = {}) {
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    this.flag = false;
    this.attempt = new Attempt(this);
  }

  /** True from `set()` to `clear()`. */
  get isSet(): boolean {
    return this.flag;
  }

  /** Sets the flag and lets everybody go on who waits, also if it is cleared at once. Again: does nothing. */
  set(): void {
    this.flag = true;
    this.lot.unparkAll();
  }

  /** Takes the flag back: who comes from now on waits. */
  clear(): void {
    this.flag = false;
  }

  /** Waits until the flag is set. @throws {CancelledError} If the task was cancelled, also while the flag is set. */
  wait(): Operation<void> {
    return expectEachUse(this.attempt);
  }

  /** What there is to see. */
  statistics(): EventStatistics {
    return { isSet: this.flag, waiting: this.lot.waiting };
  }

  /** How dumps and errors call it: `event "started"`. */
  describe(): string {
    return label("event", this.name);
  }

  /** @internal */
  isReady(): boolean {
    return this.flag;
  }
  /** @internal */
  take(): void {}
}
