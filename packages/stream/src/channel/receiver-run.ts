import type { WaiterNode } from "@skein/coroutine";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import type { Conduit, Taker } from "./conduit.ts";
import type { Receiver } from "./receiver.ts";

/** A run over a receiver. An item that is handed over while it waits stands in `handed` until the next pump. */
export class ReceiverRun<T> implements Source, Taker<T> {
  readonly receiver: Receiver<T>;
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  private readonly conduit: Conduit<T>;
  private readonly host: Host;
  private readonly sink: Sink<T>;
  private handed: IteratorYieldResult<T> | null = null;
  private over = false;

  constructor(conduit: Conduit<T>, receiver: Receiver<T>, host: Host, sink: Sink<T>) {
    this.conduit = conduit;
    this.receiver = receiver;
    this.host = host;
    this.sink = sink;
  }

  get waiting(): boolean {
    return this.host.waiting;
  }

  wake(result?: IteratorYieldResult<T>): void {
    this.handed = result ?? null;
    this.host.wake();
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    const { conduit, sink } = this;
    let left = budget;
    if (this.handed !== null) {
      const { value } = this.handed;
      this.handed = null;
      left--;
      if (!sink.push(value)) return MORE;
    }
    while (left-- > 0) {
      if (this.over) return END; // closed by its consumer
      if (!conduit.available) return this.waitOrEnd();
      if (!sink.push(conduit.take())) return MORE;
    }
    return MORE;
  }

  private waitOrEnd(): Pumped {
    if (this.conduit.over) return this.end();
    if (!this.receiver.isOpen) {
      this.over = true;
      this.receiver.requireOpen("receive");
    }
    if (this.waitsIn === null) this.conduit.parkTaker(this);
    return WAIT;
  }

  private end(): typeof END {
    this.over = true;
    if (this.conduit.failure !== null) throw this.conduit.failure.error;
    return END;
  }

  close(_end: End): undefined {
    this.over = true;
    this.conduit.unparkTaker(this);
    const { handed } = this;
    this.handed = null;
    // An early end gives the handle up; one that came to the channel's end is told so for ever (S3).
    if (handed !== null || !this.conduit.over) this.receiver.close();
    if (handed !== null) this.conduit.giveBack(handed.value);
  }
}
