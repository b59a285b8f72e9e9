import { atLeast } from "../limits.ts";
import { Expand } from "../operators/expand.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { DecodeError } from "./decode-error.ts";

/** How bytes are cut. */
export interface DelimitedOptions {
  /** The most bytes there may be before a separator: a whole number of at least 1. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Bytes cut at a separator, which is left out, however they are split into chunks. (For text see `lines`.)
 *
 * @param separator One byte or more; text stands for its UTF-8. @param options How much is read without finding one.
 * @throws {RangeError} If `separator` is empty, or `maxBytes` less than 1, fractional or NaN.
 * @throws {DecodeError} In the run, at more than `maxBytes` without a separator, and if the bytes end without one: what
 * was read is its `partial`.
 * @example
 * ```ts
 * import { decodeDelimited, decodeText, from } from "@skein/stream";
 *
 * const chunks = from(["left\0ri", "ght\0"].map((text) => new TextEncoder().encode(text)));
 * const names = chunks.pipe(decodeDelimited("\0"), decodeText());
 * console.log(await names.toArray()); // [ 'left', 'right' ]
 * ```
 */
export function decodeDelimited(
  separator: string | Uint8Array,
  options: DelimitedOptions = {},
): Operator<Uint8Array, Uint8Array> {
  const pattern = typeof separator === "string" ? new TextEncoder().encode(separator) : separator.slice();
  const { maxBytes = 2 ** 24 } = options;
  if (pattern.length === 0) throw new RangeError("Cannot cut bytes at an empty separator: give at least one byte.");
  atLeast(1, maxBytes, "read up to a separator at most");
  return (up) => stream((host, sink) => new Delimited(pattern, maxBytes, up, host, sink), up.tasks);
}

class Delimited extends Expand<Uint8Array, Uint8Array> {
  private readonly pattern: Uint8Array;
  private readonly maxBytes: number;
  private readonly buffer = new ByteBuffer();

  constructor(
    pattern: Uint8Array,
    maxBytes: number,
    upstream: Streamable<Uint8Array>,
    host: Host,
    sink: Sink<Uint8Array>,
  ) {
    super(upstream, host, sink);
    this.pattern = pattern;
    this.maxBytes = maxBytes;
  }

  protected take(chunk: Uint8Array): void {
    const { buffer, pattern } = this;
    buffer.push(chunk);
    for (let at = buffer.find(pattern); at >= 0; at = buffer.find(pattern)) {
      if (this.isTooLong(at)) return;
      const piece = buffer.take(at);
      buffer.take(pattern.length);
      this.give(piece);
    }
    this.isTooLong(buffer.length - pattern.length + 1); // so much of it cannot belong to a separator
  }

  private isTooLong(length: number): boolean {
    if (length <= this.maxBytes) return false;
    this.fail(new DecodeError("a piece", `no separator in ${length} bytes`, `at most ${this.maxBytes} are allowed`));
    return true;
  }

  protected override flush(failed: boolean): void {
    if (failed || this.buffer.length === 0) return;
    const partial = this.buffer.take(this.buffer.length);
    this.fail(
      new DecodeError(
        "a piece",
        `the bytes end without a separator, after ${partial.length} of them`,
        "what was read is in `partial`",
        partial,
      ),
    );
  }
}
