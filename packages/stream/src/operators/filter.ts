import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** Gives the items for which `predicate` is truthy. @example filter((n: number) => n > 1) */
export function filter<A, B extends A>(predicate: (item: A) => item is B): Operator<A, B>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A>;
export function filter<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return (up) => stream((host, sink) => up.open(host, new FilterSink(predicate, sink)), up.tasks);
}

class FilterSink<A> extends Stage<A, A> {
  private readonly predicate: (item: A) => unknown;
  constructor(predicate: (item: A) => unknown, sink: Sink<A>) {
    super(sink);
    this.predicate = predicate;
  }
  push(item: A): boolean {
    return this.predicate(item) ? this.give(item) : true;
  }
}
