import type { Operation } from "@skein/coroutine";
import { ENOUGH } from "../ends.ts";
import { closeAll } from "../run/closing.ts";
import { InnerHost } from "../run/inner-host.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type From, from } from "./from.ts";

/**
 * Arrays of one item of each source. Reads one item ahead of each; ends, and closes them all, when the first ends. The
 * first failure ends it, and closes the others.
 *
 * @param sources What `from` takes, but for functions. None: a stream that ends at once.
 * @throws {TypeError} If one of them is something else.
 * @example
 * ```ts
 * import { from, unfold, zip } from "@skein/stream";
 *
 * const numbers = unfold(1, (n) => [n, n + 1]); // without end
 * console.log(await zip(numbers, from(["tea", "milk"])).toArray()); // [ [ 1, 'tea' ], [ 2, 'milk' ] ]
 * ```
 */
export function zip<T extends readonly unknown[]>(...sources: { readonly [K in keyof T]: From<T[K]> }): Stream<T> {
  const streams = sources.map((source) => from<unknown>(source as From<unknown>));
  const tasks = streams.some((each) => each.tasks);
  return stream<T>((host, sink) => new Zip(streams, host, sink as Sink<unknown>), tasks);
}

/** One input with room for one item. */
class Slot implements Sink<unknown> {
  readonly host: InnerHost;
  readonly source: Source;
  item: unknown;
  full = false;

  constructor(each: Stream<unknown>, host: Host) {
    this.host = new InnerHost(host);
    this.source = each.open(this.host, this);
  }
  push(item: unknown): boolean {
    this.item = item;
    this.full = true;
    return false;
  }
}

class Zip implements Source {
  private readonly sink: Sink<unknown>;
  private readonly slots: Slot[];
  private closing: Operation<void> | undefined;
  private over = false;

  constructor(streams: readonly Stream<unknown>[], host: Host, sink: Sink<unknown>) {
    this.sink = sink;
    this.slots = streams.map((each) => new Slot(each, host));
    this.over = streams.length === 0;
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; ) {
      if (this.over) return END;
      let waits = false;
      for (const slot of this.slots) {
        if (slot.full) continue;
        left--;
        const pumped = this.fill(slot);
        if (pumped === END) return this.cut();
        waits ||= pumped === WAIT;
      }
      if (waits) return WAIT;
      if (this.slots.every((slot) => slot.full) && !this.sink.push(this.row())) return MORE;
    }
    return this.over ? END : MORE;
  }

  private fill(slot: Slot): Pumped {
    if (!slot.host.awake) return WAIT;
    slot.host.awake = false;
    const pumped = slot.source.pump(1);
    if (slot.full || pumped === MORE) {
      slot.host.awake = true;
      return MORE;
    }
    return pumped;
  }

  private row(): unknown[] {
    return this.slots.map((slot) => {
      const { item } = slot;
      slot.item = undefined;
      slot.full = false;
      return item;
    });
  }

  /** No further row can come. */
  private cut(): typeof END {
    if (!this.over) this.closing = this.closeSlots(ENOUGH);
    return END;
  }

  private closeSlots(end: End): Operation<void> | undefined {
    this.over = true;
    return closeAll(this.slots.map(({ source }) => source.close(end)));
  }

  close(end: End): Operation<void> | undefined {
    if (!this.over) return this.closeSlots(end);
    const { closing } = this;
    this.closing = undefined;
    return closing;
  }
}
