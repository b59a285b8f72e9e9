import type { Operation } from "@skein/coroutine";
import { DONE, ENOUGH } from "../ends.ts";
import { Closer } from "../run/closer.ts";
import { closeAll } from "../run/closing.ts";
import { InnerHost } from "../run/inner-host.ts";
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
import { type From, from } from "../sources/from.ts";
import { type Operator, stream } from "../stream.ts";

/**
 * Gives the items of what `fn` makes of the latest item: when the next comes, the one before is closed, and its
 * cleanup waited for. Ends when the source and the last of them have.
 *
 * @param fn Makes what `from` takes, but for functions. What it throws ends the run.
 * @throws {TypeError} In the run, if `fn` gives something else.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { from, switchMap } from "@skein/stream";
 *
 * const search = (query: string) =>
 *   from(function* () {
 *     yield* sleep(5);
 *     yield `found for ${query}`;
 *   });
 * console.log(await from(["s", "sk", "skein"]).pipe(switchMap(search)).toArray()); // [ 'found for skein' ]
 * ```
 */
export function switchMap<A, B>(fn: (item: A) => From<B>): Operator<A, B> {
  return (up) => stream((host, sink) => new SwitchMap(fn, up, host, sink), true);
}

class SwitchMap<A, B> implements Source, Sink<A> {
  private readonly fn: (item: A) => From<B>;
  private readonly host: Host;
  private readonly sink: Sink<B>;
  private readonly outerHost: InnerHost;
  private readonly outer: Source;
  private outerOver = false;
  private inner: Source | null = null;
  /** The latest item whose stream was not opened yet. */
  private latest: { readonly item: A } | null = null;
  private readonly closer: Closer;
  private over = false;

  constructor(fn: (item: A) => From<B>, upstream: Streamable<A>, host: Host, sink: Sink<B>) {
    this.fn = fn;
    this.host = host;
    this.sink = sink;
    this.closer = new Closer(host);
    this.outerHost = new InnerHost(host);
    this.outer = upstream.open(this.outerHost, this);
  }

  /** Only the latest counts: it takes what there is, until the source has to wait. */
  push(item: A): boolean {
    this.latest = { item };
    return true;
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    if (this.closer.busy()) return WAIT;
    const outer = this.pumpOuter(budget);
    if (outer === MORE) return MORE; // there may be a later one yet
    if (this.latest !== null && !this.open()) return WAIT;
    if (this.inner === null) return this.outerOver ? this.end() : WAIT;
    const pumped = this.inner.pump(budget);
    if (pumped !== END) return pumped;
    const { inner } = this;
    this.inner = null;
    this.closer.close(inner.close(DONE));
    return MORE;
  }

  private pumpOuter(budget: number): Pumped {
    if (this.outerOver) return END;
    if (!this.outerHost.awake) return WAIT;
    this.outerHost.awake = false;
    const pumped = this.outer.pump(budget);
    if (pumped === MORE) this.outerHost.awake = true;
    if (pumped === END) this.outerOver = true;
    return pumped;
  }

  /** Opens the latest. False: the one before is still cleaning up. */
  private open(): boolean {
    const { inner, latest } = this;
    this.inner = null;
    this.closer.close(inner?.close(ENOUGH));
    if (this.closer.busy()) return false;
    this.latest = null;
    if (latest !== null) this.inner = from(this.fn(latest.item)).open(this.host, this.sink);
    return true;
  }

  private end(): typeof END {
    this.over = true;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    this.over = true;
    return closeAll([this.inner?.close(end), this.closer.rest(), this.outer.close(end)]);
  }
}
