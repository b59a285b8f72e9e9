import { END, MORE, type Pumped, type Sink, type Source } from "../source.ts";

/** Items by index. An array that grows during the run is followed. */
export class ArraySource<T> implements Source {
  private readonly items: ArrayLike<T>;
  private readonly sink: Sink<T>;
  private index = 0;

  constructor(items: ArrayLike<T>, sink: Sink<T>) {
    this.items = items;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    const { items, sink } = this;
    const { push } = sink; // looked up once: see Step
    for (let left = budget; left > 0; left--) {
      if (this.index >= items.length) return END;
      if (!push.call(sink, items[this.index++] as T)) return MORE;
    }
    return this.index < items.length ? MORE : END;
  }

  close(): undefined {
    this.index = Number.POSITIVE_INFINITY;
  }
}
