import {
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
import { ClosedError } from "../errors.ts";
import { Stream } from "../stream.ts";
import type { Conduit, Taker } from "./conduit.ts";
import type { ChannelStatistics } from "./inlet.ts";
import { ReceiverRun } from "./receiver-run.ts";
import { rise, type Seat, sit } from "./seat.ts";

const END_OF_CHANNEL: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });

/**
 * A handle of a channel's receiving side: a stream, too. Its runs and `receive()`s compete for the items. A run that
 * ends before the channel does closes the handle: `clone()` first to keep one.
 *
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { channel } from "@skein/stream";
 *
 * await run(function* () {
 *   const { sender, receiver } = channel<string>(2);
 *   yield* sender.send("head");
 *   yield* sender.send("rest");
 *   sender.close();
 *   console.log(yield* receiver.receive()); // { done: false, value: 'head' }
 *   console.log(yield* receiver.toArray()); // [ 'rest' ]
 * });
 * ```
 */
export class Receiver<T> extends Stream<T> {
  private readonly conduit: Conduit<T>;
  private readonly receiving: Receive<T>;
  /** @internal */
  isOpen = true;
  /** @internal */
  parked = 0;

  /** @internal */
  constructor(conduit: Conduit<T>) {
    super((host, sink) => {
      this.requireOpen("open a run of it");
      return new ReceiverRun(conduit, this, host, sink);
    }, false);
    this.conduit = conduit;
    this.receiving = new Receive(conduit, this);
    conduit.receivers++;
  }

  /**
   * The next item, waiting for it if need be; after the last, `{ done: true }` for ever, or the error of `fail()`.
   * A cancelled call has taken nothing.
   * @throws {ClosedError} If this handle is closed, also while it waits.
   */
  receive(): Operation<IteratorResult<T, void>> {
    return this.receiving;
  }

  /** The next item or the end if that needs no waiting, else undefined. @throws As `receive`. */
  tryReceive(): IteratorResult<T, void> | undefined {
    this.requireOpen("receive");
    const { conduit } = this;
    if (conduit.available) return { done: false, value: conduit.take() };
    if (!conduit.over) return undefined;
    if (conduit.failure !== null) throw conduit.failure.error;
    return END_OF_CHANNEL;
  }

  /** Closes this handle; after the last, senders get a BrokenError. Idempotent. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.conduit.closeReceiver(this);
  }

  /** Another handle of the same side. @throws {ClosedError} If this one is closed. */
  clone(): Receiver<T> {
    this.requireOpen("clone");
    return new Receiver(this.conduit);
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
    if (!this.isOpen) throw new ClosedError(doing, "receiver");
  }
}

/** All `receive()`s of one handle: stateless, so it waits for any number of tasks. */
class Receive<T> extends Waitable<IteratorResult<T, void>> implements Request {
  private readonly conduit: Conduit<T>;
  private readonly receiver: Receiver<T>;

  constructor(conduit: Conduit<T>, receiver: Receiver<T>) {
    super();
    this.conduit = conduit;
    this.receiver = receiver;
  }

  next(handed?: unknown): IteratorResult<Wait, IteratorResult<T, void>> {
    if (takeResumed()) {
      if (handed !== undefined) return { done: true, value: handed as IteratorYieldResult<T> };
    } else if (!ready()) return parkOn(PAUSE);
    const value = this.receiver.tryReceive();
    return value === undefined ? parkOn(this) : { done: true, value };
  }

  park(waiter: Waiter): void {
    const taker = new TaskTaker<T>(this.receiver);
    sit(taker, waiter);
    this.conduit.parkTaker(taker);
  }
  unpark(waiter: Waiter): void {
    const taker = waiter.waitsIn as TaskTaker<T>;
    rise(taker);
    this.conduit.unparkTaker(taker);
  }
  describe(): string {
    return `an item of the ${this.conduit.name}`;
  }
}

/** A task in `receive()`, in the channel's queue. */
class TaskTaker<T> implements Taker<T>, Seat {
  readonly receiver: Receiver<T>;
  readonly waiting: boolean = true;
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  task: Waiter | null = null;
  constructor(receiver: Receiver<T>) {
    this.receiver = receiver;
  }
  wake(result?: IteratorYieldResult<T>): void {
    rise(this)?.wake(result);
  }
}
