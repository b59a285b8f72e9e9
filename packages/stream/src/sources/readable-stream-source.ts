import type { Operation } from "@skein/coroutine";
import { reasonOf } from "../ends.ts";
import { promised } from "../run/closing.ts";
import type { End, Host, Sink } from "../source.ts";
import { PullSource } from "./pull.ts";

/** A ReadableStream, by a reader of its own: locked at open, cancelled with the identical reason, released at the end. */
export class ReadableStreamSource<T> extends PullSource<T> {
  private readonly reader: ReadableStreamDefaultReader<T>;

  /** @throws {TypeError} If the stream is locked. */
  constructor(readable: ReadableStream<T>, host: Host, sink: Sink<T>) {
    super(host, sink, "ReadableStream");
    this.reader = readable.getReader();
  }

  protected pull(): Promise<IteratorResult<T, unknown>> {
    return this.reader.read() as Promise<IteratorResult<T, unknown>>;
  }

  protected ended(): void {
    this.reader.releaseLock();
  }

  protected stop(end: End): Operation<void> {
    const cancelling = this.reader.cancel(reasonOf(end)); // ends a pending read at once, with done
    this.reader.releaseLock();
    return promised(cancelling);
  }
}
