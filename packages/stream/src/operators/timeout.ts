import type { Operation, TimerHandle } from "@skein/coroutine";
import { duration } from "../limits.ts";
import { END, type End, type Host, type Pumped, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { StalledError } from "./stalled-error.ts";

/** The limits of `timeout`; those left out do not hold. */
export interface TimeoutOptions {
  /** How long the first item may take, in milliseconds. */
  readonly firstMs?: number | undefined;
  /** How long each later item may take, in milliseconds. */
  readonly betweenMs?: number | undefined;
  /** How long the whole may take from the first demand, in milliseconds. Unlike the others, it counts all the time. */
  readonly totalMs?: number | undefined;
}

/**
 * Fails with a StalledError where items take too long; the source is closed then, stopped by a deadline. `firstMs` and
 * `betweenMs` count only while an item is asked for: a slow consumer is not the source's fault.
 *
 * @param options The limits, in milliseconds of at least 0.
 * @throws {RangeError} If a time is negative or NaN. @throws {StalledError} In the run, when a limit is reached.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, timeout } from "@skein/stream";
 *
 * const slow = from(function* () {
 *   yield* sleep(1_000);
 *   yield "late";
 * });
 * await slow
 *   .pipe(timeout({ firstMs: 5 }))
 *   .drain()
 *   .then(undefined, (error) => console.log(String(error)));
 * // StalledError: The stream stalled: no first item within 5 ms.
 * ```
 */
export function timeout<A>(options: TimeoutOptions): Operator<A, A> {
  for (const ms of [options.firstMs, options.betweenMs, options.totalMs])
    if (ms !== undefined) duration(ms, "time out");
  return (up) => stream((host, sink) => new Timeout(options, up, host, sink), up.tasks);
}

class Timeout<A> implements Source, Sink<A> {
  private readonly options: TimeoutOptions;
  private readonly host: Host;
  private readonly sink: Sink<A>;
  private readonly upstream: Source;
  private seen = false;
  /** The last pump gave nothing and did not wait, as there was only what a filter drops: whoever pumps will go on. */
  private resting = false;
  private timer: TimerHandle | null = null;
  private totalTimer: TimerHandle | null = null;
  private started = false;
  private stalled: StalledError | null = null;
  private over = false;

  constructor(options: TimeoutOptions, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    this.options = options;
    this.host = host;
    this.sink = sink;
    this.upstream = upstream.open(host, this);
  }

  push(item: A): boolean {
    if (this.over) return false; // closed by a step before us, with this item in hand
    this.seen = true;
    this.resting = false;
    this.disarm();
    return this.sink.push(item);
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    this.begin();
    if (this.stalled !== null) {
      this.stop();
      throw this.stalled;
    }
    this.resting = true;
    let pumped: Pumped = END;
    try {
      pumped = this.upstream.pump(budget);
    } finally {
      if (pumped === END) this.stop();
    }
    if (this.isOver()) return END;
    if (pumped === WAIT || this.resting) this.arm();
    if (pumped === WAIT) this.resting = false;
    return pumped;
  }

  /** Also within the pump: closed by a function of the pipeline. */
  private isOver(): boolean {
    return this.over;
  }

  private begin(): void {
    if (this.started) return;
    this.started = true;
    const { totalMs } = this.options;
    if (totalMs !== undefined) this.totalTimer = this.after(totalMs, "total");
  }

  /** A host tells whether it waits, and not since when: behind `merge`, what it is busy for in between is counted. */
  private arm(): void {
    if (this.timer !== null) return;
    const ms = this.seen ? this.options.betweenMs : this.options.firstMs;
    if (ms !== undefined) this.timer = this.after(ms, this.seen ? "between" : "first");
  }

  private after(ms: number, limit: "first" | "between" | "total"): TimerHandle {
    return this.host.scheduler.callLater(ms, () => {
      if (limit === "total" || this.host.waiting || this.resting) this.stalled ??= new StalledError(limit, ms);
      else this.timer = null; // nobody asks now: the time counts anew from the next pump, which the wake brings about
      this.host.wake();
    });
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private stop(): void {
    this.over = true;
    this.disarm();
    this.totalTimer?.cancel();
  }

  close(end: End): Operation<void> | undefined {
    this.stop();
    const { stalled } = this;
    return this.upstream.close(stalled === null ? end : { kind: "stopped", by: "deadline", reason: stalled });
  }
}
