import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** Leaves out items until `predicate` is falsy for the first time. @example dropWhile((line: string) => line === "") */
export function dropWhile<A>(predicate: (item: A) => unknown): Operator<A, A> {
  return (up) => stream((host, sink) => up.open(host, new DropWhileSink(predicate, sink)), up.tasks);
}

class DropWhileSink<A> extends Stage<A, A> {
  private predicate: ((item: A) => unknown) | null;
  constructor(predicate: (item: A) => unknown, sink: Sink<A>) {
    super(sink);
    this.predicate = predicate;
  }
  push(item: A): boolean {
    if (this.predicate !== null) {
      if (this.predicate(item)) return true;
      this.predicate = null;
    }
    return this.give(item);
  }
}
