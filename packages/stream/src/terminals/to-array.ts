import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, type Terminal, terminal } from "./terminal.ts";

export function toArray<T>(stream: Streamable<T>, options?: RunOptions): Terminal<T[]> {
  return terminal(stream, "toArray", options, () => new ToArray<T>());
}

class ToArray<T> extends Collecting<T, T[]> {
  private readonly items: T[] = [];
  push(item: T): boolean {
    this.items.push(item);
    return true;
  }
  result(): T[] {
    return this.items;
  }
}
