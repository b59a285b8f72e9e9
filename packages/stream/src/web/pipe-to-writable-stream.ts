import { isCancelled, type Operation, until, type Wait } from "@skein/coroutine";
import { Leash } from "../run/leash.ts";
import type { Streamable } from "../source.ts";
import type { PipeTarget } from "../terminals/pipe-to.ts";
import { type RunOptions, Terminal } from "../terminals/terminal.ts";

/** What `pipeToWritableStream` leaves alone; the names are the platform's. */
export interface PipeToWritableStreamOptions extends RunOptions {
  /** True: the WritableStream stays open when the stream has ended. Default false. */
  readonly preventClose?: boolean | undefined;
  /** True: it is not aborted when the stream fails or is stopped. Default false. */
  readonly preventAbort?: boolean | undefined;
}

/**
 * Writes every item to a WritableStream, which is locked meanwhile: no more than it has room for, closing it at the
 * end and aborting it, with the identical reason, when the stream fails or is stopped. If it is the WritableStream that
 * fails, the source is stopped by its peer at once, also while it waits, and the same error is thrown.
 *
 * @param stream What to write. @param writable Where to. @param options What to leave alone, and the run's.
 * @throws {TypeError} In the run, if `writable` is locked, or closed by others. @throws Its error, if it fails; or that
 * of the source's cleanup, with the other as its `cause`.
 * @example
 * ```ts
 * import { from } from "@skein/stream";
 * import { pipeToWritableStream } from "@skein/stream/web";
 *
 * const file = new WritableStream<string>({
 *   write: (text) => console.log(text), // Call me, Ishmael.
 *   close: () => console.log("closed"), // closed
 * });
 * await pipeToWritableStream(from(["Call me", "Ishmael."]), file);
 * ```
 */
export function pipeToWritableStream<T>(
  stream: Streamable<T>,
  writable: WritableStream<T>,
  options: PipeToWritableStreamOptions = {},
): Terminal<void> {
  return new Terminal(
    stream.tasks,
    (owner) => {
      const leash = new Leash(stream);
      return leash.pipe(new WritableTarget(writable, leash, options), owner);
    },
    "pipeToWritableStream",
    options,
  );
}

class WritableTarget<T> implements PipeTarget<T> {
  private readonly writer: WritableStreamDefaultWriter<T>;
  private readonly options: PipeToWritableStreamOptions;
  private readonly leash: Leash<T>;
  /** We close or abort it: what `closed` says from now on is our own doing. */
  private leaving = false;
  /** The last write: all before it are over when it is. */
  private written: Promise<void> | undefined;

  constructor(writable: WritableStream<T>, leash: Leash<T>, options: PipeToWritableStreamOptions) {
    this.options = options;
    this.leash = leash;
    const writer = writable.getWriter();
    this.writer = writer;
    writer.closed.then(() => this.gone(new TypeError("Cannot pipe to a WritableStream: it is closed.")), this.gone);
    if (isFull(writer)) leash.waitFor(writer.ready);
  }

  private readonly gone = (reason: unknown): void => {
    if (!this.leaving) this.leash.cut(reason);
  };

  /** Ends when there is room for another: the next is not to be made before (S1). */
  *send(item: T): Generator<Wait, void, unknown> {
    const { writer } = this;
    this.written = writer.write(item);
    this.written.catch(this.gone); // one that is being closed says so here first
    if (isFull(writer)) yield* until(writer.ready);
  }

  *close(): Generator<Wait, void, unknown> {
    const { writer, options, written } = this;
    this.leaving = true;
    try {
      if (!options.preventClose) yield* until(closing(writer));
      else if (written !== undefined) yield* until(written);
    } finally {
      writer.releaseLock();
    }
  }

  *fail(error: unknown): Generator<Wait, void, unknown> {
    const { writer, options, written } = this;
    this.leaving = true;
    try {
      if (!options.preventAbort)
        yield* until(writer.abort(isCancelled(error) ? error.reason : error)) as Operation<void>;
      else if (written !== undefined) yield* until(written.catch(ignore));
    } finally {
      writer.releaseLock();
    }
  }
}

const isFull = ({ desiredSize }: WritableStreamDefaultWriter<never>): boolean =>
  desiredSize !== null && desiredSize <= 0;
const closing = (writer: WritableStreamDefaultWriter<never>): Promise<void> => writer.close();
function ignore(): void {}
