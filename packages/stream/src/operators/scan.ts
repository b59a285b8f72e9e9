import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/**
 * Folds the items and gives each step: `scan(f, s)` over a, b is f(s, a), f(f(s, a), b).
 * @example scan((sum: number, n: number) => sum + n, 0) // 1, 2, 3 → 1, 3, 6
 */
export function scan<A, B>(fn: (accumulated: B, item: A) => B, initial: B): Operator<A, B> {
  return (up) => stream((host, sink) => up.open(host, new ScanSink(fn, initial, sink)), up.tasks);
}

class ScanSink<A, B> extends Stage<A, B> {
  private readonly fn: (accumulated: B, item: A) => B;
  private accumulated: B;
  constructor(fn: (accumulated: B, item: A) => B, initial: B, sink: Sink<B>) {
    super(sink);
    this.fn = fn;
    this.accumulated = initial;
  }
  push(item: A): boolean {
    this.accumulated = this.fn(this.accumulated, item);
    return this.give(this.accumulated);
  }
}
