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
 * @throws {TypeError} In the run, if `writable` is locked. @throws Its error, if it fails.
 * @example await pipeToWritableStream(text.pipe(encodeText()), await file.createWritable())
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
  /** We close or abort it: what `closed` says from now on is our own doing. */
  private leaving = false;
  /** The last write: all before it are over when it is. */
  private written: Promise<void> | undefined;

  constructor(writable: WritableStream<T>, leash: Leash<T>, options: PipeToWritableStreamOptions) {
    this.options = options;
    this.writer = writable.getWriter();
    this.writer.closed.catch((reason: unknown) => {
      if (!this.leaving) leash.cut(reason);
    });
  }

  *send(item: T): Generator<Wait, void, unknown> {
    const { writer } = this;
    if ((writer.desiredSize ?? 0) <= 0) yield* until(writer.ready);
    this.written = writer.write(item);
    this.written.catch(ignore); // `closed` tells
  }

  *close(): Generator<Wait, void, unknown> {
    const { writer, options, written } = this;
    this.leaving = true;
    if (!options.preventClose) yield* until(closing(writer));
    else if (written !== undefined) yield* until(written);
    writer.releaseLock();
  }

  *fail(error: unknown): Generator<Wait, void, unknown> {
    const { writer, options } = this;
    this.leaving = true;
    if (!options.preventAbort) yield* until(writer.abort(isCancelled(error) ? error.reason : error)) as Operation<void>;
    writer.releaseLock();
  }
}

const closing = (writer: WritableStreamDefaultWriter<never>): Promise<void> => writer.close();
function ignore(): void {}
