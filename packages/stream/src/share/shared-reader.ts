import { StoppedError } from "../errors.ts";
import type { MemoryLog } from "../log/log.ts";
import { LogReader } from "../log/log-reader.ts";
import type { Lagged } from "../log/stream-log.ts";
import type { End, Host, Pumped, Sink, Source } from "../source.ts";
import { END } from "../source.ts";
import type { Shared } from "./shared.ts";

/** One reader of a shared stream: a reader of its log that tells how far it is, and what to do when it is late. */
export class SharedReader<T> implements Source, Sink<T> {
  readonly host: Host;
  private readonly shared: Shared<T>;
  private readonly log: MemoryLog<T>;
  private readonly reading: LogReader<T, T>;
  private readonly sink: Sink<T | Lagged>;
  private over = false;
  private evicted: StoppedError | null = null;

  constructor(shared: Shared<T>, log: MemoryLog<T>, cursor: number, host: Host, sink: Sink<T | Lagged>) {
    this.shared = shared;
    this.log = log;
    this.host = host;
    this.sink = sink;
    this.reading = new LogReader<T, T>(
      log,
      cursor,
      (item) => item,
      host,
      this as Sink<T | Lagged>,
      (lagged) => this.late(lagged),
    );
  }

  /** The cursor it has read to. */
  get cursor(): number {
    return this.reading.cursor;
  }

  push(item: T): boolean {
    const { slow, capacity } = this.shared.settings;
    if (slow === "wait" && this.log.next - this.cursor === capacity - 1) this.shared.madeRoom();
    return this.sink.push(item);
  }

  private late(lagged: Lagged): boolean {
    const { slow } = this.shared.settings;
    if (slow === "drop") return true;
    if (slow !== "evict") return this.sink.push(lagged);
    const end: End = { kind: "stopped", by: "lag", reason: lagged };
    this.evicted = new StoppedError(`this reader of a shared stream was ${lagged.missed} items too slow`, end);
    return false;
  }

  pump(budget: number): Pumped {
    if (this.over) return END;
    this.shared.start(this.host, this.log);
    const pumped = this.reading.pump(budget);
    if (this.evicted !== null) throw this.end(this.evicted);
    const { ended } = this.log;
    if (pumped === END && ended?.kind === "stopped") {
      throw this.end(new StoppedError("the owner of the shared stream has ended", ended));
    }
    return pumped;
  }

  private end(error: StoppedError): StoppedError {
    this.over = true;
    return error;
  }

  close(): undefined {
    this.over = true;
    this.reading.close();
    this.shared.leave(this);
  }
}
