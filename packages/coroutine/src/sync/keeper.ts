import { dequeue, type Waiter, type WaiterNode, type WaitQueue } from "@skein/future";
import type { ParkingLot } from "./parking-lot.ts";
import { OwnerEndedError } from "./sync-errors.ts";

/** A task, as far as it matters here: whoever else steps generators may hold a lock as well. */
export interface Holder extends Waiter {
  readonly phase?: string;
  observe?(node: WaiterNode): void;
}

/**
 * The task that some parking lots depend on: who holds the lock they wait for. When it ends, they break.
 *
 * It is watched only while somebody waits in one of them, so that a lock nobody waits for costs nothing. The keeper is
 * its own node in the task's queue, which keeps each change of hands O(1).
 */
export class Keeper implements WaiterNode {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  readonly silent: true = true;
  task: Holder | null = null;
  private readonly occupied: Set<ParkingLot<unknown>> = new Set();
  private readonly describe: () => string;

  /** @param describe What its waiters wait for, for their errors. */
  constructor(describe: () => string) {
    this.describe = describe;
  }

  /** True once the task has ended and still is the one that counts. */
  get ended(): boolean {
    return this.task !== null && this.task.phase === "ended";
  }

  /** From now on it is `task` that counts; null: nobody. */
  hand(task: Holder | null): void {
    this.unwatch();
    this.task = task;
    if (this.occupied.size > 0) task?.observe?.(this);
  }

  /** Somebody waits in `lot`, and nobody did before. */
  enter(lot: ParkingLot<unknown>): void {
    this.occupied.add(lot);
    if (this.occupied.size === 1) this.task?.observe?.(this);
  }

  /** Nobody waits in `lot` any more. */
  leave(lot: ParkingLot<unknown>): void {
    this.occupied.delete(lot);
    if (this.occupied.size === 0) this.unwatch();
  }

  /** For queues: the task has ended. */
  wake(): void {
    const task = this.task as Holder; // by the time that they are told, another may count
    for (const lot of [...this.occupied]) lot.fail(() => this.makeError(task));
  }

  private unwatch(): void {
    if (this.waitsIn !== null) dequeue(this.waitsIn as WaitQueue, this);
  }

  /** @param task Who has ended. */
  makeError(task = this.task as Holder): OwnerEndedError {
    return new OwnerEndedError(this.describe(), task.name);
  }
}
