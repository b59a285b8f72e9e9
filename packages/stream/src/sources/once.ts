import { UsedError } from "../errors.ts";
import type { Streamable } from "../source.ts";

type Open<T> = Streamable<T>["open"];

/** An iterator that is its own iterable, say, can be run through once; the second run is told so, and not given "no items". */
export function once<T>(source: object, open: Open<T>, oneShot: boolean): Open<T> {
  if (!oneShot) return open;
  let used = false;
  return (host, sink) => {
    if (used) {
      throw new UsedError(
        `open a stream of ${nameOf(source)}`,
        "it was run before",
        "give from() a function that returns one",
      );
    }
    const run = open(host, sink); // may refuse: a ReadableStream that is locked is no less whole afterwards
    used = true;
    return run;
  };
}

/** The kind of a thing, for messages: `ReadableStream`. */
export function nameOf(source: object): string {
  return Object.prototype.toString.call(source).slice(8, -1);
}
