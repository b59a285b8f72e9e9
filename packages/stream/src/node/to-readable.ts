import { Readable, type ReadableOptions } from "node:stream";
import { currentScheduler, type Scheduler } from "@skein/coroutine";
import { StoppedError } from "../errors.ts";
import { OuterRun, type Outlet } from "../run/outer-run.ts";
import type { End, Streamable } from "../source.ts";

/** How `toReadable` buffers, and where it runs. */
export interface ToReadableOptions {
  /** False: the items are bytes or text. Default true: they are anything but null and undefined. */
  readonly objectMode?: boolean | undefined;
  /** How many items, or bytes, it may hold before they are read. Default: one item, or Node's for bytes. */
  readonly highWaterMark?: number | undefined;
  /** The loop to run on; by default the current one. */
  readonly loop?: Scheduler | undefined;
}

/**
 * A stream as a Node Readable: for `pipeline`, say. The run is opened by the first read; `destroy(error)` ends it as
 * stopped by its peer, with that same error, and the Readable closes when its cleanup is over. A failure of the stream
 * destroys the Readable with the same error (a StoppedError that tells of it, where undefined, say, was thrown).
 *
 * @param stream What to read. Null and undefined cannot be given to a Readable: at one of them it fails with a
 * TypeError.
 * @param options What the items are, how many are held, and where it runs.
 * @example
 * ```ts
 * import { pipeline } from "node:stream/promises";
 * import { encodeNdjson, from } from "@skein/stream";
 * import { toReadable } from "@skein/stream/node";
 *
 * const rows = from([{ id: 1 }, { id: 2 }]).pipe(encodeNdjson());
 * await pipeline(toReadable(rows, { objectMode: false }), process.stdout); // {"id":1} {"id":2}
 * ```
 */
export function toReadable<T>(stream: Streamable<T>, options: ToReadableOptions = {}): Readable {
  const { objectMode = true, highWaterMark = objectMode ? 1 : undefined, loop = currentScheduler() } = options;
  const settings = highWaterMark === undefined ? { objectMode } : { objectMode, highWaterMark };
  return new Feeder(stream, loop, settings).readable;
}

/** The run behind a Readable. */
class Feeder<T> implements Outlet<T> {
  readonly readable: Readable;
  private readonly run: OuterRun<T>;
  private asked = false;
  private isOver = false;
  private closing: ((error: Error | null) => void) | null = null;

  constructor(stream: Streamable<T>, scheduler: Scheduler, options: ReadableOptions) {
    this.run = new OuterRun(stream, this, scheduler, "Readable");
    this.readable = new Readable({
      ...options,
      read: () => {
        this.asked = true;
        this.run.ask();
      },
      destroy: (error, callback) => this.destroy(error, callback),
    });
  }

  get hungry(): boolean {
    return this.asked;
  }

  take(item: T): void {
    if (item === null || item === undefined)
      throw new TypeError(`Cannot give ${item} to a Readable: for Node that is its end; map() it to something else.`);
    this.asked = false; // before the item: its reader may ask for the next in our stack
    if (this.readable.push(item)) this.asked = true;
  }

  over(end: End, cleanup: { readonly error: unknown } | null): void {
    this.isOver = true;
    const failure = cleanup ?? (end.kind === "failed" ? end : null);
    if (this.closing !== null) this.closing(cleanup === null ? null : toError(cleanup.error));
    else if (failure !== null) this.readable.destroy(toError(failure.error));
    else this.readable.push(null);
  }

  private destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.isOver) {
      callback(error);
      return;
    }
    this.closing = (cleanupError) => callback(cleanupError ?? error);
    this.run.abandon(error === null ? { kind: "stopped", by: "peer" } : { kind: "stopped", by: "peer", reason: error });
  }
}

/** To Node, what is thrown is no error if there is nothing in it: it would close without one. */
function toError(thrown: unknown): Error {
  if (thrown) return thrown as Error;
  return new StoppedError(`the stream failed with ${thrown}`, { kind: "failed", error: thrown });
}
