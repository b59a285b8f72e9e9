import { type Operation, type Task, together } from "@skein/coroutine";
import { blameless } from "../ends.ts";
import { InternalError } from "../errors.ts";
import { atLeast } from "../limits.ts";
import { beginClosing, cancelAndJoin, closeAll } from "../run/closing.ts";
import { toOperation } from "../run/to-operation.ts";
import { untold } from "../run/untold.ts";
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
import { nameOf } from "../sources/once.ts";
import { type Operator, stream } from "../stream.ts";

/** How `mapAsync` works. */
export interface MapAsyncOptions {
  /** How many items may be under way at a time: a whole number of at least 1. Default 1. */
  readonly limit?: number | undefined;
  /** True (the default): results come in the order of the items. False: as they are ready. */
  readonly ordered?: boolean | undefined;
}

/**
 * Gives what the operation or promise that `fn` makes of each item brings, with up to `limit` of them under way.
 * The first failure (in order, if ordered) ends the run: what came before it is given, what is under way is
 * cancelled and waited for, nothing more is started. A close cancels what is under way, too.
 *
 * @param fn Runs in a task of its own for each item. What it throws is its failure.
 * @param options How many may be under way, and in which order they come; a number is the limit.
 * @throws {RangeError} If `limit` is less than 1, fractional or NaN.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, mapAsync } from "@skein/stream";
 *
 * function* download(page: string) {
 *   yield* sleep(page.length); // or: yield* until((signal) => fetch(page, { signal }))
 *   return `<h1>${page}</h1>`;
 * }
 * const pages = from(["about", "home"]).pipe(mapAsync(download, { limit: 8 }));
 * console.log(await pages.toArray()); // [ '<h1>about</h1>', '<h1>home</h1>' ]
 * ```
 */
export function mapAsync<A, B>(
  fn: (item: A) => Operation<B> | PromiseLike<B>,
  options?: MapAsyncOptions | number,
): Operator<A, B> {
  const { limit = 1, ordered = true } = typeof options === "object" ? options : { limit: options };
  atLeast(1, limit, "map with a limit of");
  return (up) => stream((host, sink) => new MapAsync(fn, limit, ordered, up, host, sink), true);
}

class MapAsync<A, B> implements Source, Sink<A> {
  private readonly fn: (item: A) => Operation<B> | PromiseLike<B>;
  private readonly limit: number;
  private readonly ordered: boolean;
  private readonly host: Host;
  private readonly sink: Sink<B>;
  private readonly upstream: Source;
  /** In the order of their items; unordered, in that of their ends. */
  private running: Task<B>[] = [];
  private ready: Task<B>[] = [];
  /** One of them has failed, or the upstream is over: nothing more is started. */
  private enough = false;
  private failure: { readonly error: unknown } | null = null;
  private upstreamOver = false;
  private over = false;

  constructor(
    fn: (item: A) => Operation<B> | PromiseLike<B>,
    limit: number,
    ordered: boolean,
    upstream: Streamable<A>,
    host: Host,
    sink: Sink<B>,
  ) {
    this.fn = fn;
    this.limit = limit;
    this.ordered = ordered;
    this.host = host;
    this.sink = sink;
    this.upstream = upstream.open(host, this);
  }

  push(item: A): boolean {
    if (this.over) return false; // closed by a step before us, with this item in hand
    const { owner } = this.host;
    if (owner === null) throw new InternalError("mapAsync was opened without an owner");
    const task = owner.spawn(() => step(this.fn, item), { name: "mapAsync", onError: "owner" });
    this.running.push(task);
    task.addDoneCallback(() => this.ended(task));
    return this.running.length + this.ready.length < this.limit;
  }

  private ended(task: Task<B>): void {
    if (this.over) return;
    if (task.outcome?.status !== "fulfilled") this.enough = true;
    if (!this.ordered) {
      this.running.splice(this.running.indexOf(task), 1);
      this.ready.push(task);
    }
    this.host.wake();
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      const task = this.nextReady();
      if (task !== null) {
        if (!this.sink.push(this.resultOf(task))) return MORE;
        continue;
      }
      if (this.upstreamOver && this.running.length === 0) return this.end();
      if (this.enough || this.running.length >= this.limit) return WAIT;
      const before = this.running.length;
      if (this.fill(left) === WAIT) return WAIT;
      left -= this.running.length - before; // each item that came costs one (S8)
    }
    return MORE;
  }

  private nextReady(): Task<B> | null {
    if (!this.ordered) return this.ready.shift() ?? null;
    return this.running[0]?.state !== "pending" ? (this.running.shift() ?? null) : null;
  }

  private resultOf(task: Task<B>): B {
    try {
      return task.result();
    } catch (error) {
      this.over = true;
      throw together([error, ...this.failures()]);
    }
  }

  /** What has failed, and was not given. */
  private failures(): unknown[] {
    const outcomes = [...this.running, ...this.ready].map((task) => task.outcome);
    const failures = outcomes.flatMap((outcome) => (outcome?.status === "rejected" ? [outcome.reason] : []));
    return this.failure === null ? failures : [...failures, this.failure.error];
  }

  private fill(budget: number): Pumped {
    try {
      const pumped = this.upstream.pump(Math.min(budget, this.limit - this.running.length));
      if (pumped === END) this.upstreamOver = this.enough = true;
      return pumped;
    } catch (error) {
      this.upstreamOver = this.enough = true;
      this.failure = { error }; // the upstream's: our push() never reaches the consumer
      return MORE;
    }
  }

  private end(): typeof END {
    this.over = true;
    if (this.failure !== null) throw this.failure.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const failures = this.over ? [] : this.failures();
    const told = failures.map((error) => untold(this.host, end, "mapAsync", error));
    this.over = true;
    const tasks = [...this.running, ...this.ready];
    this.running = this.ready = [];
    const closings = tasks.map((task) => cancelAndJoin(task, end));
    const closing = beginClosing(this.upstream, this.failure === null ? blameless(end) : end);
    return closeAll([...told, closing, ...closings]);
  }
}

function* step<A, B>(fn: (item: A) => Operation<B> | PromiseLike<B>, item: A): Generator<never, B, unknown> {
  const given = fn(item);
  const operation = toOperation(given);
  if (operation === null) {
    const seen = typeof given === "object" && given !== null ? nameOf(given) : typeof given;
    throw new TypeError(
      `Cannot map an item: its function gave ${seen}, which is nothing to wait for; let it give an operation or a promise, or use map().`,
    );
  }
  return yield* operation as Operation<B> & Iterable<never>;
}
