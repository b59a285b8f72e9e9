import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** Calls `fn` with each item and passes it on. What `fn` throws ends the run. @example tap(console.log) */
export function tap<A>(fn: (item: A) => void): Operator<A, A> {
  return (up) => stream((host, sink) => up.open(host, new TapSink(fn, sink)), up.tasks);
}

class TapSink<A> extends Stage<A, A> {
  private readonly fn: (item: A) => void;
  constructor(fn: (item: A) => void, sink: Sink<A>) {
    super(sink);
    this.fn = fn;
  }
  push(item: A): boolean {
    this.fn(item);
    return this.give(item);
  }
}
