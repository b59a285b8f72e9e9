import type { Operation } from "@skein/coroutine";
import type { End } from "../source.ts";
import type { Stream } from "../stream.ts";

/**
 * A record that is written once and read by many, each from where it likes: the thing under answers that can be
 * resumed. `log()` keeps it in memory; a file or a database can implement it too (`checkLog` in `/testing`).
 *
 * A *cursor* is a place between items: item n stands between cursors n and n + 1. The first item ever is item 0.
 */
export interface StreamLog<T> {
  /** Adds an item at the end. Gives the cursor behind it: where a reader that has seen it goes on. */
  append(item: T): number | Operation<number>;
  /**
   * What stands behind `cursor`, and then what comes. A reader gets `Lagged` in the place of what is kept no more.
   * @throws {CursorError} When a run is opened, if the log has not come that far.
   */
  read(cursor?: number): Stream<T | Lagged>;
  /** As `read`, each item with the cursor behind it. */
  entries(cursor?: number): Stream<Entry<T> | Lagged>;
  /**
   * Ends the log, once: what ended it first stands, and later calls give false. Readers get what is left and then
   * end; if it `failed`, with that same error.
   */
  end(end?: End): boolean | Operation<boolean>;
  /** How it ended; null while it goes on. */
  readonly ended: End | null;
  /** The cursor before the oldest item that is kept. */
  readonly first: number;
  /** The cursor behind the newest item. */
  readonly next: number;
}

/** An item and its place. */
export interface Entry<T> {
  /** The cursor behind the item: give it to `read` to go on after it. */
  readonly cursor: number;
  /** What was appended. */
  readonly item: T;
}

/**
 * Says to a reader that items are missing, as an item in their place.
 *
 * @example
 * ```ts
 * import { Lagged, log } from "@skein/stream";
 *
 * const feed = log<string>({ keep: 1 });
 * for (const item of ["a", "b", "c"]) feed.append(item);
 * feed.end();
 * for await (const item of feed.read(0)) {
 *   console.log(item instanceof Lagged ? `${item.missed} items missed` : item); // 2 items missed, c
 * }
 * ```
 */
export class Lagged {
  /** How many are missing. */
  readonly missed: number;
  /** The cursor that the reader stood at. */
  readonly from: number;
  /** The cursor that it goes on from. */
  readonly to: number;
  constructor(from: number, to: number) {
    this.missed = to - from;
    this.from = from;
    this.to = to;
  }
}
