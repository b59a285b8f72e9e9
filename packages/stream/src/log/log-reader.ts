import { dequeue, enqueue, type WaiterNode } from "@skein/coroutine";
import { END, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";
import type { MemoryLog } from "./log.ts";
import { Lagged } from "./stream-log.ts";

/** A run over a log. It keeps nothing but its cursor, so ten thousand readers hold no item twice. */
export class LogReader<T, R> implements Source, WaiterNode {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  private readonly log: MemoryLog<T>;
  private readonly show: (item: T, behind: number) => R;
  private readonly host: Host;
  private readonly sink: Sink<R | Lagged>;
  /** What to do about items that it was too late for; items may themselves be another log's `Lagged`. */
  private readonly late: (lagged: Lagged) => boolean;
  /** How far it has read. */
  cursor: number;
  private over = false;

  constructor(
    log: MemoryLog<T>,
    cursor: number,
    show: (item: T, behind: number) => R,
    host: Host,
    sink: Sink<R | Lagged>,
    late: (lagged: Lagged) => boolean = (lagged) => sink.push(lagged),
  ) {
    this.log = log;
    this.cursor = cursor;
    this.show = show;
    this.host = host;
    this.sink = sink;
    this.late = late;
  }

  pump(budget: number): Pumped {
    const { log, sink } = this;
    for (let left = budget; left > 0; left--) {
      if (this.over) return END;
      if (this.cursor === log.next) return this.tail();
      if (!(this.cursor < log.first ? this.skip() : sink.push(this.show(log.at(this.cursor), ++this.cursor))))
        return MORE;
    }
    return MORE;
  }

  private skip(): boolean {
    const from = this.cursor;
    this.cursor = this.log.first;
    return this.late(new Lagged(from, this.cursor));
  }

  private tail(): Pumped {
    const { ended } = this.log;
    if (ended !== null) {
      this.over = true;
      if (ended.kind === "failed") throw ended.error;
      return END;
    }
    if (this.waitsIn === null) enqueue(this.log, this);
    return WAIT;
  }

  /** @internal */
  wake(): void {
    this.host.wake();
  }

  close(): undefined {
    this.over = true;
    dequeue(this.log, this);
  }
}
