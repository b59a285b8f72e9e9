/**
 * Where tasks wait for each other, first come, first served: the one mechanism under every primitive. To make one of
 * your own, keep its state beside a lot, `park()` while the state says so, and `unpark()` when it changes.
 */
import { dequeue, enqueue, MisuseError, type WaiterNode, type WaitQueue } from "@skein/future";
import type { Operation } from "../operation.ts";
import type { Task } from "../task/task.ts";
import { expectEachUse } from "../task/unused.ts";
import { Attempt, type Attempted, Failure } from "./attempt.ts";
import { Keeper } from "./keeper.ts";

export interface ParkingLotOptions {
  /** Shown in dumps and errors. */
  readonly name?: string | undefined;
}

export interface ParkingLotStatistics {
  /** How many tasks are parked. */
  readonly waiting: number;
}

/**
 * A queue of parked tasks. Whoever is unparked goes on, whatever happens to it meanwhile; whoever is cancelled while
 * it is parked leaves the queue. Each is O(1).
 *
 * @typeParam T What the unparked are given.
 * @example
 * ```ts
 * import { ParkingLot, run } from "@skein/coroutine";
 *
 * const lot = new ParkingLot<string>({ name: "doorbell" });
 * await run(function* (root) {
 *   root.spawn(function* () { console.log("heard:", yield* lot.park()); }, { eager: true });
 *   lot.unpark(1, "ding");
 * });
 * ```
 */
export class ParkingLot<T = void> implements WaitQueue {
  readonly name: string | undefined;
  /** Who waits. Only for `enqueue` and `dequeue`. */
  firstWaiter: WaiterNode | null;
  private count: number;
  private failure: Failure | null;
  private keeper: Keeper | null;
  private spot: Operation<T> | null;
  private readonly what: (() => string) | undefined;

  /** @param what Internal: what primitives made of it are called. */
  constructor(options: ParkingLotOptions = {}, what?: () => string) {
    this.firstWaiter = null;
    this.count = 0;
    this.failure = null;
    this.keeper = null;
    this.spot = null;
    this.what = what;
    if (Object(options) !== options)
      throw new TypeError(`Cannot make a primitive: options is ${String(options)}; give an object.`);
    this.name = options.name;
  }

  /**
   * Waits until somebody unparks it, and gives what it was unparked with.
   *
   * @throws {CancelledError} If the task was cancelled; it is in the queue no more. @throws {OwnerEndedError} If the
   * lot broke, or is broken: see `breakWhenEnds`. @throws {MisuseError} If tasks of another loop wait here.
   */
  park(): Operation<T> {
    this.spot ??= new Attempt<T>(new Never(this));
    return expectEachUse(this.spot);
  }

  /**
   * Lets those go on that have waited longest.
   *
   * @param count How many: 0 or more. @param value What each of them is given by `park()`.
   * @returns how many there were. @throws {RangeError} If `count` is negative or NaN.
   */
  unpark(count: number = 1, value?: T): number {
    requireCount(count, "unpark");
    let unparked = 0;
    for (let node: WaiterNode | null; unparked < count; unparked++) {
      node = this.shift();
      if (node === null) break;
      node.wake(value);
    }
    return unparked;
  }

  /** Lets everybody go on. */
  unparkAll(value?: T): number {
    return this.unpark(this.count, value); // not for ever: who parks again at once waits for the next
  }

  /**
   * Moves those who have waited longest to the end of another lot's queue, without waking them.
   *
   * @returns how many there were. @throws {RangeError} If `count` is negative or NaN.
   */
  repark(lot: ParkingLot<T>, count: number = 1): number {
    requireCount(count, "repark");
    lot.refuseIfBroken();
    const total = Math.min(count, this.count);
    for (let moved = 0; moved < total; moved++) {
      lot.refuseOtherLoop(this.firstWaiter as WaiterNode); // before it has left its place here
      lot.enter(this.shift() as WaiterNode);
    }
    return total;
  }

