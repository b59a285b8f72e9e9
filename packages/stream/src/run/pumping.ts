import { checkpoint, type Operation, type Wait } from "@skein/coroutine";
import { END, type Sink, type Source, WAIT } from "../source.ts";
import { Pace } from "./pace.ts";
import type { Parking } from "./parking.ts";
import { Seen } from "./seen.ts";

/** What a terminal makes of the items. One per run. */
export interface Collector<T, R> extends Sink<T> {
  /** True once it wants no more items: the run is closed. */
  readonly full: boolean;
  /** What the consumer wants to wait for before the next item. `push` that sets it answers false. */
  pending: Operation<unknown> | null;
  /** True while the consumer's own code runs, hence also after it threw. (S7) */
  readonly inConsumer: boolean;
  /** The answer, once the run is over. May throw. */
  result(): R;
}

/** Pumps a source for a collector, to the end of either. */
export class Pumping {
  /** True while the source is in a pump, hence also after it threw. */
  inPump = false;
  private readonly source: Source;
  private readonly collector: Collector<never, unknown>;
  private readonly host: Parking;
  private readonly pace: Pace;

  constructor(source: Source, collector: Collector<never, unknown>, host: Parking) {
    this.source = source;
    this.collector = collector;
    this.host = host;
    this.pace = new Pace(host.scheduler);
  }

  /** Pumps as long as there is nothing to wait for. Gives what is to be waited for then, or null at the end. */
  now(): Operation<unknown> | null {
    const { source, collector, pace } = this;
    for (;;) {
      this.inPump = true;
      const pumped = source.pump(pace.budget);
      this.inPump = false;
      if (collector.pending !== null) return collector.pending;
      if (collector.full || pumped === END) return null;
      if (pumped === WAIT) return this.host;
      if (pace.tired()) return checkpoint();
    }
  }

  /** Goes on from `obstacle` to the end. */
  *later(obstacle: Operation<unknown>): Generator<Wait, void, unknown> {
    for (let wait: Operation<unknown> | null = obstacle; wait !== null; wait = this.now()) {
      if (wait === this.collector.pending) {
        const seen = new Seen(wait);
        yield* seen;
        this.collector.pending = null;
        if (this.collector.full) return;
        if (!seen.waited) {
          if (!this.pace.tired(1)) continue;
          yield* checkpoint();
        }
      } else yield* wait;
      this.pace.rested();
    }
  }
}
