import type { Writable } from "node:stream";
import { isCancelled, type Operation, until, type Wait } from "@skein/coroutine";
import { StoppedError } from "../errors.ts";
import { attempt } from "../run/attempt.ts";
import { Leash } from "../run/leash.ts";
import type { Streamable } from "../source.ts";
import type { PipeTarget } from "../terminals/pipe-to.ts";
import { type RunOptions, Terminal } from "../terminals/terminal.ts";
import { destroyed, mute } from "./destroyed.ts";

/** What `pipeToWritable` leaves alone. */
export interface PipeToWritableOptions extends RunOptions {
  /** False: the Writable stays open when the stream has ended, failed or been stopped: for `process.stdout`, say. Default true. */
  readonly end?: boolean | undefined;
}

/**
 * Writes every item to a Node Writable, waiting for `drain` while it is full; ends it at the end, and destroys it when
 * the stream fails or is stopped, with the error. If it is the Writable that fails or closes, the source is stopped by
 * its peer at once, also while it waits.
 *
 * @param stream What to write. @param writable Where to. @param options What to leave alone, and the run's.
 * @throws Its error, if it fails. @throws {StoppedError} If it is closed before the end.
 * @example
 * ```ts
 * import { from } from "@skein/stream";
 * import { pipeToWritable } from "@skein/stream/node";
 *
 * await pipeToWritable(from(["Call me\n", "Ishmael.\n"]), process.stdout, { end: false }); // Call me Ishmael.
 * ```
 */
export function pipeToWritable<T>(
  stream: Streamable<T>,
  writable: Writable,
  options: PipeToWritableOptions = {},
): Terminal<void> {
  return new Terminal(
    stream.tasks,
    (owner) => {
      const leash = new Leash(stream);
      return leash.pipe(new WritableTarget(writable, leash, options.end ?? true), owner);
    },
    "pipeToWritable",
    options,
  );
}

class WritableTarget<T> implements PipeTarget<T> {
  private readonly writable: Writable;
  private readonly leash: Leash<T>;
  private readonly end: boolean;
  /** We have ended it: that it is over is what was asked for. */
  private ending = false;
  /** How many items are on their way. */
  private unwritten = 0;
  private gone: { readonly reason: unknown } | null = null;
  /** For whoever waits: something has happened. */
  private look: (() => void) | null = null;

  constructor(writable: Writable, leash: Leash<T>, end: boolean) {
    this.writable = writable;
    this.leash = leash;
    this.end = end;
    writable.on("error", this.leave).on("close", this.over).on("drain", this.changed).on("finish", this.over);
    if (writable.destroyed || writable.writableEnded || writable.errored) this.over();
    else if (writable.writableNeedDrain) leash.waitFor(this.when(() => !writable.writableNeedDrain));
  }

  private readonly changed = (): void => this.look?.();
  private readonly wrote = (error?: Error | null): void => {
    this.unwritten--;
    if (error) this.over();
    this.changed();
  };
  private readonly over = (): void => {
    const { errored, writableFinished } = this.writable;
    if (this.ending && writableFinished) this.changed();
    else this.leave(errored ?? new StoppedError("the Writable was closed", { kind: "stopped", by: "peer" }));
  };
  private readonly leave = (reason: unknown): void => {
    this.gone ??= { reason };
    this.leash.cut(reason);
    this.changed();
  };

  /** Settles when `ready` or gone. */
  private when(ready: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.look = () => {
        if (this.gone !== null || ready()) resolve();
      };
    });
  }

  /** Waits until `ready` or gone. */
  private *until(ready: () => boolean): Generator<Wait, void, unknown> {
    if (this.gone === null && !ready()) yield* until(this.when(ready));
    this.look = null;
    if (this.gone !== null) throw this.gone.reason;
  }

  /** Ends when there is room for another: the next is not to be made before (S1). */
  *send(item: T): Generator<Wait, void, unknown> {
    this.unwritten++;
    this.writable.write(item, this.wrote);
    yield* this.until(() => !this.writable.writableNeedDrain);
  }

  *close(): Generator<Wait, void, unknown> {
    const { writable } = this;
    this.ending = this.end;
    if (this.end) writable.end();
    try {
      yield* this.until(() => (this.end ? writable.writableFinished : this.unwritten === 0));
    } finally {
      this.unlisten();
    }
  }

  *fail(error: unknown): Generator<Wait, void, unknown> {
    if (this.end) {
      this.unlisten();
      const closing = destroyed(this.writable, isCancelled(error) ? error.reason : error);
      if (closing !== undefined) yield* closing as Operation<void>;
    } else if (this.gone === null) yield* attempt(() => this.close());
    else this.unlisten();
  }

  private unlisten(): void {
    const { writable } = this;
    writable.off("error", this.leave).off("close", this.over).off("drain", this.changed).off("finish", this.over);
    if (this.gone !== null) mute(writable);
  }
}
