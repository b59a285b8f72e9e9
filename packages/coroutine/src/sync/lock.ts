import { bridge, MisuseError } from "@skein/future";
import type { Operation } from "../operation.ts";
import { expectEachUse } from "../task/unused.ts";
import { Attempt } from "./attempt.ts";
import { type Holder, Keeper } from "./keeper.ts";
import { label, ParkingLot } from "./parking-lot.ts";
import { permitWatch } from "./permit-watch.ts";

export interface LockOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface LockStatistics {
  readonly locked: boolean;
  /** The name of the task that holds it. */
  readonly owner: string | undefined;
  /** How many tasks wait for it. */
  readonly waiting: number;
}

/**
 * Lets one task at a time do something. It is held by the task that acquired it, and handed over in the order of
 * asking: `release()` makes the first waiter its owner then and there.
 *
 * A task that ends without releasing it breaks it for good: whoever waits for it, or asks later, gets an error that
 * names that task, and does not hang.
 *
 * @example
 * ```ts
 * import { Lock, run, sleep, use } from "@skein/coroutine";
 *
 * const lock = new Lock({ name: "printer" });
 * function* print(text: string) {
 *   yield* use(lock); // released when the block ends
 *   yield* sleep(1);
 *   console.log(text);
 * }
 * await run(function* (root) {
 *   root.spawn(() => print("first"));
 *   root.spawn(() => print("second"));
 * });
 * ```
 */
export class Lock {
  readonly name: string | undefined;
  /** @internal */ readonly lot: ParkingLot;
  /** @internal Who holds it, and breaks it by ending. Conditions on this lock depend on it too. */
  readonly keeper: Keeper;
  private readonly attempt: Operation<void>;

  constructor(options: LockOptions = {}) {
    this.keeper = new Keeper(() => label("lock", this.name));
    this.lot = new ParkingLot(options, () => this.describe());
    this.name = this.lot.name;
    this.lot.useKeeper(this.keeper);
    this.attempt = new Attempt(this);
  }

  /** True while a task holds it. */
  get locked(): boolean {
    return this.keeper.task !== null;
  }

  /**
   * Waits until it is this task's turn, and holds it from then on.
   *
   * @throws {CancelledError} If the task was cancelled: it does not hold the lock, and is not in the queue.
   * @throws {MisuseError} If this task holds it already. @throws {OwnerEndedError} If who holds it has ended.
   */
  acquire(): Operation<void> {
    return expectEachUse(this.attempt);
  }

  /**
   * Takes it if it is free, without waiting.
   *
   * @returns false if somebody holds it. @throws As `acquire()`; {MisuseError} outside any task, too.
   */
  tryAcquire(): boolean {
    if (bridge.running === null)
      throw this.misuse("acquire", "only a task can hold it, and none is running", "do it in a task");
    this.lot.refuseIfBroken();
    if (!this.isReady()) return false;
    this.take();
    return true;
  }

  /** Hands it to the first waiter, or frees it. @throws {MisuseError} If the running task does not hold it. */
  release(): void {
    this.requireOwner("release");
    this.passOn();
  }

  /** What there is to see. */
  statistics(): LockStatistics {
    return { locked: this.locked, owner: this.keeper.task?.name, waiting: this.lot.waiting };
  }

  /** How dumps and errors call it: `lock "db" (held by "writer")`. */
  describe(): string {
    const owner = this.keeper.task;
    return label("lock", this.name) + (owner === null ? "" : ` (held by "${owner.name}")`);
  }

  /** @internal */
  isReady(): boolean {
    const owner = this.keeper.task;
    if (owner === null) return true;
    if (owner !== bridge.running) return false;
    throw new MisuseError(
      `Cannot acquire ${label("lock", this.name)} again: task "${owner.name}" holds it already and would wait for itself; release it first.`,
    );
  }

  /** @internal */
  take(): void {
    permitWatch?.(this);
    this.keeper.hand(bridge.running); // by its contract, an attempt asks only while a task is running
  }

  /** @internal Without asking who calls: a condition's wait parks first, and its task does not run any more. */
  passOn(): void {
    const next = this.lot.shift();
    this.keeper.hand(next as Holder | null); // only tasks wait in this lot
    next?.wake();
  }

  /** @internal @throws {MisuseError} If the running task does not hold it. */
  requireOwner(what: string): Holder {
    const owner = this.keeper.task;
    if (owner !== null && owner === bridge.running) return owner;
    this.lot.refuseIfBroken(); // a condition's wait may have lost it: what its `finally` throws must not hide that
    throw this.misuse(what, owner === null ? "nobody holds it" : `task "${owner.name}" holds it`);
  }

  private misuse(what: string, state: string, todo = "acquire it there first"): MisuseError {
    const who = bridge.running === null ? "code outside any task" : `task "${bridge.running.name}"`;
    return new MisuseError(`Cannot ${what} ${label("lock", this.name)} in ${who}: ${state}; ${todo}.`);
  }
}
