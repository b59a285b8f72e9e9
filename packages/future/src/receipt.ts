/*
 * The half of a future that waiters see: its status, who waits, and how it settles. A receipt is its own queue and
 * its own request, so that waiting for it allocates nothing.
 *
 * Settling runs no user code: it takes each waiter out of the queue and wakes it, which is a `callSoon` in every case
 * (F2). So the state is complete before anybody looks, and nobody can get in between two waiters. It cannot fail
 * either: waiters whose loop is closed are dropped, the others are served.
 */
import type { Scheduler } from "@skein/loop";
import { bridge, type Request, type Wait, type Waiter, type WaiterNode } from "./awaitable.ts";
import { type CancelledError, InvalidStateError, MisuseError } from "./errors.ts";
import { nextName, rememberOrigin } from "./naming.ts";
import { wrong } from "./options.ts";
import { CANCELLED, FULFILLED, HEARD, type Outcome, PENDING, REJECTED, STATUS } from "./outcome.ts";
import { reportUnheard } from "./unheard.ts";
import { dequeue, enqueue, type WaitQueue, waitersOf, wakeAll } from "./wait-queue.ts";
import { PAUSE, parkOn, ready, takeResumed, Waitable } from "./waiting.ts";

/**
 * What `Future` is made on: how it settles and how it is waited for. Use `Future`.
 *
 * @example
 * ```ts
 * import { Future, type Receipt } from "@skein/future";
 *
 * // For a dump: it looks, and counts as no listener.
 * const show = (receipt: Receipt<unknown>) => `${receipt.describe()}: ${receipt.state}`;
 * console.log(show(Future.withResolvers<string>({ name: "pizza" }).future)); // future "pizza": pending
 * ```
 */
export abstract class Receipt<T> extends Waitable<T> implements Request, WaitQueue {
  /** Whose passes its callbacks run in. */
  readonly loop: Scheduler;
  /** Who waits, in the order of asking. Only for `enqueue` and `dequeue`. */
  firstWaiter: WaiterNode | null = null;
  private label: string | undefined;
  protected bits: number = PENDING;
  /** Pending: what `cancel` calls. Settled: the value, the error or the CancelledError. */
  protected slot: unknown;

  protected constructor(loop: Scheduler, name: string | undefined, hook: unknown) {
    super();
    if (typeof loop?.callSoon !== "function") throw wrong(`make a ${this.kind}`, "loop", loop, "a Scheduler");
    this.loop = loop;
    this.label = name;
    this.slot = hook;
    if (loop.debug === true) rememberOrigin(this);
  }

  /** The name it was given, else an automatic one. */
  get name(): string {
    this.label ??= nextName(this.loop, this.kind);
    return this.label;
  }

  /** What the receipt says. A failed future is done, too: see `outcome`. */
  get state(): "pending" | "done" | "cancelled" {
    const status = this.bits & STATUS;
    return status === PENDING ? "pending" : status === CANCELLED ? "cancelled" : "done";
  }

  /** What came of it; undefined while it is pending. Looking counts as listening (F7): see `peek`. */
  get outcome(): Outcome<T> | undefined {
    if ((this.bits & STATUS) !== PENDING) this.markHeard();
    return this.peek();
  }

  /** As `outcome`, without counting as a listener: for tools that only show what there is. */
  peek(): Outcome<T> | undefined {
    const status = this.bits & STATUS;
    if (status === PENDING) return undefined;
    if (status === FULFILLED) return { status: "fulfilled", value: this.slot as T };
    if (status === REJECTED) return { status: "rejected", reason: this.slot };
    return { status: "cancelled", reason: (this.slot as CancelledError).reason };
  }

  /**
   * The value, now.
   *
   * @throws {InvalidStateError} If it is pending. @throws {CancelledError} If it was cancelled.
   * @throws What it was rejected with, the same object each time.
   */
  result(): T {
    const status = this.bits & STATUS;
    if (status === FULFILLED) return this.slot as T;
    if (status === PENDING) {
      throw new InvalidStateError(`Cannot read the result of ${this.describe()}: it is pending; await it`);
    }
    this.markHeard();
    throw this.slot;
  }

  /** For `yield*` and drivers only: answers if it can, else asks to be parked. */
  next(): IteratorResult<Wait, T> {
    if (takeResumed()) return this.answer();
    if ((this.bits & STATUS) === PENDING) return parkOn(this);
    return ready() ? this.answer() : parkOn(bridge.running === null ? this : PAUSE);
  }

  /** For drivers. @throws {MisuseError} If the waiter is this very future, or lives on another loop. */
  park(waiter: Waiter): void {
    if ((waiter as object) !== this && waiter.loop === this.loop) {
      this.observe(waiter);
      return;
    }
    const where =
      waiter.loop === this.loop
        ? "itself: it would never end"
        : `task ${JSON.stringify(waiter.name)}: it is on another loop; use \`until(future)\``;
    throw new MisuseError(`Cannot wait for ${this.describe()} in ${where}`);
  }

  /** For drivers: gives up waiting. The future does not notice (F5). */
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }

  /** For the layers above: wakes `node` once this is settled, at once if it is already. `dequeue` takes it out again. */
  observe(node: WaiterNode): void {
    if ((this.bits & STATUS) === PENDING) {
      enqueue(this, node);
      return;
    }
    if (node.silent !== true) this.markHeard();
    node.wake(this);
  }

  /** How reports and dumps call it: `future "answer"`. */
  describe(): string {
    return `${this.kind} ${JSON.stringify(this.name)}`;
  }

  /** What it is, in lower case: the word before its name. */
  protected get kind(): string {
    return "future";
  }

  /** Says that somebody takes its rejection, if there is one: it is not to be reported. (F7) */
  protected markHeard(): void {
    this.bits |= HEARD;
  }

  private answer(): IteratorReturnResult<T> {
    return { done: true, value: this.result() };
  }

  /** The one way out of PENDING; false if it was taken before (F1). `internal.ts` has a function for each end. */
  protected settle(status: number, slot: unknown): boolean {
    if ((this.bits & STATUS) !== PENDING) return false;
    if (slot === this && status === FULFILLED) {
      // Whoever awaits it natively would be given it to await, and again, without end.
      return this.settle(REJECTED, new TypeError(`Cannot resolve ${this.describe()} with itself: it would never end`));
    }
    this.bits |= status;
    this.slot = slot;
    if (status === REJECTED && (this.bits & HEARD) === 0) {
      if (waitersOf(this).some((node) => node.silent !== true)) this.markHeard();
      else reportUnheard(this);
    }
    wakeAll(this, this);
    return true;
  }
}
