/** How often something took how long, in buckets that double. */
export interface Histogram {
  /** `counts[i]` are those below `boundsMs[i]` and not below the bound before. The last bound is Infinity. */
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
}

/** What a `Meter` has measured. */
export interface Timing {
  /** From the moment a callback was ready (or a timer due) to its turn. */
  readonly lag: Histogram;
  /** From the first callback of a pass to the end of its last; the host's turns in between included. */
  readonly passes: Histogram;
  /** The callback that held the loop up the longest. */
  readonly longest: { readonly name: string; readonly ms: number } | undefined;
}

const BUCKETS = 20;
/** Steps to a millisecond: the first bucket is below 1/64 ms, the last but one below about 4 s. */
const STEPS = 64;

/**
 * Measures the loop it is given to: `new EventLoop({ meter: new Meter() })`. It costs two looks at the clock a
 * callback, and lives in an entry of its own so that a loop without one does not carry it.
 *
 * @example
 * const loop = new EventLoop({ meter: new Meter() });
 * await loop.runUntilComplete(main());
 * console.log(loop.metrics().timing?.longest); // { name: "parse", ms: 12.5 }
 */
export class Meter {
  readonly #lag: number[] = new Array(BUCKETS).fill(0);
  readonly #passes: number[] = new Array(BUCKETS).fill(0);
  #longest: Timing["longest"];
  #passBeganMs: number | undefined;

  /** Called by the loop: a callback has waited for its turn, and then took so long. */
  ran(name: string, lagMs: number, ms: number): void {
    count(this.#lag, lagMs);
    if (this.#longest === undefined || ms > this.#longest.ms) this.#longest = { name, ms };
  }

  /** Called by the loop between passes: the last one has ended; `more` says whether another begins. */
  passed(nowMs: number, more: boolean): void {
    if (this.#passBeganMs !== undefined) count(this.#passes, nowMs - this.#passBeganMs);
    this.#passBeganMs = more ? nowMs : undefined;
  }

  /** What was measured so far. */
  timing(): Timing {
    return { lag: histogram(this.#lag), passes: histogram(this.#passes), longest: this.#longest };
  }
}

/** A bucket's number is how many bits the duration's whole steps have. */
function count(counts: number[], ms: number): void {
  const bucket = Math.min(BUCKETS - 1, 32 - Math.clz32(Math.max(0, ms) * STEPS));
  counts[bucket] = (counts[bucket] as number) + 1;
}

function histogram(counts: readonly number[]): Histogram {
  const last = counts.length - 1;
  return {
    boundsMs: counts.map((_, i) => (i < last ? 2 ** i / STEPS : Number.POSITIVE_INFINITY)),
    counts: [...counts],
  };
}
