import type { Overflow } from "../channel/overflow.ts";
import type { End } from "../source.ts";

/** By what a callback gives items, ends and fails a stream. After the end it does nothing. */
export interface Emitter<T> {
  /**
   * Gives an item, at any time. True: there is room for another. False: enough, wait until `onDemand` tells; what is
   * pushed all the same is the overflow policy's.
   */
  push(item: T): boolean;
  /** There is no more. */
  end(): void;
  /** Ends the stream with an error, after what was pushed. */
  fail(error: unknown): void;
  /** How many items there is room for. */
  readonly room: number;
  /** Has `fn` called when the consumer has taken all there is and asks for more: once, until something is pushed. */
  onDemand(fn: () => void): void;
}

/** What to do when the run is over, however it ended. An operation or a promise is waited for; anything else is not looked at. */
export type CallbackCleanup = (end: End) => unknown;

/** How a source that is pushed buffers. */
export interface PushedOptions<T> {
  /** How many items may wait for the consumer: a whole number of at least 1, Infinity or `"unbounded"`. Default 256. */
  readonly capacity?: number | "unbounded" | undefined;
  /** What to do with more. Default `"error"`: the stream fails with an OverflowError, after what is buffered. */
  readonly overflow?: Exclude<Overflow<T>, "wait"> | undefined;
}
