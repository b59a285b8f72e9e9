import type { Operation } from "@skein/coroutine";
import { checkOverflow, type Overflow } from "../channel/overflow.ts";
import { StoppedError } from "../errors.ts";
import { atLeast } from "../limits.ts";
import { type Eater, Feed } from "../run/feed.ts";
import {
  END,
  type End,
  type Host,
  MORE,
  type Pumped,
  type Sink,
  type Source,
  type Streamable,
  WAIT,
} from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Group, Shelf } from "./group.ts";

/** What the groups of `groupBy` hold. */
export interface GroupByOptions<A> {
  /** How many items of a group may wait for its reader: a whole number of at least 1, or Infinity. Default 16. */
  readonly capacity?: number | undefined;
  /** What to do with more of them. Default `"wait"`: everything waits, until that group is read. */
  readonly overflow?: Overflow<A> | undefined;
  /** How many groups there may be at a time: the one that had no item for longest is ended for a new one. Default: any. */
  readonly max?: number | undefined;
}

/**
 * Gives a stream for each key, when its first item comes: a `Group`, which has the `key`. Items flow while a new group
 * or an item of any group is asked for, so read the groups side by side; one that nobody reads holds all up as
 * soon as its buffer is full, unless `overflow` says otherwise. When the source ends or fails, every group does; when
 * the run is closed, a group that is still read ends with a StoppedError. A group that was left gets no more items.
 *
 * Without `max` every key is kept for as long as the run lasts.
 *
 * @param key What the items of a group have in common, compared as a Map does. What it throws ends the run.
 * @param options What groups hold.
 * @throws {RangeError} If `capacity` or `max` is less than 1, fractional or NaN. @throws {TypeError} If there is no such
 * policy.
 * @example
 * ```ts
 * import { from, groupBy, mapAsync } from "@skein/stream";
 *
 * const orders = from([
 *   { by: "ada", price: 2 },
 *   { by: "bob", price: 3 },
 *   { by: "ada", price: 4 },
 * ]);
 * const sums = orders.pipe(
 *   groupBy((order) => order.by),
 *   mapAsync((group) => group.reduce((sum, { price }) => sum + price, 0), { limit: Infinity }),
 * );
 * console.log(await sums.toArray()); // [ 6, 3 ]
 * ```
 */
export function groupBy<A, K>(key: (item: A) => K, options: GroupByOptions<A> = {}): Operator<A, Group<K, A>> {
  const { capacity = 16, max = Number.POSITIVE_INFINITY } = options;
  atLeast(1, capacity, "group with a capacity of");
  atLeast(1, max, "group into at most");
  const settings = { capacity, max, overflow: options.overflow ?? "wait" } as const;
  checkOverflow(settings.overflow);
  return (up) => stream((host, sink) => new GroupBy(key, settings, up, host, sink), up.tasks);
}

class GroupBy<A, K> implements Source, Eater<A> {
  private readonly key: (item: A) => K;
  private readonly settings: { readonly capacity: number; readonly max: number; readonly overflow: Overflow<A> };
  private readonly host: Host;
  private readonly sink: Sink<Group<K, A>>;
  private readonly feed: Feed<A>;
  private readonly shelves = new Map<K, Shelf<A>>();
  /** How many groups' readers wait. */
  askers: number = 0;
  /** A group that was not given yet: no further item is asked for meanwhile. */
  private fresh: Group<K, A> | null = null;
  /** An item for which its group has no room. */
  private held: { readonly item: A; readonly shelf: Shelf<A> } | null = null;
  private asking = false;
  private over = false;

  constructor(
    key: (item: A) => K,
    settings: GroupBy<A, K>["settings"],
    up: Streamable<A>,
    host: Host,
    sink: Sink<Group<K, A>>,
  ) {
    this.key = key;
    this.settings = settings;
    this.host = host;
    this.sink = sink;
    this.feed = new Feed(up, host, this);
  }

  get hungry(): boolean {
    if (this.over || this.fresh !== null || this.held !== null) return false;
    return this.asking || this.askers > 0;
  }

  eat(item: A): void {
    const key = this.key(item);
    const shelf = this.shelves.get(key) ?? this.open(key);
    if (this.settings.max !== Number.POSITIVE_INFINITY) {
      this.shelves.delete(key); // to the end of the line
      this.shelves.set(key, shelf);
    }
    if (!shelf.put(item)) this.held = { item, shelf };
  }

  private open(key: K): Shelf<A> {
    const { capacity, overflow, max } = this.settings;
    const [oldest] = this.shelves;
    if (oldest !== undefined && this.shelves.size >= max) {
      this.shelves.delete(oldest[0]);
      oldest[1].end({});
    }
    const shelf = new Shelf<A>(this, capacity, overflow);
    this.shelves.set(key, shelf);
    this.fresh = new Group(key, shelf);
    this.asking = false;
    this.host.wake();
    return shelf;
  }

  asked(): void {
    this.feed.ask();
  }

  madeRoom(): void {
    const { held } = this;
    if (held?.shelf.put(held.item) !== true) return;
    this.held = null;
    this.fed();
    this.feed.ask();
  }

  /** The groups end once all items are theirs. */
  fed(): void {
    const { ended } = this.feed;
    if (ended === null || this.held !== null) return;
    for (const shelf of this.shelves.values()) shelf.end(ended);
    this.host.wake();
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      const { fresh } = this;
      if (fresh === null) return this.waitOrEnd();
      this.fresh = null;
      if (this.askers > 0) this.feed.ask(); // it stood still for this one
      if (!this.sink.push(fresh)) return this.over ? END : MORE;
    }
    return this.over ? END : MORE;
  }

  private waitOrEnd(): Pumped {
    const { ended } = this.feed;
    if (ended === null || this.held !== null) {
      this.asking = true;
      this.feed.ask();
      return WAIT;
    }
    this.over = true;
    if ("error" in ended) throw ended.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    this.held = this.fresh = null;
    const error = new StoppedError("the run of groupBy() that this group is part of was closed", end);
    for (const shelf of this.shelves.values()) shelf.end({ error });
    return this.feed.close(end);
  }
}
