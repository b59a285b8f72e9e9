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

/** The same for a byte stream: the items are bytes, and it is bytes that are counted. */
export interface ToByteStreamOptions extends Omit<ToReadableStreamOptions<never>, "strategy"> {
  /** It can be read by a BYOB reader too. The buffer of each item is transferred: its producer must be done with it. */
  readonly type: "bytes";
  /** How many bytes it may hold before they are read. Default: none. */
  readonly strategy?: { readonly highWaterMark: number } | undefined;
}

/**
 * A stream as a ReadableStream: for `new Response(…)`, say. The run is opened by the first pull; `cancel(reason)`
 * ends it as stopped by its peer, with that same reason, and answers when its cleanup is over. A failure of the
 * stream becomes that of the ReadableStream, the same object.
 *
 * @param stream What to read. @param options How much is held, where it runs, and whether it is a stream of bytes.
 * @example
 * ```ts
 * import { from, map } from "@skein/stream";
 * import { toReadableStream } from "@skein/stream/web";
 *
 * const text = from(["Call me ", "Ishmael."]);
 * const body = toReadableStream(text.pipe(map((each) => new TextEncoder().encode(each))), { type: "bytes" });
 * console.log(await new Response(body).text()); // Call me Ishmael.
 * ```
 */
export function toReadableStream(
  stream: Streamable<ArrayBufferView>,
  options: ToByteStreamOptions,
): ReadableStream<Uint8Array>;
export function toReadableStream<T>(stream: Streamable<T>, options?: ToReadableStreamOptions<T>): ReadableStream<T>;
export function toReadableStream<T>(
  stream: Streamable<T>,
  options: ToReadableStreamOptions<T> | ToByteStreamOptions = {},
): ReadableStream<T> {
  const type = "type" in options ? options.type : undefined;
  const source = new RunSource(stream, options.loop ?? currentScheduler(), type);
  const strategy = options.strategy ?? { highWaterMark: type === "bytes" ? 0 : 1 };
  // The platform's types know two kinds of source; ours is either, as its `type` says.
  return new ReadableStream<T>(source as unknown as UnderlyingDefaultSource<T>, strategy);
}

/** What the controllers of both kinds of stream have in common, and what one of bytes has. */
interface Controller<T> extends Omit<ReadableStreamDefaultController<T>, "enqueue"> {
  enqueue(item: T): void;
  readonly byobRequest?: ReadableStreamBYOBRequest | null;
}

class RunSource<T> implements Outlet<T> {
  readonly type: "bytes" | undefined;
  private readonly run: OuterRun<T>;
  private controller: Controller<T> | null = null;
  /** A pull is not answered yet. With a highWaterMark of 0 only this tells that somebody reads. */
  private asked = false;
  private cancelled: { resolve(): void; reject(error: unknown): void } | null = null;

  constructor(stream: Streamable<T>, scheduler: Scheduler, type: "bytes" | undefined) {
    this.type = type;
    this.run = new OuterRun(stream, this, scheduler, "ReadableStream");
  }

  start(controller: Controller<T>): void {
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
    const isEmpty = this.type === "bytes" && (item as ArrayBufferView).byteLength === 0;
    if (isEmpty) return; // nothing to read: the platform refuses it, and whoever asked goes on waiting
    this.asked = false; // before the item: whoever reads may ask for the next in its stack
    this.controller?.enqueue(item);
  }

  over(end: End, cleanup: { readonly error: unknown } | null): void {
    const failure = cleanup ?? (end.kind === "failed" ? end : null);
    if (this.cancelled !== null) {
      if (failure === null) this.cancelled.resolve();
      else this.cancelled.reject(failure.error);
    } else if (failure === null) {
      this.controller?.close();
      this.controller?.byobRequest?.respond(0); // else a BYOB read would wait for ever
    } else this.controller?.error(failure.error);
  }
}
