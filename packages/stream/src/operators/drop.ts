import { atLeast } from "../limits.ts";
import type { Sink } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { Stage } from "./stage.ts";

/** Leaves out the first `count` items. @throws {RangeError} If `count` is negative, fractional or NaN. @example drop(2) */
export function drop<A>(count: number): Operator<A, A> {
  atLeast(0, count, "drop");
  return (up) => stream((host, sink) => up.open(host, new DropSink(count, sink)), up.tasks);
}

class DropSink<A> extends Stage<A, A> {
  private left: number;
  constructor(count: number, sink: Sink<A>) {
    super(sink);
    this.left = count;
  }
  push(item: A): boolean {
    if (this.left === 0) return this.give(item);
    this.left--;
    return true;
  }
}
