import type { Scheduler, TaskGroup, Wait } from "@skein/coroutine";
import { DONE } from "../ends.ts";
import { Parking } from "../run/parking.ts";
import { END, type End, type Pumped, type Sink, type Source, type Streamable, WAIT } from "../source.ts";

/** How a probe pumps, and when it has had enough. */
export interface Appetite {
  /** What each pump may push, again and again in this order. Default: 1,000. */
  readonly budgets?: readonly number[];
  /** How many items it wants per pump. Default: all. */
  readonly perPump?: number;
  /** Called with each item, while it is being pushed. */
  readonly onPush?: ((source: Source) => void) | undefined;
}

/**
 * Pumps a source by hand, as its host, and keeps what it sees: to test a source or an operator of your own step by
 * step.
 *
 * @example
 * ```ts
 * import { runTest } from "@skein/coroutine/testing";
 * import { from, MORE } from "@skein/stream";
 * import { Probe } from "@skein/stream/testing";
 *
 * await runTest(function* (root, { loop }) {
 *   const probe = new Probe(from(["a", "b", "c"]), loop, root);
 *   console.log(probe.pump(2) === MORE, probe.items); // true [ 'a', 'b' ]
 *   yield* probe.drain();
 *   yield* probe.close();
 *   console.log(probe.items); // [ 'a', 'b', 'c' ]
 * });
 * ```
 */
export class Probe<T> implements Sink<T> {
  /** Every item so far. */
  readonly items: T[] = [];
  /** The run. */
  readonly source: Source;
  /** The items of each pump. */
  readonly pumps: number[] = [];
  /** The last pump's answer. */
  pumped: Pumped | null = null;
  /** What the source threw first. */
  failure: { readonly error: unknown } | null = null;
  private readonly host: Parking;
  private readonly appetite: Appetite;
  private wanted = 0;

  constructor(stream: Streamable<T>, scheduler: Scheduler, owner: TaskGroup, appetite: Appetite = {}) {
    this.appetite = appetite;
    this.host = new Parking(scheduler, stream.tasks ? owner : null);
    this.source = stream.open(this.host, this);
  }

  /** Takes an item: for the source. */
  push(item: T): boolean {
    this.items.push(item);
    this.appetite.onPush?.(this.source);
    return --this.wanted > 0;
  }

  /** One pump. A failure is kept, as an END is. */
  pump(budget: number): Pumped {
    const before = this.items.length;
    this.wanted = this.appetite.perPump ?? Number.POSITIVE_INFINITY;
    try {
      this.pumped = this.source.pump(budget);
    } catch (error) {
      this.failure ??= { error };
      this.pumped = END;
    }
    this.pumps.push(this.items.length - before);
    return this.pumped;
  }

  /** Pumps to the end, waiting where the source says so. */
  *drain(): Generator<Wait, void, unknown> {
    const { budgets = [1000] } = this.appetite;
    for (let turn = 0; ; turn++) {
      const pumped = this.pump(budgets[turn % budgets.length] as number);
      if (pumped === END) return;
      if (pumped === WAIT) yield* this.host;
    }
  }

  /** Pumps until there is an item, or the end. */
  *untilFirst(): Generator<Wait, void, unknown> {
    while (this.items.length === 0) {
      const pumped = this.pump(1);
      if (pumped === END) return;
      if (pumped === WAIT) yield* this.host;
    }
  }

  /** Closes the run and waits for its cleanup. */
  *close(end: End = DONE): Generator<Wait, void, unknown> {
    const closing = this.source.close(end);
    if (closing !== undefined) yield* closing;
  }
}
