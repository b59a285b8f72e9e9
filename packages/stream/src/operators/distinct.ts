import { atLeast } from "../limits.ts";
import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** How `distinct` remembers. */
export interface DistinctOptions {
  /** How many different keys to remember, the oldest being forgotten first: 1 leaves out repeats in a row. Default: all. */
  readonly remember?: number | undefined;
}

/**
 * Leaves out items whose key was seen before. Without `remember` every key is kept for as long as the run lasts:
 * give it a number where the stream has no end.
 * @throws {RangeError} If `remember` is less than 1, fractional or NaN.
 * @example distinct((user: { id: string }) => user.id, { remember: 1000 })
 */
export function distinct<A>(key: (item: A) => unknown = (item) => item, options?: DistinctOptions): Operator<A, A> {
  const remember = options?.remember ?? Number.POSITIVE_INFINITY;
  atLeast(1, remember, "remember");
  return (up) => stream((host, sink) => up.open(host, new DistinctSink(key, remember, sink)), up.tasks);
}

class DistinctSink<A> extends Stage<A, A> {
  private readonly key: (item: A) => unknown;
  private readonly remember: number;
  private readonly seen = new Set<unknown>();
  constructor(key: (item: A) => unknown, remember: number, sink: Sink<A>) {
    super(sink);
    this.key = key;
    this.remember = remember;
  }
  push(item: A): boolean {
    const key = this.key(item);
    if (this.seen.has(key)) return true;
    if (this.seen.size >= this.remember) this.seen.delete(this.seen.values().next().value);
    this.seen.add(key);
    return this.give(item);
  }
}
