import { parkOn, type Request, type TimerHandle, takeResumed, type Wait, Waitable, type Waiter } from "@skein/future";
import { checkpoint } from "./checkpoint.ts";
import type { Operation } from "./operation.ts";
import { requireMs } from "./task/body.ts";
import { expectUse } from "./task/unused.ts";

const wake = (waiter: Waiter): void => waiter.wake();

class Sleep extends Waitable<void> implements Request {
  private readonly ms: number;
  private timer: TimerHandle | null;
  constructor(ms: number) {
    super();
    this.ms = ms;
    this.timer = null;
  }
  /** A sleep that is kept and used again, by another task perhaps, has its own timer each time. */
  override [Symbol.iterator](): Sleep {
    return this.timer === null ? this : new Sleep(this.ms);
  }
  next(): IteratorResult<Wait, void> {
    return takeResumed() ? { done: true, value: undefined } : parkOn(this);
  }
  park(waiter: Waiter): void {
    this.timer = waiter.loop.callLater(this.ms, wake, waiter);
  }
  unpark(): void {
    this.timer?.cancel();
  }
  describe(): string {
    return `sleep(${this.ms})`;
  }
}

/**
 * Waits for `ms` milliseconds, never less. 0 or less: gives up one turn. Infinity: until cancelled.
 *
 * @throws {TypeError | RangeError} If `ms` is no number or NaN. @throws {CancelledError} If the task was cancelled.
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 *
 * await run(() => sleep(5));
 * ```
 */
export function sleep(ms: number): Operation<void> {
  requireMs(ms, "sleep");
  return ms <= 0 ? checkpoint() : expectUse(new Sleep(ms));
}
