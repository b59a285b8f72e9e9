import { dequeue, enqueue, openWatch, shift, type WaiterNode, type WaitQueue, wakeAll } from "@skein/coroutine";
import { BrokenError } from "../errors.ts";
import { atLeast } from "../limits.ts";
import { Ring } from "../ring.ts";
import type { ChannelOptions } from "./channel.ts";
import type { ChannelStatistics, Inlet, ParkedSend } from "./inlet.ts";
import { type Losses, type Overflow, overflow } from "./overflow.ts";

/** A handle of the receiving side. */
export interface TakingHandle {
  /** How many takers that asked by it are in the queue. */
  parked: number;
}

/** Somebody who waits for an item: a task in `receive()`, or a run. A node of `Conduit.takers`. */
export interface Taker<T> extends WaiterNode {
  /** The handle by which it asks. */
  readonly receiver: TakingHandle;
  /** False for a run that is not really parked: it is not to be handed an item. (S10) */
  readonly waiting: boolean;
  /** Hands `result` over; without one: look again, something has changed. */
  wake(result?: IteratorYieldResult<T>): void;
}

class Queue implements WaitQueue {
  firstWaiter: WaiterNode | null = null;

  get length(): number {
    let count = 0;
    const first = this.firstWaiter;
    for (let node = first; node !== null; node = node.nextWaiter === first ? null : node.nextWaiter) count++;
    return count;
  }
}

/**
 * What the handles of one channel share. Two things always hold:
 *
 * - **Invariant:** while a send is parked, the buffer is full; so room that is made goes to the first parked send.
 * - **Invariant:** while a taker is in the queue, the buffer is empty and no send is parked; so an item that is sent
 *   goes to the first who may be handed one. If nobody may, all leave the queue, to look when they can: whoever is free
 *   first takes it, and no end or item is missed by one who stood behind another that never came.
 */
export class Conduit<T> implements Inlet<T> {
  readonly capacity: number;
  readonly name: string;
  senders = 0;
  receivers = 0;
  /** What `fail()` was given. */
  failure: { readonly error: unknown } | null = null;
  private readonly policy: Overflow<T>;
  protected readonly items: Ring<T> = new Ring<T>();
  private readonly takers: Queue = new Queue();
  private readonly parkedSends: Queue = new Queue();
  private readonly losses: Losses = { dropped: 0, coalesced: 0 };
  private peak = 0;

  constructor(capacity: number, options: ChannelOptions<T> | undefined) {
    this.policy = options?.overflow ?? "wait";
    const needsNoBuffer = ["wait", "error", "dropNewest"].includes(this.policy as string);
    if (needsNoBuffer) atLeast(0, capacity, "make a channel of capacity");
    else atLeast(1, capacity, "make a channel with this overflow and capacity");
    this.capacity = capacity;
    this.name = options?.name === undefined ? "channel" : `channel "${options.name}"`;
    // Closed on either side it holds nobody up any more, so that is enough for the leak check of tests.
    openWatch?.("channel", options?.name ?? "", () => this.senders > 0 && this.receivers > 0);
  }

  /** Gives `item` to a taker or the buffer. False: there is no room, and the policy is to wait. */
  put(item: T): boolean {
    if (this.receivers === 0 || this.failure !== null) throw this.broken();
    if (this.takers.firstWaiter !== null && this.handOver(item)) return true;
    if (this.items.length >= this.capacity) return overflow(this.name, this.policy, this.items, item, this.losses);
    this.items.push(item);
    if (this.items.length > this.peak) this.peak = this.items.length;
    this.wakeTakers();
    return true;
  }

  private handOver(item: T): boolean {
    const first = this.takers.firstWaiter as Taker<T>;
    let taker = first;
    while (!taker.waiting) {
      taker = taker.nextWaiter as Taker<T>;
      if (taker === first) return false;
    }
    this.wake(taker, { done: false, value: item });
    return true;
  }

  private wake(taker: Taker<T>, result?: IteratorYieldResult<T>): void {
    this.unparkTaker(taker);
    taker.wake(result);
  }

  /** Every taker looks for itself. */
  private wakeTakers(): void {
    for (let taker = this.takers.firstWaiter; taker !== null; taker = this.takers.firstWaiter)
      this.wake(taker as Taker<T>);
  }

  /** True if `take()` has an item. */
  get available(): boolean {
    return this.items.length > 0 || this.parkedSends.firstWaiter !== null;
  }

  /** True once nothing more can come: then `failure` or done is the answer for ever. (S3) */
  get over(): boolean {
    return !this.available && (this.senders === 0 || this.failure !== null);
  }

  /** Takes the first item; there must be one. The room goes to the first parked send, then and there. */
  take(): T {
    const parked = shift(this.parkedSends) as ParkedSend<T> | null;
    if (parked === null) return this.items.shift();
    const { item } = parked;
    parked.wake(true);
    if (this.items.length === 0) return item; // capacity 0
    this.items.push(item);
    return this.items.shift();
  }

  /** An item that was handed to a run which ended before it could use it: the next taker's. */
  giveBack(item: T): void {
    if (this.receivers === 0 || (this.takers.firstWaiter !== null && this.handOver(item))) return;
    this.items.unshift(item);
    this.wakeTakers();
  }

  parkTaker(taker: Taker<T>): void {
    taker.receiver.parked++;
    enqueue(this.takers, taker);
  }
  unparkTaker(taker: Taker<T>): void {
    if (dequeue(this.takers, taker)) taker.receiver.parked--;
  }
  parkSend(send: ParkedSend<T>): void {
    enqueue(this.parkedSends, send);
    this.wakeTakers(); // a rendezvous, and they are busy
  }
  unparkSend(send: ParkedSend<T>): void {
    dequeue(this.parkedSends, send);
  }

  /** The channel has ended, as far as new items go. */
  endOfSending(): void {
    this.wakeTakers();
  }

  /** A receiver's handle was closed: who asked by it looks again. After the last, sends fail, and the buffer is nobody's. */
  closeReceiver(receiver: TakingHandle): void {
    this.receivers--;
    const own: Taker<T>[] = [];
    for (let node = this.takers.firstWaiter; own.length < receiver.parked; node = (node as Taker<T>).nextWaiter)
      if ((node as Taker<T>).receiver === receiver) own.push(node as Taker<T>);
    for (const taker of own) this.wake(taker);
    if (this.receivers > 0) return;
    this.items.clear();
    wakeAll(this.parkedSends, false);
  }

  broken(): BrokenError {
    if (this.failure !== null) return new BrokenError(`the ${this.name} has failed`, { cause: this.failure.error });
    return new BrokenError(`no receiver of the ${this.name} is left`);
  }

  statistics(): ChannelStatistics {
    return {
      capacity: this.capacity,
      buffered: this.items.length,
      peak: this.peak,
      senders: this.senders,
      receivers: this.receivers,
      waitingSenders: this.parkedSends.length,
      waitingReceivers: this.takers.length,
      ...this.losses,
    };
  }
}
