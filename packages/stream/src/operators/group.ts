import { type Overflow, overflow } from "../channel/overflow.ts";
import { UsedError } from "../errors.ts";
import { Ring } from "../ring.ts";
import { END, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { Stream } from "../stream.ts";

/**
 * One of the streams that `groupBy` gives: the items of one key. It can be run once; who leaves it gets no more.
 * A second run throws a UsedError when it is opened.
 *
 * @example
 * ```ts
 * import { from, groupBy, mapAsync } from "@skein/stream";
 *
 * const words = from(["apple", "banana", "avocado"]);
 * const counts = words.pipe(
 *   groupBy((word) => word[0]),
 *   mapAsync(function* (group) {
 *     return `${group.key}: ${yield* group.count()}`;
 *   }, Infinity),
 * );
 * console.log(await counts.toArray()); // [ 'a: 2', 'b: 1' ]
 * ```
 */
export class Group<K, T> extends Stream<T> {
  /** What its items have in common. */
  readonly key: K;
  /** @internal */
  constructor(key: K, shelf: Shelf<T>) {
    super((host, sink) => shelf.open(host, sink), false);
    this.key = key;
  }
}

/** What a shelf asks of the `groupBy` it belongs to. */
interface Owner {
  /** How many readers of its shelves have taken all there is, and wait. */
  askers: number;
  /** There is one more. */
  asked(): void;
  /** There is room again, or no reader any more. */
  madeRoom(): void;
}

/** The items of one group that were not taken yet, and the run that takes them. */
export class Shelf<T> implements Source {
  private asking = false;
  /** Its reader has left: its items are nobody's. */
  private left = false;
  private readonly owner: Owner;
  private readonly capacity: number;
  private readonly policy: Overflow<T>;
  private readonly items = new Ring<T>();
  private readonly losses = { dropped: 0, coalesced: 0 };
  private reader: { readonly host: Host; readonly sink: Sink<T> } | null = null;
  private ended: { readonly error?: unknown } | null = null;
  private over = false;

  constructor(owner: Owner, capacity: number, policy: Overflow<T>) {
    this.owner = owner;
    this.capacity = capacity;
    this.policy = policy;
  }

  open(host: Host, sink: Sink<T>): Source {
    if (this.reader !== null)
      throw new UsedError("open a group", "it was run before", "share() it, or keep its items, to use them twice");
    this.reader = { host, sink };
    return this;
  }

  /** False: there is no room, and the policy is to wait. */
  put(item: T): boolean {
    if (this.left) return true;
    if (this.items.length < this.capacity) this.items.push(item);
    else if (!overflow("group", this.policy, this.items, item, this.losses)) return false;
    this.wake();
    return true;
  }

  /** No further item comes. */
  end(ended: { readonly error?: unknown }): void {
    this.ended ??= ended;
    this.wake();
  }

  private wake(): void {
    this.answered();
    this.reader?.host.wake();
  }

  private answered(): void {
    if (this.asking) this.owner.askers--;
    this.asking = false;
  }

  pump(budget: number): Pumped {
    const { items, reader } = this;
    for (let left = budget; left > 0; left--) {
      if (this.over || reader === null) return END;
      if (items.length === 0) return this.waitOrEnd();
      const full = items.length >= this.capacity;
      const item = items.shift();
      if (full) this.owner.madeRoom();
      if (!reader.sink.push(item)) return MORE;
    }
    return MORE;
  }

  private waitOrEnd(): Pumped {
    if (this.ended === null) {
      if (!this.asking) this.owner.askers++;
      this.asking = true;
      this.owner.asked();
      return WAIT;
    }
    this.over = true;
    if ("error" in this.ended) throw this.ended.error;
    return END;
  }

  close(): undefined {
    this.over = this.left = true;
    this.answered();
    this.items.clear();
    this.owner.madeRoom();
  }
}
