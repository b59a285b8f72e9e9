import { currentScheduler, type Scheduler } from "@skein/coroutine";
import { OuterRun, type Outlet } from "../run/outer-run.ts";
import type { End, Streamable } from "../source.ts";

/** How `toReadableStream` buffers, and where it runs. */
export interface ToReadableStreamOptions<T> {
  /** How many items the ReadableStream may hold before they are read. Default: one. */
  readonly strategy?: QueuingStrategy<T> | undefined;
  /** The loop to run on; by default the current one. */
  readonly loop?: Scheduler | undefined;
}

/**
 * A stream as a ReadableStream: for `new Response(…)`, say. The run is opened by the first pull; `cancel(reason)`
 * ends it as stopped by its peer, with that same reason, and answers when its cleanup is over. A failure of the
 * stream becomes that of the ReadableStream, the same object.
 * @example new Response(toReadableStream(text.pipe(encodeText())))
 */
export function toReadableStream<T>(
  stream: Streamable<T>,
  options: ToReadableStreamOptions<T> = {},
): ReadableStream<T> {
  const source = new RunSource(stream, options.loop ?? currentScheduler());
  return new ReadableStream<T>(source, options.strategy ?? { highWaterMark: 1 });
}

class RunSource<T> implements UnderlyingDefaultSource<T>, Outlet<T> {
  private readonly run: OuterRun<T>;
  private controller: ReadableStreamDefaultController<T> | null = null;
  /** A pull is not answered yet. With a highWaterMark of 0 only this tells that somebody reads. */
  private asked = false;
  private cancelled: { resolve(): void; reject(error: unknown): void } | null = null;

  constructor(stream: Streamable<T>, scheduler: Scheduler) {
    this.run = new OuterRun(stream, this, scheduler, "ReadableStream");
  }

  start(controller: ReadableStreamDefaultController<T>): void {
    this.controller = controller;
  }

  pull(): void {
    this.asked = true;
    this.run.ask();
  }

  cancel(reason: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.cancelled = { resolve, reject };
      this.run.abandon({ kind: "stopped", by: "peer", reason });
    });
  }

  get hungry(): boolean {
    return this.cancelled === null && (this.asked || (this.controller?.desiredSize ?? 0) > 0);
  }

  take(item: T): void {
    this.asked = false; // before the item: whoever reads may ask for the next in its stack
    this.controller?.enqueue(item);
  }

  over(end: End, cleanup: { readonly error: unknown } | null): void {
    const failure = cleanup ?? (end.kind === "failed" ? end : null);
    if (this.cancelled !== null) {
      if (failure === null) this.cancelled.resolve();
      else this.cancelled.reject(failure.error);
    } else if (failure === null) this.controller?.close();
    else this.controller?.error(failure.error);
  }
}
