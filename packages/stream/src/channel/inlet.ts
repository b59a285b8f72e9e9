import type { WaiterNode } from "@skein/coroutine";
import type { BrokenError } from "../errors.ts";

/** Somebody whose item waits for room, or to be taken. A node of the inlet's queue. */
export interface ParkedSend<T> extends WaiterNode {
  readonly item: T;
  /** `true`: the item was accepted. `false`: no receiver is left. */
  wake(accepted: boolean): void;
}

/** What a channel's counters say at this moment. */
export interface ChannelStatistics {
  /** As it was given; Infinity for `"unbounded"`. */
  readonly capacity: number;
  /** Items in the buffer now. */
  readonly buffered: number;
  /** The most items that were ever in the buffer. */
  readonly peak: number;
  /** Open handles of the sending side. */
  readonly senders: number;
  /** Open handles of the receiving side. */
  readonly receivers: number;
  /** Tasks that wait in `send`. */
  readonly waitingSenders: number;
  /** Tasks that wait in `receive`, and runs that wait. */
  readonly waitingReceivers: number;
  /** Items that an overflow lost. */
  readonly dropped: number;
  /** Items that an overflow merged into others. */
  readonly coalesced: number;
}

/** What a `Sender` puts items into: a channel, or all subscribers of a broadcast. */
export interface Inlet<T> {
  readonly name: string;
  /** How many handles are open. */
  senders: number;
  /** What `fail()` was given. */
  failure: { readonly error: unknown } | null;
  /** Takes `item`. False: there is no room, and the policy is to wait. */
  put(item: T): boolean;
  parkSend(send: ParkedSend<T>): void;
  unparkSend(send: ParkedSend<T>): void;
  /** The last handle was closed, or `failure` set: no new items come. */
  endOfSending(): void;
  /** What to throw where an item cannot be put. */
  broken(): BrokenError;
  statistics(): ChannelStatistics;
}
