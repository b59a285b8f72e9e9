import {
  bridge,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
} from "@skein/future";
import type { Operation } from "../operation.ts";
import { requireFunction } from "../task/body.ts";
import { expectUse } from "../task/unused.ts";
import { Attempt, Failure } from "./attempt.ts";
import { Lock } from "./lock.ts";
import { label, ParkingLot, requireCount } from "./parking-lot.ts";

export interface ConditionOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface ConditionStatistics {
  /** How many tasks wait to be notified. Those that were, and wait for the lock, are in the lock's own figures. */
  readonly waiting: number;
}

/**
 * Lets tasks that share state under a lock wait for it to change. Who is notified stands in the lock's queue from then
 * on and wakes up holding it; a notification is never lost on a task that is cancelled at the same time.
 *
 * @example
 * ```ts
 * import { Condition, Lock, run, use } from "@skein/coroutine";
 *
 * const lock = new Lock();
 * const changed = new Condition(lock, { name: "mail" });
 * const mail: string[] = [];
 * await run(function* (root) {
 *   root.spawn(function* () {
 *     yield* use(lock);
 *     yield* changed.waitFor(() => mail.length > 0);
 *     console.log(mail.shift());
 *   }, { eager: true });
 *   yield* lock.acquire();
 *   mail.push("a letter");
 *   changed.notify();
 *   lock.release();
 * });
 * ```
 */
export class Condition {
  readonly name: string | undefined;
  /** What has to be held to wait or notify. */
  readonly lock: Lock;
  /** @internal */ readonly lot: ParkingLot;
  private readonly regain: Operation<void>;

  /** @param lock By default one of its own. Several conditions may share one. */
  constructor(lock: Lock = new Lock(), options: ConditionOptions = {}) {
    this.lock = lock;
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    this.lot.useKeeper(lock.keeper);
    this.regain = new Attempt(lock, true);
  }

  /**
   * Releases the lock, waits to be notified, and holds the lock again when it returns or throws.
   *
   * @throws {MisuseError} If the task does not hold the lock. @throws {CancelledError} If the task was cancelled before
   * it was notified; it has waited for the lock all the same. @throws {OwnerEndedError} If who held the lock has ended.
   */
  wait(): Operation<void> {
    return expectUse(this.waiting());
  }

  private *waiting(): Operation<void> {
    const task = this.lock.requireOwner(`wait for ${this.describe()} without`);
    try {
      yield* new Notification(this);
    } catch (error) {
      // Whatever is thrown, the caller's `finally` will release the lock.
      if (this.lock.keeper.task !== task && !this.lock.keeper.ended) yield* this.regain;
      throw error;
    }
  }

  /**
   * Waits until `predicate()` is truthy, asking at once and after each notification, and gives what it returned. The
   * lock is held whenever it is asked.
   *
   * @throws As `wait()`, and whatever `predicate` throws. {TypeError} If it is no function.
   */
  waitFor<T>(predicate: () => T): Operation<T> {
    requireFunction(predicate, `wait for ${this.describe()}`, "the predicate");
    return expectUse(this.untilTrue(predicate));
  }

  /**
   * Notifies those who have waited longest; they go on once the lock is theirs.
   *
   * @param count How many: 0 or more. @returns how many there were.
   * @throws {MisuseError} If the task does not hold the lock. @throws {RangeError} If `count` is negative or NaN.
   */
  notify(count: number = 1): number {
    this.lock.requireOwner(`notify ${this.describe()} without`);
    requireCount(count, "notify");
    return this.lot.repark(this.lock.lot, count);
  }

  /** Notifies everybody who waits. @throws {MisuseError} If the task does not hold the lock. */
  notifyAll(): number {
    return this.notify(Number.POSITIVE_INFINITY);
  }

  /** What there is to see. */
  statistics(): ConditionStatistics {
    return { waiting: this.lot.waiting };
  }

  /** How dumps and errors call it: `condition "mail"`. */
  describe(): string {
    return label("condition", this.name);
  }

  private *untilTrue<T>(predicate: () => T): Operation<T> {
    this.lock.requireOwner(`wait for ${this.describe()} without`);
    yield* CANCELLATION_POINT;
    for (;;) {
      const value = predicate();
      if (value) return value;
      yield* this.waiting();
    }
  }
}

/** One wait: in the condition's lot first, then, notified, in the lock's. */
class Notification extends Waitable<void> implements Request {
  private readonly condition: Condition;
  private waiter: Waiter | null;
  constructor(condition: Condition) {
    super();
    this.condition = condition;
    this.waiter = null;
  }
  /** Notified is as good as woken: a cancel would have to wait for the lock as well, and the notification be lost. */
  get sealed(): boolean {
    return this.waiter !== null && this.waiter.waitsIn === this.condition.lock.lot;
  }
  next(value?: unknown): IteratorResult<Wait, void> {
    if (!takeResumed()) return parkOn(this);
    if (value instanceof Failure) throw value.makeError();
    return { done: true, value: undefined };
  }
  park(waiter: Waiter): void {
    const { lot, lock } = this.condition;
    lot.enter(waiter);
    this.waiter = waiter;
    lock.passOn(); // only here: a task that is cancelled before it parks still holds it
  }
  unpark(waiter: Waiter): void {
    this.condition.lot.leave(waiter);
  }
  describe(): string {
    return this.sealed ? this.condition.lock.describe() : this.condition.describe();
  }
}

/** Sees whether the task was cancelled, and waits for nothing. */
class CancellationPoint extends Waitable<void> {
  next(): IteratorResult<Wait, void> {
    return ready() ? { done: true, value: undefined } : parkOn(bridge.running === null ? NOWHERE : PAUSE);
  }
}
const NOWHERE: Request = { park() {}, unpark() {}, describe: () => "a condition" };
const CANCELLATION_POINT: Operation<void> = /* @__PURE__ */ new CancellationPoint();
