import type { Readable } from "node:stream";
import type { Operation } from "@skein/coroutine";
import { reasonOf } from "../ends.ts";
import { StoppedError } from "../errors.ts";
import type { End, Host, Sink } from "../source.ts";
import { once } from "../sources/once.ts";
import { PullSource } from "../sources/pull.ts";
import { type Stream, stream } from "../stream.ts";
import { destroyed, mute } from "./destroyed.ts";

/**
 * A stream of what a Node Readable gives. It is read only while somebody asks, and destroyed when the run is closed
 * before its end: at once, also while it waits, with the error if there was one; the close is over when the Readable
 * has closed. One that was destroyed before its end fails the run with a StoppedError, by its peer.
 *
 * @param readable A Readable that nobody else reads: it can be run once. Of text, if it has an encoding; that its items
 * have the type `T` is not looked at.
 * @throws {UsedError} When a run is opened, if it was run before. @throws Its error, if it fails.
 * @throws {StoppedError} In the run, if it is destroyed without an error before its end.
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { decodeText, lines } from "@skein/stream";
 * import { fromReadable } from "@skein/stream/node";
 *
 * const file = Readable.from([Buffer.from("Call me\nIsh"), Buffer.from("mael.\n")]);
 * const text = fromReadable(file).pipe(decodeText(), lines());
 * console.log(await text.toArray()); // [ 'Call me', 'Ishmael.' ]
 * ```
 */
export function fromReadable<T = Uint8Array>(readable: Readable): Stream<T> {
  return stream(
    once<T>(readable, (host, sink) => new ReadableSource(readable, host, sink), true),
    false,
  );
}

const EVENTS = ["readable", "end", "close"] as const;

class ReadableSource<T> extends PullSource<T> {
  private readonly readable: Readable;
  private emitted: { readonly error: unknown } | null = null;
  /** Looks again: for whoever waits in `pull`. */
  private look: (() => void) | null = null;
  private listening = false;

  constructor(readable: Readable, host: Host, sink: Sink<T>) {
    super(host, sink, "Readable");
    this.readable = readable;
  }

  private readonly changed = (): void => this.look?.();
  private readonly failed = (error: unknown): void => {
    this.emitted ??= { error };
    this.look?.();
  };

  protected pull(): PromiseLike<IteratorResult<T, undefined>> {
    if (!this.listening) {
      this.listening = true;
      for (const event of EVENTS) this.readable.on(event, this.changed);
      this.readable.on("error", this.failed);
    }
    return new Promise((resolve, reject) => {
      this.look = () => {
        const chunk = this.readable.read() as T | null;
        if (chunk !== null) resolve({ done: false, value: chunk });
        else if (this.readable.readableEnded) resolve({ done: true, value: undefined });
        else if (this.readable.destroyed || this.emitted !== null) {
          mute(this.readable);
          reject(this.whyFailed());
        } else return;
        this.look = null;
      };
      this.look();
    });
  }

  private whyFailed(): unknown {
    const { errored } = this.readable;
    if (this.emitted !== null || errored !== null) return this.emitted?.error ?? errored;
    return new StoppedError("the Readable was destroyed before its end", { kind: "stopped", by: "peer" });
  }

  private unlisten(): void {
    for (const event of EVENTS) this.readable.off(event, this.changed);
    this.readable.off("error", this.failed);
  }

  protected ended(): void {
    this.unlisten();
  }

  protected stop(end: End): Operation<void> | undefined {
    this.unlisten();
    return destroyed(this.readable, reasonOf(end));
  }
}
