import { Conduit } from "./conduit.ts";
import { checkOverflow, type Overflow } from "./overflow.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";

/** How a channel is made. */
export interface ChannelOptions<T> {
  /** What to do with an item for which there is no room. Default `"wait"`. */
  readonly overflow?: Overflow<T> | undefined;
  /** Shown in dumps and deadlock reports. */
  readonly name?: string | undefined;
}

/** The two ends of a channel. Each can be cloned; the channel ends when the last handle of a side is closed. */
export interface Channel<T> {
  /** Puts items in. */
  readonly sender: Sender<T>;
  /** Takes them out; a stream, too. */
  readonly receiver: Receiver<T>;
}

/**
 * A queue between tasks. `send` waits while it is full, `receive` while it is empty; items go to receivers in the
 * order of asking, and nobody barges in.
 *
 * @param capacity How many sent items may wait to be received: a whole number, Infinity or `"unbounded"`. 0: a
 * rendezvous, `send` ends when the item was taken.
 * @param options What to do when it is full, and what it is called.
 * @throws {RangeError} If `capacity` is negative, fractional or NaN, or 0 with a policy that needs a buffer.
 * @throws {TypeError} If there is no such policy.
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { channel } from "@skein/stream";
 *
 * await run(function* (root) {
 *   const { sender, receiver } = channel<string>(16);
 *   root.spawn(function* () {
 *     yield* sender.send("hello");
 *     sender.close();
 *   });
 *   yield* receiver.forEach((text) => console.log(text)); // hello
 * });
 * ```
 */
export function channel<T>(capacity: number | "unbounded", options?: ChannelOptions<T>): Channel<T> {
  checkOverflow(options?.overflow ?? "wait");
  const conduit = new Conduit<T>(capacity === "unbounded" ? Number.POSITIVE_INFINITY : capacity, options);
  return { sender: new Sender(conduit), receiver: new Receiver(conduit) };
}
