import type { Future, Operation } from "@skein/coroutine";
import type { End, Host, Pumped, Sink, Streamable } from "../source.ts";
import { empty } from "../sources/empty.ts";
import { type Operator, stream } from "../stream.ts";
import { Cut } from "./cut.ts";

/**
 * Gives items until `stop` has come: a signal that aborts, or a future or task that settles, however it does. The
 * stream then ends, and its source is closed; nothing is thrown. One that has come already opens nothing.
 *
 * @param stop What ends the stream. Its reason, value or failure is not looked at.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, takeUntil } from "@skein/stream";
 *
 * const counting = from(function* () {
 *   for (let n = 1; ; n++) {
 *     yield* sleep(1);
 *     yield n;
 *   }
 * });
 * const enough = new AbortController();
 * await counting.pipe(takeUntil(enough.signal)).forEach((n) => {
 *   console.log(n); // 1 2 3
 *   if (n === 3) enough.abort();
 * });
 * ```
 */
export function takeUntil<A>(stop: AbortSignal | Future<unknown>): Operator<A, A> {
  return (up) =>
    stream(
      (host, sink) => (hasCome(stop) ? empty<A>().open(host, sink) : new TakeUntil(stop, up, host, sink)),
      up.tasks,
    );
}

class TakeUntil<A> extends Cut<A> {
  private readonly until: AbortSignal | Future<unknown>;
  private readonly come: () => void;

  constructor(stop: AbortSignal | Future<unknown>, upstream: Streamable<A>, host: Host, sink: Sink<A>) {
    super(upstream, host, sink);
    this.until = stop;
    this.come = () => {
      this.cut();
      this.host.wake();
    };
    if ("aborted" in stop) stop.addEventListener("abort", this.come, { once: true });
    else stop.addDoneCallback(this.come);
  }

  override pump(budget: number): Pumped {
    if (hasCome(this.until)) this.cut(); // also while the source was opened, when nobody listened yet
    return super.pump(budget);
  }

  push(item: A): boolean {
    return !this.stopped() && this.sink.push(item) && !this.stopped();
  }

  /** A signal tells us at once; a future only in the next pass of the loop, until when a burst would go on. */
  private stopped(): boolean {
    const { until } = this;
    if ("state" in until && until.state !== "pending") this.cut();
    return this.over;
  }

  override close(end: End): Operation<void> | undefined {
    if ("aborted" in this.until) this.until.removeEventListener("abort", this.come);
    else this.until.removeDoneCallback(this.come);
    return super.close(end);
  }
}

function hasCome(stop: AbortSignal | Future<unknown>): boolean {
  return "aborted" in stop ? stop.aborted : stop.state !== "pending";
}
