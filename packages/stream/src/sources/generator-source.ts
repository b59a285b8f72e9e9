import { ENDED, ITEM, type Operation, type Producer, produce, type WAITS } from "@skein/coroutine";
import { InternalError } from "../errors.ts";
import { cancelAndJoin } from "../run/closing.ts";
import { untold } from "../run/untold.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import type { Produces } from "./produces.ts";

/**
 * A generator that may wait: a producer, owned by the run, which is stepped in our stack while it does not wait.
 * Nothing of it runs before the first pump.
 */
export class GeneratorSource<T> implements Source {
  private readonly fn: () => Produces<T>;
  private readonly host: Host;
  private readonly sink: Sink<T>;
  private readonly name: string;
  private producer: Producer<T, unknown> | null = null;
  /** `asked`: it waits, and will call `onReady`. `ready`: it has called, and its answer was not taken yet. */
  private state: "idle" | "asked" | "ready" | "over" = "idle";

  constructor(fn: () => Produces<T>, name: string, host: Host, sink: Sink<T>) {
    this.fn = fn;
    this.name = name;
    this.host = host;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    if (this.state === "over") return END;
    if (this.state === "asked") return WAIT;
    this.producer ??= this.start();
    const { producer, sink } = this;
    let answer = this.take(producer);
    for (let left = budget; answer === ITEM; answer = producer.ask(undefined)) {
      if (!sink.push(producer.item as T) || --left <= 0) return MORE;
      if (this.isOver()) return END; // closed by its consumer
    }
    if (answer === ENDED) return this.end(producer);
    this.state = "asked";
    return WAIT;
  }

  private isOver(): boolean {
    return this.state === "over";
  }

  /** The answer that came meanwhile, or a new one. */
  private take(producer: Producer<T, unknown>): typeof ENDED | typeof ITEM | typeof WAITS {
    if (this.state !== "ready") return producer.ask(undefined);
    this.state = "idle";
    return producer.outcome === undefined ? ITEM : ENDED;
  }

  private start(): Producer<T, unknown> {
    const { owner } = this.host;
    if (owner === null) throw new InternalError("A generator source was opened without an owner");
    const producer = produce(owner, this.fn, {
      name: this.name,
      onReady: () => {
        if (this.state !== "asked") return;
        this.state = "ready";
        this.host.wake();
      },
    });
    producer.addDoneCallback(heard);
    return producer;
  }

  private end(producer: Producer<T, unknown>): typeof END {
    this.state = "over";
    producer.result(); // throws its error; its CancelledError, if what it lives in was cancelled
    return END;
  }

  close(end: End): Operation<void> | undefined {
    const { producer, state, name } = this;
    this.state = "over";
    if (producer === null) return undefined;
    const { outcome } = producer;
    if (state === "ready" && outcome?.status === "rejected") return untold(this.host, end, name, outcome.reason);
    return cancelAndJoin(producer, end);
  }
}

/** Its failure is ours to give: it is not to be reported as unheard before the next pump has come to it. */
function heard(): void {}
