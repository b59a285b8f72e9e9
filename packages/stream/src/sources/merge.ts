import type { Operation } from "@skein/coroutine";
import { closeAll } from "../run/closing.ts";
import { InnerHost } from "../run/inner-host.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import { type Stream, stream } from "../stream.ts";
import { type From, from } from "./from.ts";

/**
 * The items of all sources as they come; those that have items take turns, one each. Ends when all have ended; the
 * first failure ends it, and closes the others.
 * @example merge(clicks, keys)
 */
export function merge<T extends readonly unknown[]>(
  ...sources: { readonly [K in keyof T]: From<T[K]> }
): Stream<T[number]> {
  const streams = (sources as readonly From<T[number]>[]).map((source) => from(source));
  const tasks = streams.some((each) => each.tasks);
  return stream((host, sink) => new Merge(streams, host, sink), tasks);
}

interface Input {
  readonly host: InnerHost;
  readonly source: Source;
  over: boolean;
}

class Merge<T> implements Source, Sink<T> {
  private readonly sink: Sink<T>;
  private readonly inputs: Input[] = [];
  private hungry = true;
  private turn = 0;
  private running: number;

  constructor(streams: readonly Stream<T>[], host: Host, sink: Sink<T>) {
    this.sink = sink;
    for (const each of streams) {
      const inner = new InnerHost(host);
      this.inputs.push({ host: inner, source: each.open(inner, this), over: false });
    }
    this.running = streams.length;
  }

  push(item: T): boolean {
    this.hungry = this.sink.push(item);
    return this.hungry;
  }

  pump(budget: number): Pumped {
    this.hungry = true;
    let asleep = 0;
    for (let left = budget; left > 0 && this.hungry; left--) {
      if (this.running === 0) return END;
      if (asleep >= this.inputs.length) return WAIT;
      asleep = this.pumpOne(this.inputs[this.turn] as Input) ? 0 : asleep + 1;
      this.turn = (this.turn + 1) % this.inputs.length;
    }
    return this.running === 0 ? END : MORE;
  }

  /** One item of one input; false if that has none. */
  private pumpOne(input: Input): boolean {
    if (input.over || !input.host.awake) return false;
    input.host.awake = false; // a wake during the pump counts
    try {
      const pumped = input.source.pump(1);
      if (pumped === MORE) input.host.awake = true;
      if (pumped === END) this.end(input);
      return pumped !== WAIT;
    } catch (error) {
      this.end(input);
      throw error;
    }
  }

  private end(input: Input): void {
    if (input.over) return;
    input.over = true;
    this.running--;
  }

  close(end: End): Operation<void> | undefined {
    this.running = 0;
    for (const input of this.inputs) input.over = true;
    return closeAll(this.inputs.map(({ source }) => source.close(end)));
  }
}
