/** How often something took how long, in buckets that double. */
export interface Histogram {
  /** `counts[i]` are those below `boundsMs[i]` and not below the bound before. The last bound is Infinity. */
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
}

/** What was measured of a loop. */
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

/** Counts what callbacks do to a loop. */
export class Meter {
  readonly #lag: number[] = new Array(BUCKETS).fill(0);
  readonly #passes: number[] = new Array(BUCKETS).fill(0);
  #longest: Timing["longest"];
  /** The pass that the last callback was in, as far as it has come. */
  #pass: { readonly beganMs: number; ms: number } | undefined;

  /** A callback has run. It began a pass if it was not ready yet when the last one began: a pass runs what is. */
  ran(name: string, readyMs: number, beganMs: number, endedMs: number): void {
    const ms = endedMs - beganMs;
    count(this.#lag, beganMs - readyMs);
    if (this.#longest === undefined || ms > this.#longest.ms) this.#longest = { name, ms };
    if (this.#pass === undefined || readyMs > this.#pass.beganMs) {
      if (this.#pass) count(this.#passes, this.#pass.ms);
      this.#pass = { beganMs, ms };
    } else this.#pass.ms = endedMs - this.#pass.beganMs;
  }

  /** What was measured so far, the pass that was the last included. */
  timing(): Timing {
    const passes = [...this.#passes];
    if (this.#pass) count(passes, this.#pass.ms);
    return { lag: histogram(this.#lag), passes: histogram(passes), longest: this.#longest };
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
