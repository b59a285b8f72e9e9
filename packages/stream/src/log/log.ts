import { type WaiterNode, wakeAll } from "@skein/coroutine";
import { DONE } from "../ends.ts";
import { CursorError, UsedError } from "../errors.ts";
import { atLeast } from "../limits.ts";
import { Ring } from "../ring.ts";
import type { End } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { LogReader } from "./log-reader.ts";
import type { Entry, Lagged, StreamLog } from "./stream-log.ts";

/** How a log is made. */
export interface LogOptions {
  /** How many items to keep for readers that come late or are slow, or `"unbounded"`. */
  readonly keep: number | "unbounded";
}

/**
 * A log in memory: written once, read by many, each from where it likes.
 *
 * @param options How many items are kept: a whole number of at least 1, Infinity or `"unbounded"`.
 * @throws {RangeError} If `keep` is less than 1, fractional or NaN.
 * @example
 * ```ts
 * import { log } from "@skein/stream";
 *
 * const answer = log<string>({ keep: "unbounded" });
 * const cursor = answer.append("Call me ");
 * answer.append("Ishmael.");
 * answer.end();
 * console.log(await answer.read().toArray(), await answer.read(cursor).toArray());
 * // [ 'Call me ', 'Ishmael.' ] [ 'Ishmael.' ]
 * ```
 */
export function log<T>(options: LogOptions): MemoryLog<T> {
  return new MemoryLog(options);
}

/**
 * What `log()` gives. Nothing in it waits: `append` and `end` can be called from anywhere.
 *
 * @example
 * ```ts
 * import { log, type MemoryLog } from "@skein/stream";
 *
 * const answers = new Map<string, MemoryLog<string>>([["7", log({ keep: 100 })]]);
 * const answer = answers.get("7");
 * answer?.append("hello");
 * answer?.end();
 * console.log(answer?.first, answer?.next, answer?.ended); // 0 1 { kind: 'done' }
 * ```
 */
export class MemoryLog<T> implements StreamLog<T> {
  private readonly keep: number;
  private readonly items = new Ring<T>();
  private cursor = 0;
  private cause: End | null = null;
  /** @internal A queue of those who have read all there is and wait for more. */
  firstWaiter: WaiterNode | null = null;

  /** @internal */
  constructor({ keep }: LogOptions) {
    this.keep = keep === "unbounded" ? Number.POSITIVE_INFINITY : keep;
    atLeast(1, this.keep, "keep");
  }

  /** How it ended; null while it goes on. */
  get ended(): End | null {
    return this.cause;
  }
  /** The cursor before the oldest item that is kept. */
  get first(): number {
    return this.cursor - this.items.length;
  }
  /** The cursor behind the newest item. */
  get next(): number {
    return this.cursor;
  }

  /** Adds an item and gives the cursor behind it. @throws {UsedError} If the log has ended. */
  append(item: T): number {
    if (this.cause !== null)
      throw new UsedError("append to a log", `it has ended (${this.cause.kind})`, "make a new one");
    if (this.items.length >= this.keep) this.items.shift();
    this.items.push(item);
    this.cursor++;
    wakeAll(this);
    return this.cursor;
  }

  /** Ends the log; false if it has ended already: what ended it first stands. */
  end(end: End = DONE): boolean {
    if (this.cause !== null) return false;
    this.cause = end;
    wakeAll(this);
    return true;
  }

  /**
   * What stands behind `cursor`, and then what comes; `Lagged` in the place of what is kept no more.
   *
   * @param cursor Where to begin: a whole number from 0 (the default: the first item ever) to `next`.
   * @throws {CursorError} When a run is opened, if it is something else.
   */
  read(cursor = 0): Stream<T | Lagged> {
    return this.open(cursor, (item) => item);
  }

  /** As `read`, each item with the cursor behind it. @throws {CursorError} As `read`. */
  entries(cursor = 0): Stream<Entry<T> | Lagged> {
    return this.open(cursor, (item, behind) => ({ cursor: behind, item }));
  }

  private open<R>(cursor: number, show: (item: T, behind: number) => R): Stream<R | Lagged> {
    return stream<R | Lagged>((host, sink) => {
      if (!(Number.isInteger(cursor) && cursor >= 0 && cursor <= this.cursor))
        throw new CursorError(cursor, this.cursor);
      return new LogReader(this, cursor, show, host, sink);
    }, false);
  }

  /** @internal The item behind `cursor`, which is between `first` and `next`. */
  at(cursor: number): T {
    return this.items.at(cursor - this.first);
  }
}
