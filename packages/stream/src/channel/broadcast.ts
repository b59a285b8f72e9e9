import { atLeast } from "../limits.ts";
import { type Stream, stream } from "../stream.ts";
import type { ChannelOptions } from "./channel.ts";
import { Hub } from "./hub.ts";
import { checkOverflow } from "./overflow.ts";
import type { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";

/** What `broadcast` gives: one side to send by, and a subscription for each who wants to listen. */
export interface Broadcast<T> {
  /** Sends to all who are subscribed at that moment; to nobody, if there is nobody. Clone it for several senders. */
  readonly sender: Sender<T>;
  /** Each run of it is a subscription, from its opening to its end. */
  readonly stream: Stream<T>;
  /**
   * Subscribes: what is sent from now on comes out of the receiver, which has a buffer of its own. Close it, or end a
   * run of it, to leave. A clone of it shares its items; `subscribe` again for another who gets them all.
   */
  subscribe(): Receiver<T>;
}

/**
 * A channel from which every receiver gets every item that was sent while it was subscribed. Each has a buffer of
 * `capacity` items, and the overflow policy is about that buffer alone: a slow receiver loses, merges or fails by
 * itself, but with `"wait"` the sender waits for the slowest, and with `"error"` it gets the OverflowError.
 *
 * A send that has to wait has sent nothing to anybody until all have room; sends keep their order. When the last sender
 * is closed, each receiver gets what is in its buffer and then the end, or the error given to `fail()`.
 * For those who come late see `share({ replay })` and `log`.
 *
 * @param capacity How many items each may be behind: a whole number of at least 1, Infinity or `"unbounded"`.
 * @param options As for a channel.
 * @throws {RangeError} If `capacity` is less than 1, fractional or NaN. @throws {TypeError} If there is no such policy.
 * @example
 * ```ts
 * import { broadcast } from "@skein/stream";
 *
 * const prices = broadcast<number>(16, { overflow: "dropOldest" });
 * const [ada, bob] = [prices.subscribe(), prices.subscribe()];
 * prices.sender.trySend(17.5);
 * prices.sender.close();
 * console.log(await ada.toArray(), await bob.toArray()); // [ 17.5 ] [ 17.5 ]
 * ```
 */
export function broadcast<T>(capacity: number | "unbounded", options?: ChannelOptions<T>): Broadcast<T> {
  const count = capacity === "unbounded" ? Number.POSITIVE_INFINITY : capacity;
  atLeast(1, count, "make a broadcast of capacity");
  checkOverflow(options?.overflow ?? "wait");
  const hub = new Hub<T>(count, options);
  return {
    sender: new Sender(hub),
    subscribe: () => hub.subscribe(),
    stream: stream((host, sink) => {
      const receiver = hub.subscribe();
      const run = receiver.open(host, sink);
      return {
        pump: (budget) => run.pump(budget),
        close: (end) => {
          run.close(end);
          receiver.close(); // also after its end: nobody else has this handle
          return undefined;
        },
      };
    }, false),
  };
}
