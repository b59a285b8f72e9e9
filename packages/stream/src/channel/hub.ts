import { dequeue, enqueue, type WaitQueue } from "@skein/coroutine";
import { BrokenError, OverflowError } from "../errors.ts";
import type { ChannelOptions } from "./channel.ts";
import { Conduit, type TakingHandle } from "./conduit.ts";
import type { ChannelStatistics, Inlet, ParkedSend } from "./inlet.ts";
import { Receiver } from "./receiver.ts";

/** The conduit of one subscriber. Its sends are parked in the hub, and not in it. */
class Branch<T> extends Conduit<T> {
  private readonly hub: Hub<T>;
  private isFull = false;

  constructor(hub: Hub<T>, capacity: number, options: ChannelOptions<T> | undefined) {
    super(capacity, options);
    this.hub = hub;
  }
  override put(item: T): boolean {
    const taken = super.put(item);
    this.measure();
    return taken;
  }
  override take(): T {
    const item = super.take();
    this.measure();
    this.hub.madeRoom();
    return item;
  }
  override giveBack(item: T): void {
    super.giveBack(item);
    this.measure();
  }
  override closeReceiver(receiver: TakingHandle): void {
    super.closeReceiver(receiver);
    if (this.receivers > 0) return;
    this.measure();
    this.hub.leave(this);
  }

  /** The hub only counts who is full: to look at all of them at each take would cost more the more there are. */
  private measure(): void {
    const isFull = this.items.length >= this.capacity;
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    this.hub.full += isFull ? 1 : -1;
  }
}

/**
 * What the senders and subscribers of a broadcast share.
 *
 * **Invariant:** while a send is parked, some branch is full; the room that is made last lets the first of them
 * through, then and there, and no later send overtakes it.
 */
export class Hub<T> implements Inlet<T> {
  readonly name: string;
  senders = 0;
  failure: { readonly error: unknown } | null = null;
  private readonly capacity: number;
  private readonly options: ChannelOptions<T> | undefined;
  private readonly branches = new Set<Branch<T>>();
  private readonly parked: WaitQueue = { firstWaiter: null };
  private waiting = 0;
  /** How many branches have no room. */
  full = 0;
  /** Of those who have left. */
  private readonly past = { peak: 0, dropped: 0, coalesced: 0 };
  private ending = false;

  constructor(capacity: number, options: ChannelOptions<T> | undefined) {
    this.capacity = capacity;
    this.options = options;
    this.name = options?.name === undefined ? "broadcast" : `broadcast "${options.name}"`;
  }

  subscribe(): Receiver<T> {
    const branch = new Branch<T>(this, this.capacity, { overflow: this.options?.overflow, name: this.name });
    branch.senders = 1;
    this.branches.add(branch);
    if (this.ending && this.waiting === 0) this.end(branch);
    return new Receiver(branch);
  }

  put(item: T): boolean {
    if (this.failure !== null) throw this.broken();
    const policy = this.options?.overflow ?? "wait";
    if (policy === "wait" && !this.hasRoom) return false; // and so it is while a send is parked
    if (policy === "error" && !this.hasRoom) throw new OverflowError(this.name, this.capacity); // and nobody gets it
    this.deliver(item);
    return true;
  }

  private get hasRoom(): boolean {
    return this.full === 0;
  }

  private deliver(item: T): void {
    for (const branch of this.branches) branch.put(item);
  }

  /** A branch has an item less, or is gone. */
  madeRoom(): void {
    while (this.waiting > 0 && this.hasRoom) {
      const send = this.parked.firstWaiter as ParkedSend<T>;
      dequeue(this.parked, send);
      this.waiting--;
      this.deliver(send.item);
      send.wake(true);
      this.endAfterLastItem();
    }
  }

  leave(branch: Branch<T>): void {
    this.branches.delete(branch);
    const { peak, dropped, coalesced } = branch.statistics();
    this.past.peak = Math.max(this.past.peak, peak);
    this.past.dropped += dropped;
    this.past.coalesced += coalesced;
    this.madeRoom();
  }

  parkSend(send: ParkedSend<T>): void {
    enqueue(this.parked, send);
    this.waiting++;
  }

  unparkSend(send: ParkedSend<T>): void {
    dequeue(this.parked, send);
    this.waiting--;
    this.endAfterLastItem();
  }

  endOfSending(): void {
    this.ending = true;
    this.endAfterLastItem();
  }

  /** What was sent, parked sends too, is given first, and then the end. */
  private endAfterLastItem(): void {
    if (this.ending && this.waiting === 0) for (const branch of this.branches) this.end(branch);
  }

  private end(branch: Branch<T>): void {
    branch.failure = this.failure;
    branch.senders = 0;
    branch.endOfSending();
  }

  broken(): BrokenError {
    return new BrokenError(`the ${this.name} has failed`, { cause: this.failure?.error });
  }

  /** Of all subscribers together; `buffered` and `peak` are those of whoever has most. */
  statistics(): ChannelStatistics {
    const total = {
      ...this.past,
      capacity: this.capacity,
      buffered: 0,
      senders: this.senders,
      receivers: 0,
      waitingSenders: this.waiting,
      waitingReceivers: 0,
    };
    for (const branch of this.branches) {
      const one = branch.statistics();
      total.buffered = Math.max(total.buffered, one.buffered);
      total.peak = Math.max(total.peak, one.peak);
      total.receivers += one.receivers;
      total.waitingReceivers += one.waitingReceivers;
      total.dropped += one.dropped;
      total.coalesced += one.coalesced;
    }
    return total;
  }
}
