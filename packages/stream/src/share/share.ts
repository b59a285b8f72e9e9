import type { TaskGroup } from "@skein/coroutine";
import { atLeast, duration, oneOf } from "../limits.ts";
import type { Lagged } from "../log/stream-log.ts";
import { type Operator, stream } from "../stream.ts";
import { Shared } from "./shared.ts";

/** What `share` keeps, for whom it waits, and when it stops. */
export interface ShareOptions {
  /** How many past items a reader that comes late gets first, or `"unbounded"`. Default 0. */
  readonly replay?: number | "unbounded" | undefined;
  /**
   * What happens when a reader is `capacity` items behind.
   * - `"wait"` (the default): the source is not asked for more until it has caught up.
   * - `"drop"`: it misses items.
   * - `"lag"`: it misses items, and gets a `Lagged` in their place.
   * - `"evict"`: it is ended with a StoppedError, stopped by lag.
   */
  readonly slow?: "wait" | "drop" | "lag" | "evict" | undefined;
  /**
   * How many items a reader may be behind: a whole number of at least 1. Default 16. What is kept for `replay` is missed
   * by nobody: if that is more, it counts for `"drop"`, `"lag"` and `"evict"`.
   */
  readonly capacity?: number | undefined;
  /** How long after the last reader has left the source is stopped, in milliseconds. Default 0; Infinity: never. */
  readonly idleMs?: number | undefined;
}

/**
 * One run of the source for any number of readers. The first that asks starts it, as a task of `owner`; its failure
 * reaches every present and later reader as the same object, and does not fail `owner`. When `owner` is cancelled,
 * or has ended, readers get a StoppedError (by shutdown).
 *
 * @param owner The group whose task runs the source. @param options What is kept, for whom it waits, and when it stops.
 * @throws {RangeError} If `replay` is negative, `capacity` less than 1, or either fractional or NaN, or `idleMs`
 * negative or NaN. @throws {TypeError} If `owner` is no task group, or `slow` no word for it.
 * @throws {StoppedError} In a reader's run, if `owner` is cancelled or has ended, and with `slow: "evict"` if it is too slow.
 * @example
 * ```ts
 * import { run } from "@skein/coroutine";
 * import { from, share, tap } from "@skein/stream";
 *
 * await run(function* (root) {
 *   const asked = from([17, 18]).pipe(tap((price) => console.log("asked:", price))); // asked: 17, asked: 18
 *   const prices = asked.pipe(share(root, { replay: "unbounded" }));
 *   const other = root.spawn(() => prices.toArray());
 *   console.log(yield* prices.toArray(), yield* other); // [ 17, 18 ] [ 17, 18 ]
 * });
 * ```
 */
export function share<A>(owner: TaskGroup, options: ShareOptions & { readonly slow: "lag" }): Operator<A, A | Lagged>;
export function share<A>(owner: TaskGroup, options?: ShareOptions): Operator<A, A>;
export function share<A>(owner: TaskGroup, options: ShareOptions = {}): Operator<A, A | Lagged> {
  const { replay = 0, slow = "wait", capacity = 16, idleMs = 0 } = options;
  const keep = replay === "unbounded" ? Number.POSITIVE_INFINITY : replay;
  if (typeof owner?.spawn !== "function")
    throw new TypeError("Cannot share: there is no task group to run the source in; give one first, share(root).");
  oneOf(["wait", "drop", "lag", "evict"], slow, "treat a slow reader by");
  atLeast(0, keep, "replay");
  atLeast(1, capacity, "share with a capacity of");
  duration(idleMs, "stay idle");
  return (up) => {
    const shared = new Shared<A>(up, owner, { replay: keep, slow, capacity, idleMs });
    return stream((host, sink) => shared.open(host, sink), false);
  };
}
