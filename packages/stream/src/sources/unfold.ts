import { END, MORE, type Pumped, type Sink, type Source } from "../source.ts";
import { type Stream, stream } from "../stream.ts";

/**
 * Items made one from the other, as they are asked for.
 *
 * @param seed The state from which the first item is made, in every run.
 * @param step Gives `[item, next state]`, or undefined at the end. What it throws fails the run.
 * @example
 * ```ts
 * import { unfold } from "@skein/stream";
 *
 * const pages = [
 *   { rows: "a, b", next: 1 },
 *   { rows: "c", next: -1 },
 * ];
 * const rows = unfold(0, (page) => (pages[page] ? [pages[page].rows, pages[page].next] : undefined));
 * console.log(await rows.toArray()); // [ 'a, b', 'c' ]
 * ```
 */
export function unfold<S, T>(seed: S, step: (state: S) => readonly [item: T, next: S] | undefined): Stream<T> {
  return stream<T>((_host, sink) => new Unfold(seed, step, sink), false);
}

class Unfold<S, T> implements Source {
  private state: S;
  private readonly step: (state: S) => readonly [item: T, next: S] | undefined;
  private readonly sink: Sink<T>;
  private over = false;

  constructor(seed: S, step: (state: S) => readonly [item: T, next: S] | undefined, sink: Sink<T>) {
    this.state = seed;
    this.step = step;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      const made = this.make();
      if (made === undefined || this.over) return END; // `step` may have closed the run
      this.state = made[1];
      if (!this.sink.push(made[0])) return MORE;
    }
    return this.over ? END : MORE;
  }

  private make(): readonly [T, S] | undefined {
    try {
      const made = this.step(this.state);
      this.over ||= made === undefined;
      return made;
    } catch (error) {
      this.over = true;
      throw error;
    }
  }

  close(): undefined {
    this.over = true;
  }
}
