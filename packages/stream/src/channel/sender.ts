import {
  expectUse,
  type Operation,
  PAUSE,
  parkOn,
  type Request,
  ready,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
  type WaiterNode,
} from "@skein/coroutine";
import { ClosedError, UsedError } from "../errors.ts";
import type { ChannelStatistics, Inlet, ParkedSend } from "./inlet.ts";
import { rise, type Seat, sit } from "./seat.ts";

const SENT: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });

/**
 * A handle of the sending side of a channel or a broadcast. Each task that sends can have one of its own by `clone()`:
 * the channel ends when the last is closed.
 *
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { channel } from "@skein/stream";
 *
 * await run(function* (root) {
 *   const { sender, receiver } = channel<number>(1);
 *   console.log(sender.trySend(1), sender.trySend(2)); // true false
 *   root.spawn(function* () {
 *     yield* sender.send(2); // waits until the first was taken
 *     sender.close();
 *   });
 *   console.log(yield* receiver.toArray()); // [ 1, 2 ]
 * });
 * ```
 */
export class Sender<T> {
  private readonly conduit: Inlet<T>;
  private open = true;

  /** @internal */
  constructor(conduit: Inlet<T>) {
    this.conduit = conduit;
    conduit.senders++;
  }

  /**
   * Sends an item; waits while there is no room (with capacity 0: until it is taken). Unless the overflow policy is
   * `"wait"` it does not wait for room. Cancelled while it waits, it has sent nothing.
   *
   * @throws {ClosedError} If this handle is closed. @throws {BrokenError} If no receiver is left, also while it waits.
   * @throws {OverflowError} With `overflow: "error"`, if there is no room.
   */
  send(item: T): Operation<void> {
    return expectUse(new Send(this.conduit, this, item));
  }

  /**
   * Sends an item if that needs no waiting: false, and nothing done, if it would.
   * @throws As `send`.
   */
  trySend(item: T): boolean {
    this.requireOpen("send");
    return this.conduit.put(item);
  }

  /** Closes this handle. After the last, receivers get what was sent, and then the end. Idempotent. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    if (--this.conduit.senders === 0) this.conduit.endOfSending();
  }

  /**
   * Ends the channel with an error: receivers get what was sent, and then this same error, for ever. Other senders'
   * later sends throw a BrokenError. Does nothing on a handle that is closed, or a channel that has failed.
   */
  fail(error: unknown): void {
    if (!this.open) return;
    this.conduit.failure ??= { error };
    this.close();
    this.conduit.endOfSending();
  }

  /** Another handle of the same side. @throws {ClosedError} If this one is closed. */
  clone(): Sender<T> {
    this.requireOpen("clone");
    return new Sender(this.conduit);
  }

  /** The channel's counters at this moment. */
  statistics(): ChannelStatistics {
    return this.conduit.statistics();
  }

  /** Closes this handle: for `using` and `use`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal */
  requireOpen(doing: string): void {
    if (!this.open) throw new ClosedError(doing, "sender");
  }
}

/** One `send`. It is the request of the task, and the node in the channel's queue that holds the item. */
class Send<T> extends Waitable<void> implements Request, ParkedSend<T>, Seat {
  readonly item: T;
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  task: Waiter | null = null;
  private readonly conduit: Inlet<T>;
  private readonly sender: Sender<T>;

  constructor(conduit: Inlet<T>, sender: Sender<T>, item: T) {
    super();
    this.conduit = conduit;
    this.sender = sender;
    this.item = item;
  }

  next(accepted?: unknown): IteratorResult<Wait, void> {
    if (takeResumed()) {
      if (accepted === true) return SENT;
      throw this.conduit.broken();
    }
    if (!ready()) return parkOn(PAUSE);
    this.sender.requireOpen("send");
    return this.conduit.put(this.item) ? SENT : parkOn(this);
  }

  wake(accepted: boolean): void {
    rise(this)?.wake(accepted);
  }

  park(waiter: Waiter): void {
    if (this.task !== null) {
      throw new UsedError("send", "another task waits on it", "make a new one");
    }
    sit(this, waiter);
    this.conduit.parkSend(this);
  }
  unpark(_waiter: Waiter): void {
    rise(this);
    this.conduit.unparkSend(this);
  }
  describe(): string {
    return `room in the ${this.conduit.name}`;
  }
}
