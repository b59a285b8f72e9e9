import type { Operation } from "@skein/coroutine";
import { checkOverflow, type Overflow, overflow } from "../channel/overflow.ts";
import { blameless } from "../ends.ts";
import { atLeast } from "../limits.ts";
import { Ring } from "../ring.ts";
import { begun, closeAll } from "../run/closing.ts";
import { toOperation } from "../run/to-operation.ts";
import { untoldEnd } from "../run/untold.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import type { CallbackCleanup, Emitter, PushedOptions } from "./emitter.ts";

/**
 * A stream of what somebody pushes who cannot be asked to wait: an API that calls back. `start` is called at the first
 * demand of each run; what it gives back is called when that run is over. One that can make items on demand says so by
 * `onDemand`, and then nothing is ever lost.
 *
 * @param start Starts pushing into the emitter it is given. What it throws fails the run.
 * @param options How much is buffered.
 * @throws {RangeError} If `capacity` is less than 1, fractional or NaN. @throws {TypeError} If there is no such policy.
 * @throws {OverflowError} In the run, after what is buffered, if more than `capacity` wait and no `overflow` was given.
 * @example
 * ```ts
 * import { fromCallback } from "@skein/stream";
 *
 * const ticks = fromCallback<number>(
 *   (emit) => {
 *     let n = 0;
 *     const timer = setInterval(() => (n < 2 ? emit.push(n++) : emit.end()), 5);
 *     return () => clearInterval(timer);
 *   },
 *   { capacity: 1, overflow: "latest" }, // a slow consumer sees the newest
 * );
 * console.log(await ticks.toArray()); // [ 0, 1 ]
 * ```
 */
export function fromCallback<T>(
  start: (emit: Emitter<T>) => CallbackCleanup | undefined | void,
  options: PushedOptions<T> = {},
): Stream<T> {
  const { capacity = 256, overflow = "error" } = options;
  const count = capacity === "unbounded" ? Number.POSITIVE_INFINITY : capacity;
  atLeast(1, count, "buffer");
  checkOverflow(overflow, false);
  return stream((host, sink) => new CallbackSource(start, count, overflow, host, sink), false);
}

class CallbackSource<T> implements Source, Emitter<T> {
  private readonly start: (emit: Emitter<T>) => CallbackCleanup | undefined | void;
  private readonly capacity: number;
  private readonly policy: Overflow<T>;
  private readonly host: Host;
  private readonly sink: Sink<T>;
  private readonly items = new Ring<T>();
  private readonly losses = { dropped: 0, coalesced: 0 };
  private stage: "new" | "starting" | "started" = "new";
  private cleanup: CallbackCleanup | undefined | void;
  private demand: (() => void) | null = null;
  private asked = false;
  private ended: { readonly error?: unknown } | null = null;
  private over = false;
  private closedBy: End | null = null;
  private cleaning: Operation<void> | undefined;

  constructor(start: CallbackSource<T>["start"], capacity: number, policy: Overflow<T>, host: Host, sink: Sink<T>) {
    this.start = start;
    this.capacity = capacity;
    this.policy = policy;
    this.host = host;
    this.sink = sink;
  }

  get room(): number {
    return this.ended === null ? Math.max(0, this.capacity - this.items.length) : 0;
  }

  push(item: T): boolean {
    if (this.ended !== null) return false;
    this.asked = false;
    if (this.items.length < this.capacity) this.items.push(item);
    else this.squeeze(item);
    this.host.wake();
    return this.room > 0;
  }

  /** The error is for the stream: whoever calls back could do nothing with it. */
  private squeeze(item: T): void {
    try {
      overflow("event source", this.policy, this.items, item, this.losses);
    } catch (error) {
      this.fail(error);
    }
  }

  end(): void {
    this.finish({});
  }
  fail(error: unknown): void {
    this.finish({ error });
  }
  private finish(ended: { readonly error?: unknown }): void {
    this.ended ??= ended;
    this.host.wake();
  }

  onDemand(fn: () => void): void {
    this.demand = fn;
  }

  pump(budget: number): Pumped {
    const { items, sink } = this;
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      if (items.length === 0) this.ask();
      if (items.length === 0) return this.waitOrEnd();
      if (!sink.push(items.shift())) return this.over ? END : MORE;
    }
    return this.over ? END : MORE;
  }

  private ask(): void {
    if (this.stage === "new") this.begin();
    if (this.asked || this.demand === null || this.items.length > 0 || this.ended !== null) return;
    this.asked = true;
    this.demand();
  }

  private begin(): void {
    this.stage = "starting";
    try {
      this.cleanup = this.start(this);
    } finally {
      this.stage = "started";
    }
    if (this.closedBy !== null) this.cleaning = this.clean(this.closedBy);
  }

  private waitOrEnd(): Pumped {
    if (this.ended === null) return WAIT;
    this.over = true;
    if ("error" in this.ended) throw this.ended.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const told = this.over ? undefined : untoldEnd(this.host, end, "callback", this.ended);
    const own = this.over ? end : blameless(end); // it has not failed, or nobody came to that
    this.over = true;
    this.ended ??= {};
    this.items.clear();
    if (this.stage !== "starting") return closeAll([told, this.clean(own)]);
    // By `start` itself: what it gives back is called once it has.
    this.closedBy ??= own;
    return closeAll([told, this.cleaned()]);
  }

  private *cleaned(): Generator<never, void> {
    if (this.cleaning !== undefined) yield* this.cleaning as Iterable<never>;
  }

  private clean(end: End): Operation<void> | undefined {
    const { cleanup } = this;
    this.cleanup = undefined;
    return begun(() => (toOperation(cleanup?.(end)) ?? undefined) as Operation<void> | undefined);
  }
}
