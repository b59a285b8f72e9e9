import type { TimerHandle } from "@skein/coroutine";
import { duration } from "../limits.ts";
import { END, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { type Stream, stream } from "../stream.ts";

/**
 * 0, 1, 2 … every `ms` milliseconds from the first demand on. Ticks that nobody asked for in time are left out: the
 * numbers then have gaps, and the rhythm stays.
 *
 * @param ms How long from one to the next, and from the first demand to 0, in milliseconds: more than 0.
 * @throws {RangeError} If `ms` is not more than 0.
 * @example
 * ```ts
 * import { interval, take } from "@skein/stream";
 * import { timelineOf } from "@skein/stream/testing";
 *
 * console.log(timelineOf(interval(3).pipe(take(3)))); // ---0--1--(2|)
 * ```
 */
export function interval(ms: number): Stream<number> {
  duration(ms, "tick");
  if (ms === 0) throw new RangeError("Cannot tick every 0 ms: give a number of milliseconds of more than 0.");
  return stream((host, sink) => new Interval(ms, host, sink), false);
}

class Interval implements Source {
  private readonly ms: number;
  private readonly host: Host;
  private readonly sink: Sink<number>;
  private startMs: number | null = null;
  /** The number of the next tick. */
  private tick = 0;
  private timer: TimerHandle | null = null;
  private over = false;

  constructor(ms: number, host: Host, sink: Sink<number>) {
    this.ms = ms;
    this.host = host;
    this.sink = sink;
  }

  pump(_budget: number): Pumped {
    if (this.over) return END;
    const now = this.host.scheduler.now();
    this.startMs ??= now;
    const deadlineMs = this.startMs + (this.tick + 1) * this.ms;
    if (now < deadlineMs) return this.wait(deadlineMs);
    // The quotient alone would not do: it may be rounded to below the tick whose deadline has come.
    const due = Math.max(this.tick, Math.floor((now - this.startMs) / this.ms) - 1);
    this.tick = due + 1;
    this.sink.push(due);
    return this.over ? END : MORE;
  }

  private wait(deadlineMs: number): typeof WAIT {
    this.timer ??= this.host.scheduler.callAt(deadlineMs, () => {
      this.timer = null;
      this.host.wake();
    });
    return WAIT;
  }

  close(): undefined {
    this.over = true;
    this.timer?.cancel();
  }
}
