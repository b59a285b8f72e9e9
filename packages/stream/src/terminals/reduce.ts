import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, type Terminal, terminal } from "./terminal.ts";

export function reduce<T, R>(
  stream: Streamable<T>,
  fn: (accumulated: R, item: T) => R,
  initial: R,
  options?: RunOptions,
): Terminal<R> {
  return terminal(stream, "reduce", options, () => new Reduce(fn, initial));
}

class Reduce<T, R> extends Collecting<T, R> {
  private readonly fn: (accumulated: R, item: T) => R;
  private accumulated: R;
  constructor(fn: (accumulated: R, item: T) => R, initial: R) {
    super();
    this.fn = fn;
    this.accumulated = initial;
  }
  push(item: T): boolean {
    this.inConsumer = true;
    this.accumulated = this.fn(this.accumulated, item);
    this.inConsumer = false;
    return true;
  }
  result(): R {
    return this.accumulated;
  }
}
