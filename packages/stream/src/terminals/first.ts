import { EmptyError } from "../errors.ts";
import type { Streamable } from "../source.ts";
import { Collecting } from "./collector.ts";
import { type RunOptions, type Terminal, terminal } from "./terminal.ts";

/** What `first` takes. */
export interface FirstOptions<D> extends RunOptions {
  /** What an empty stream gives, instead of an EmptyError. */
  readonly default: D;
}
/** What `last` takes. */
export type LastOptions<D> = FirstOptions<D>;

export function one<T>(
  which: "first" | "last",
  stream: Streamable<T>,
  options?: RunOptions | FirstOptions<T>,
): Terminal<T> {
  return terminal(stream, which, options, () => new One<T>(which, options));
}

class One<T> extends Collecting<T, T> {
  private readonly which: "first" | "last";
  private readonly options: RunOptions | FirstOptions<T> | undefined;
  private found: { readonly item: T } | null = null;
  constructor(which: "first" | "last", options: RunOptions | FirstOptions<T> | undefined) {
    super();
    this.which = which;
    this.options = options;
  }
  push(item: T): boolean {
    if (this.full) return false;
    this.found = { item };
    this.full = this.which === "first";
    return !this.full;
  }
  result(): T {
    if (this.found !== null) return this.found.item;
    if (this.options !== undefined && "default" in this.options) return this.options.default;
    throw new EmptyError(this.which);
  }
}
