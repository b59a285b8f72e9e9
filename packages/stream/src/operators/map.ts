import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** Gives `fn(item)` for each item. What `fn` throws ends the run. @example map((n: number) => n * 2) */
export function map<A, B>(fn: (item: A) => B): Operator<A, B> {
  return (up) => stream((host, sink) => up.open(host, new MapSink(fn, sink)), up.tasks);
}

class MapSink<A, B> extends Stage<A, B> {
  private readonly fn: (item: A) => B;
  constructor(fn: (item: A) => B, sink: Sink<B>) {
    super(sink);
    this.fn = fn;
  }
  push(item: A): boolean {
    return this.give(this.fn(item));
  }
}
