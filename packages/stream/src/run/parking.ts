import {
  dequeue,
  enqueue,
  PAUSE,
  parkOn,
  type Request,
  ready,
  type Scheduler,
  shift,
  type TaskGroup,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
  type WaiterNode,
} from "@skein/coroutine";
import type { Host } from "../source.ts";

const OVER: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });

/**
 * The host of a run that a task pumps. The task waits by `yield* parking`, and `wake()` ends that wait.
 * A wake that comes while nobody is parked is kept for the next wait: it may have been for what the pump just missed.
 */
export class Parking extends Waitable<void> implements Host, Request {
  readonly scheduler: Scheduler;
  readonly owner: TaskGroup | null;
  firstWaiter: WaiterNode | null = null;
  private woken = false;
  private closed = false;

  constructor(scheduler: Scheduler, owner: TaskGroup | null) {
    super();
    this.scheduler = scheduler;
    this.owner = owner;
  }

  /** A task that was asked to cancel has been taken out of the queue by its driver. (S10) */
  get waiting(): boolean {
    return this.firstWaiter !== null;
  }

  wake(): void {
    if (this.closed) return;
    const waiter = shift(this);
    if (waiter === null) this.woken = true;
    else waiter.wake();
  }

  /** From here on `wake()` is ignored. (S9) */
  close(): void {
    this.closed = true;
  }

  next(): IteratorResult<Wait, void> {
    if (takeResumed()) return OVER;
    if (!this.woken) return parkOn(this);
    if (!ready()) return parkOn(PAUSE);
    this.woken = false;
    return OVER;
  }
  park(waiter: Waiter): void {
    enqueue(this, waiter);
  }
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }
  describe(): string {
    return "a stream's next item";
  }
}