  /**
   * Says on whom those who wait here depend: when that task ends, they fail with an OwnerEndedError that names it, and
   * so does whoever parks here later, until they depend on another. null: on nobody any more.
   */
  breakWhenEnds(task: Task<unknown> | null): void {
    this.useKeeper(this.keeper ?? new Keeper(() => this.describe()));
    this.keeper?.hand(task);
  }

  /** Fails everybody who waits here, and whoever comes until `mend()`, with errors that `makeError` makes, one each. */
  break(makeError: () => unknown): void {
    this.failure = this.fail(makeError);
  }

  /** Takes a `break` back. */
  mend(): void {
    this.failure = null;
  }

  /** What there is to see. */
  statistics(): ParkingLotStatistics {
    return { waiting: this.count };
  }

  /** How dumps and errors call it: `parking lot "doorbell"`. */
  describe(): string {
    return this.what === undefined ? label("parking lot", this.name) : this.what();
  }

  /** @internal Fails those who wait now. */
  fail(makeError: () => unknown): Failure {
    const failure = new Failure(makeError);
    for (let node = this.shift(); node !== null; node = this.shift()) node.wake(failure);
    return failure;
  }

  /** @internal How many wait. */
  get waiting(): number {
    return this.count;
  }

  /** @internal The keeper that this lot and others depend on. */
  useKeeper(keeper: Keeper): void {
    if (this.keeper === keeper) return;
    this.keeper = keeper;
    if (this.count > 0) keeper.enter(this as ParkingLot<unknown>);
  }

  /** @internal */
  refuseIfBroken(): void {
    if (this.keeper?.ended) throw this.keeper.makeError();
    if (this.failure !== null) throw this.failure.makeError();
  }

  /** @internal Two loops never meet in a queue: waking across them would break the order and the time of both. */
  refuseOtherLoop(node: WaiterNode): void {
    const here = node as OnALoop;
    const there = (this.firstWaiter ?? this.keeper?.task) as OnALoop | null | undefined;
    if (!there || there.loop === here.loop) return;
    throw new MisuseError(
      `Cannot wait for ${this.describe()} in task "${here.name}": task "${there.name}", on another loop, waits there or holds it; ` +
        "give each loop a primitive of its own, or pass the result over with a future and `until`.",
    );
  }

  /** @internal Puts `node` last. */
  enter(node: WaiterNode): void {
    this.refuseIfBroken();
    this.refuseOtherLoop(node);
    enqueue(this, node);
    if (++this.count === 1) this.keeper?.enter(this as ParkingLot<unknown>);
  }

  /** @internal Takes `node` out of the lot that it waits in by now, if any. */
  leave(node: WaiterNode): boolean {
    const lot = node.waitsIn;
    return lot instanceof ParkingLot && lot.remove(node);
  }

  /** @internal Takes the first one out: the caller wakes it. */
  shift(): WaiterNode | null {
    const first = this.firstWaiter;
    if (first !== null) this.remove(first);
    return first;
  }

  private remove(node: WaiterNode): boolean {
    if (!dequeue(this, node)) return false;
    if (--this.count === 0) this.keeper?.leave(this as ParkingLot<unknown>);
    return true;
  }
}

/** To wait in the lot itself: nothing is ever there already. */
class Never<T> implements Attempted<T> {
  readonly lot: ParkingLot<T>;
  constructor(lot: ParkingLot<T>) {
    this.lot = lot;
  }
  isReady(): boolean {
    return false;
  }
  take(): never {
    throw new Error("nothing to take");
  }
  describe(): string {
    return this.lot.describe();
  }
}

/** `lock "db"`, or `a lock` for one without a name. */
export function label(kind: string, name: string | undefined): string {
  return name === undefined ? `a ${kind}` : `${kind} ${JSON.stringify(String(name))}`;
}

/** @throws {RangeError} If `count` is negative or NaN. */
export function requireCount(count: number, what: string): void {
  if (!(count >= 0)) throw new RangeError(`Cannot ${what} ${String(count)} tasks: give a number from 0.`);
}

/** As all that wait here are: tasks, and tickets in their place. */
type OnALoop = { readonly loop?: unknown; readonly name?: string };
