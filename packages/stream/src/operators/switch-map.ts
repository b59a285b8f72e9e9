import { DONE, ENOUGH } from "../ends.ts";
import { InnerHost } from "../run/inner-host.ts";
import { END, type Host, MORE, type Pumped, type Sink, type Streamable, WAIT } from "../source.ts";
import type { From } from "../sources/from.ts";
import { type Operator, stream } from "../stream.ts";
import { Nested } from "./nested.ts";

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

class SwitchMap<A, B> extends Nested<A, B> {
  private readonly outerHost: InnerHost;
  private outerOver = false;
  /** The latest item whose stream was not opened yet. */
  private latest: { readonly item: A } | null = null;

  constructor(fn: (item: A) => From<B>, upstream: Streamable<A>, host: Host, sink: Sink<B>) {
    const outerHost = new InnerHost(host);
    super(fn, upstream, outerHost, host, sink);
    this.outerHost = outerHost;
  }

  /** Only the latest counts: it takes what there is, until the source has to wait. */
  push(item: A): boolean {
    this.latest = { item };
    return true;
  }

  protected pumpOn(budget: number): Pumped {
    if (this.over) return END;
    if (this.closer.busy()) return WAIT;
    const outer = this.pumpOuter(budget);
    if (outer === MORE) return MORE; // there may be a later one yet
    if (this.latest !== null && !this.openLatest(this.latest.item)) return WAIT;
    if (this.inner === null) return this.outerOver || this.over ? this.end() : WAIT;
    const pumped = this.pumpOne(this.inner, budget);
    if (pumped !== END) return pumped;
    this.closeInner(DONE);
    return MORE;
  }

  private pumpOuter(budget: number): Pumped {
    if (this.outerOver) return END;
    if (!this.outerHost.awake) return WAIT;
    this.outerHost.awake = false;
    const pumped = this.pumpOne(this.outer, budget);
    if (pumped === MORE) this.outerHost.awake = true;
    if (pumped === END) this.outerOver = true;
    return pumped;
  }

  /** False: the one before is still cleaning up. */
  private openLatest(item: A): boolean {
    this.closeInner(ENOUGH);
    if (this.closer.busy()) return false;
    this.latest = null;
    this.open(item);
    return true;
  }

  private end(): typeof END {
    this.over = true;
    return END;
  }
}
