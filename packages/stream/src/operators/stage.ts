import type { Sink } from "../source.ts";

/**
 * A sink around a sink: what a stateless operator is made of.
 *
 * `give(item)` is `this.sink.push(item)` written so that it stays fast. In a program with many pipelines that plain
 * access meets every kind of sink there is, and the engine looks `push` up anew for each item; kept in a field of ours
 * and called by `call`, it costs a quarter less (map → filter → sum after other pipelines: 23 ns against 31).
 */
export abstract class Stage<A, B> implements Sink<A> {
  private readonly sink: Sink<B>;
  private readonly pushOn: Sink<B>["push"];

  constructor(sink: Sink<B>) {
    this.sink = sink;
    this.pushOn = sink.push;
  }

  abstract push(item: A): boolean;

  protected give(item: B): boolean {
    return this.pushOn.call(this.sink, item);
  }
}
