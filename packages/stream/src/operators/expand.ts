import type { Operation } from "@skein/coroutine";
import { blameless } from "../ends.ts";
import { beginClosing, closeAll } from "../run/closing.ts";
import { untoldEnd } from "../run/untold.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, type Streamable } from "../source.ts";

/**
 * An operator that gives any number of items for one, and maybe some at the end: `take` and `flush` call `give`. (Also
 * called by a timer between two pumps, with a `host.wake()`.)
 * What the sink does not want yet waits here; there is no more of it than one item made. (S1)
 *
 * What is pending is given before the upstream's failure (an error overtakes nothing, S2), and dropped at a close.
 */
export abstract class Expand<A, B> implements Source, Sink<A> {
  protected readonly host: Host;
  private readonly sink: Sink<B>;
  private readonly upstream: Source;
  private readonly given: B[] = [];
  private taken = 0;
  private hungry = false;
  /** What is left of this pump's budget. */
  private left = 0;
  /** How the upstream ended, once it has. */
  private upstreamEnd: { readonly error?: unknown } | null = null;
  /** It was the upstream that failed. */
  private upstreamFailed = false;
  /** True while items of ours are under way, hence also after `take` or the consumer threw: no failure of the source. */
  private inPush = false;
  private over = false;

  constructor(upstream: Streamable<A>, host: Host, sink: Sink<B>) {
    this.host = host;
    this.sink = sink;
    this.upstream = upstream.open(host, this);
  }

  protected abstract take(item: A): void;
  /** The source has ended, or failed: its own error then follows what is given here. */
  protected flush(_failed: boolean): void {}

  protected give(item: B): void {
    if (this.given.length === 0 && this.wanted) this.pass(item);
    else this.given.push(item);
  }

  /** Ends the run with `error`, after what was given: for what `take` or `flush` cannot go on from. Not the consumer's. */
  protected fail(error: unknown): void {
    this.upstreamEnd = { error };
  }

  private get wanted(): boolean {
    return this.hungry && this.left > 0 && !this.over;
  }

  private pass(item: B): void {
    this.left--;
    this.hungry = this.sink.push(item);
  }

  push(item: A): boolean {
    if (this.over) return false; // closed by a step before us, with this item in hand
    this.inPush = true;
    this.take(item);
    this.inPush = false;
    return this.wanted && this.upstreamEnd === null;
  }

  pump(budget: number): Pumped {
    this.left = budget;
    this.hungry = true;
    const pumped = this.pumpOn();
    this.left = 0; // what is given between two pumps has to wait for the next
    return pumped;
  }

  private pumpOn(): Pumped {
    for (;;) {
      this.giveRest();
      if (this.over) return END;
      // Also before a failure: what the consumer makes of the last item comes first. (S2)
      if (this.given.length > 0 || !this.wanted) return MORE;
      if (this.upstreamEnd !== null) return this.end(this.upstreamEnd);
      const pumped = this.pumpUpstream();
      if (pumped !== END) return pumped;
      this.flush(this.upstreamEnd !== null && "error" in this.upstreamEnd);
    }
  }

  private pumpUpstream(): Pumped {
    try {
      const pumped = this.upstream.pump(this.left);
      if (pumped === END) this.upstreamEnd ??= {};
      return this.upstreamEnd === null ? pumped : END;
    } catch (error) {
      if (this.inPush) throw error;
      this.upstreamEnd = { error };
      this.upstreamFailed = true;
      return END;
    }
  }

  /** Gives what waits here, as far as it is wanted. */
  private giveRest(): void {
    const { given } = this;
    while (this.taken < given.length && this.wanted) this.pass(given[this.taken++] as B);
    if (this.taken < given.length) return;
    given.length = 0;
    this.taken = 0;
  }

  private end(upstreamEnd: { readonly error?: unknown }): typeof END {
    this.over = true;
    if ("error" in upstreamEnd) throw upstreamEnd.error;
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const told = this.over ? undefined : untoldEnd(this.host, end, "operator", this.upstreamEnd);
    this.over = true;
    return closeAll([told, beginClosing(this.upstream, this.upstreamFailed ? end : blameless(end))]);
  }
}
