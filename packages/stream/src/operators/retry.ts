import { isCancelled, type Operation, type TimerHandle, withCause } from "@skein/coroutine";
import { DONE, failed } from "../ends.ts";
import { atLeast, duration } from "../limits.ts";
import { Closer } from "../run/closer.ts";
import { beginClosing, closeAll } from "../run/closing.ts";
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

/** When and how `retry` tries again. */
export interface RetryOptions<A> {
  /** How many times to try again in a run, at most: a whole number or Infinity. Default 3. */
  readonly times?: number | undefined;
  /** How long to wait before the given attempt (1 is the first retry), in milliseconds. Default 0. */
  readonly delayMs?: number | ((attempt: number, error: unknown) => number) | undefined;
  /** True: an item that was given sets the count back to zero. For use with `from`: default false. */
  readonly resetOnItem?: boolean | undefined;
  /** False: this error is not worth another try. Default: every error is. */
  readonly when?: ((error: unknown, attempt: number) => boolean) | undefined;
  /** What to open instead of the same stream again: to go on after the last item that was given, say. */
  readonly from?: ((last: A | undefined, attempt: number, error: unknown) => Streamable<A>) | undefined;
}

/**
 * Opens the source again when it fails: the failed run is closed, and its cleanup waited for, first. Only what the
 * source threw counts; what the consumer throws, and a CancelledError, is never retried. When there are no tries left,
 * or `when` says no, the last error ends the run. Items that were given before a failure come again, unless `from`
 * goes on after them.
 *
 * @param options How many times, when, and how; a number is how many times.
 * @throws {RangeError} If `times` is negative, fractional or NaN; in the run, if a delay is negative or NaN.
 * @example
 * ```ts
 * import { from, retry } from "@skein/stream";
 *
 * let tries = 0;
 * const flaky = from(function* () {
 *   if (++tries < 3) throw new Error("no connection");
 *   yield `connected at try ${tries}`;
 * });
 * const stable = flaky.pipe(retry({ times: 5, delayMs: (attempt) => 2 ** attempt }));
 * console.log(await stable.toArray()); // [ 'connected at try 3' ]
 * ```
 */
export function retry<A>(options: RetryOptions<A> | number = {}): Operator<A, A> {
  const settings = typeof options === "object" ? options : { times: options };
  atLeast(0, settings.times ?? 3, "retry");
  return (up) => stream((host, sink) => new Retry(settings, up, host, sink), true);
}

class Retry<A> implements Source, Sink<A> {
  private readonly options: RetryOptions<A>;
  private readonly host: Host;
  private readonly sink: Sink<A>;
  private upstream: Streamable<A>;
  private source: Source | null = null;
  private readonly closer: Closer;
  private timer: TimerHandle | null = null;
  private delaying = false;
  private attempt = 0;
  private last: A | undefined;
  private inConsumer = false;
  private over = false;
  private closedBy: End = DONE;
  /** Why it is tried again. */
  private failure: unknown;

  constructor(options: RetryOptions<A>, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    this.options = options;
    this.upstream = upstream;
    this.host = host;
    this.sink = sink;
    this.closer = new Closer(host);
    this.source = this.open();
  }

  /** What cannot be opened has failed as any other: in its first pump, from which it can be tried again. */
  private open(): Source {
    try {
      return this.upstream.open(this.host, this);
    } catch (error) {
      return {
        pump() {
          throw error;
        },
        close: () => undefined,
      };
    }
  }

  push(item: A): boolean {
    if (this.over) return false; // closed by a step before us, with this item in hand
    if (this.options.resetOnItem) this.attempt = 0;
    this.last = item;
    this.inConsumer = true;
    const more = this.sink.push(item);
    this.inConsumer = false;
    return more;
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    try {
      return this.pumpOn(budget);
    } catch (error) {
      this.over = true;
      throw error;
    }
  }

  private pumpOn(budget: number): Pumped {
    if (this.resting()) return WAIT;
    this.source ??= this.open();
    if (this.over) return this.closedInside(this.source);
    try {
      const pumped = this.source.pump(budget);
      if (pumped === END) this.over = true;
      return pumped;
    } catch (error) {
      if (this.inConsumer || this.over || !this.again(error)) throw error;
    }
    if (this.isOver()) return END;
    return this.resting() ? WAIT : MORE;
  }

  private isOver(): boolean {
    return this.over;
  }

  /** True until it is time for the next try. @throws What the cleanup of the failed one threw, because of its failure. */
  private resting(): boolean {
    try {
      return this.delaying || this.closer.busy();
    } catch (error) {
      throw withCause(error, this.failure);
    }
  }

  /** Gets ready for another try. False: it is not to be. @throws What a function of ours throws, because of `error`. */
  private again(error: unknown): boolean {
    try {
      return this.prepare(error, this.attempt + 1);
    } catch (second) {
      throw withCause(second, error);
    }
  }

  /** Each function may close the run: then the next is not asked, and the error, which it was told, is nobody's. */
  private prepare(error: unknown, attempt: number): boolean {
    const { times = 3, when, delayMs = 0, from } = this.options;
    if (isCancelled(error) || attempt > times) return false;
    if (when !== undefined && !when(error, attempt)) return false;
    if (this.over) return true;
    const { source } = this;
    this.attempt = attempt;
    this.failure = error;
    this.source = null;
    this.closer.close(beginClosing(source, failed(error)));
    if (from !== undefined && !this.over) this.upstream = from(this.last, attempt, error);
    if (this.over) return true;
    const ms = typeof delayMs === "function" ? delayMs(attempt, error) : delayMs;
    duration(ms, "delay a retry");
    if (ms > 0 && !this.over) this.delay(ms);
    return true;
  }

  /** By what opened `source`, of which our close knew nothing. */
  private closedInside(source: Source): typeof END {
    this.closer.close(beginClosing(source, this.closedBy));
    return END;
  }

  private delay(ms: number): void {
    this.delaying = true;
    this.timer = this.host.scheduler.callLater(ms, () => {
      this.delaying = false;
      this.host.wake();
    });
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    this.closedBy = end;
    this.timer?.cancel();
    return closeAll([beginClosing(this.source, end), this.closer.rest()]);
  }
}
