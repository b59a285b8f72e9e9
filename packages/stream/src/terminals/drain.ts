import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, type Terminal, terminal } from "./terminal.ts";

export function drain<T>(stream: Streamable<T>, options?: RunOptions): Terminal<void> {
  return terminal(stream, "drain", options, () => new Drain<T>());
}

class Drain<T> extends Collecting<T, void> {
  push(_item: T): boolean {
    return true;
  }
  result(): void {}
}
