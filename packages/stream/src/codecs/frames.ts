import { atLeast } from "../limits.ts";
import { Expand } from "../operators/expand.ts";
import { map } from "../operators/map.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { DecodeError } from "./decode-error.ts";

/** How the length before each frame is written. Both sides have to say the same. */
export interface FrameOptions {
  /** How many bytes the length has. Default 4. */
  readonly lengthBytes?: 1 | 2 | 4 | undefined;
  /** True: its lowest byte comes first. Default false: the highest, as networks do. */
  readonly littleEndian?: boolean | undefined;
  /** The most bytes that a frame may have, without its length: a whole number of at least 1. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
}

const MAX_BYTES = 2 ** 24;

/**
 * Frames, each as its length and its bytes: for a connection that keeps no borders.
 *
 * @param options How the length is written, and how long a frame may be.
 * @throws {RangeError} If `lengthBytes` is not 1, 2 or 4, or `maxBytes` less than 1, fractional or NaN; in the run, if
 * a frame is longer than `maxBytes` or its length can say.
 * @example
 * ```ts
 * import { encodeFrames, from } from "@skein/stream";
 *
 * const frames = from([Uint8Array.of(7, 8), Uint8Array.of(9)]).pipe(encodeFrames({ lengthBytes: 2 }));
 * console.log((await frames.toArray()).map(String)); // [ '0,2,7,8', '0,1,9' ]
 * ```
 */
export function encodeFrames(options: FrameOptions = {}): Operator<Uint8Array, Uint8Array> {
  const { lengthBytes, littleEndian, maxBytes } = checked(options);
  const most = Math.min(maxBytes, 256 ** lengthBytes - 1);
  return map((frame) => {
    if (frame.length > most)
      throw new RangeError(`Cannot encode a frame of ${frame.length} bytes: at most ${most} are allowed; split it.`);
    const bytes = new Uint8Array(lengthBytes + frame.length);
    for (let at = 0; at < lengthBytes; at++) {
      const place = littleEndian ? at : lengthBytes - 1 - at;
      bytes[at] = Math.floor(frame.length / 256 ** place); // the array keeps the lowest byte
    }
    bytes.set(frame, lengthBytes);
    return bytes;
  });
}

/**
 * Bytes as the frames that `encodeFrames` has made, however they are split into chunks.
 *
 * @param options How the length is written, and how long a frame may be.
 * @throws {RangeError} If `lengthBytes` is not 1, 2 or 4, or `maxBytes` less than 1, fractional or NaN.
 * @throws {DecodeError} In the run, at a length of more than `maxBytes`, and if the bytes end within a frame: what was
 * read of it is its `partial`.
 * @example
 * ```ts
 * import { decodeFrames, from } from "@skein/stream";
 *
 * const chunks = from([Uint8Array.of(0, 2, 7), Uint8Array.of(8, 0, 1, 9)]);
 * const frames = chunks.pipe(decodeFrames({ lengthBytes: 2 }));
 * console.log((await frames.toArray()).map(String)); // [ '7,8', '9' ]
 * ```
 */
export function decodeFrames(options: FrameOptions = {}): Operator<Uint8Array, Uint8Array> {
  const settings = checked(options);
  return (up) => stream((host, sink) => new DecodeFrames(settings, up, host, sink), up.tasks);
}

type Settings = { readonly [K in keyof FrameOptions]-?: NonNullable<FrameOptions[K]> };

function checked({ lengthBytes = 4, littleEndian = false, maxBytes = MAX_BYTES }: FrameOptions): Settings {
  if (lengthBytes !== 1 && lengthBytes !== 2 && lengthBytes !== 4)
    throw new RangeError(`Cannot write lengths of ${lengthBytes} bytes: give 1, 2 or 4.`);
  atLeast(1, maxBytes, "allow frames of");
  return { lengthBytes, littleEndian, maxBytes };
}

class DecodeFrames extends Expand<Uint8Array, Uint8Array> {
  private readonly settings: Settings;
  private readonly buffer = new ByteBuffer();
  /** How long the frame is that has begun. */
  private needed: number | null = null;

  constructor(settings: Settings, upstream: Streamable<Uint8Array>, host: Host, sink: Sink<Uint8Array>) {
    super(upstream, host, sink);
    this.settings = settings;
  }

  protected take(chunk: Uint8Array): void {
    this.buffer.push(chunk);
    for (;;) {
      if (this.needed === null && this.buffer.length >= this.settings.lengthBytes) this.needed = this.readLength();
      if (this.needed === null || this.buffer.length < this.needed) return;
      const frame = this.buffer.take(this.needed);
      this.needed = null;
      this.give(frame);
    }
  }

  private readLength(): number {
    const { lengthBytes, littleEndian, maxBytes } = this.settings;
    const bytes = this.buffer.take(lengthBytes);
    const length = (littleEndian ? bytes.reverse() : bytes).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length > maxBytes)
      this.fail(new DecodeError("a frame", `it says to have ${length} bytes`, `at most ${maxBytes} are allowed`));
    return length > maxBytes ? Number.POSITIVE_INFINITY : length;
  }

  protected override flush(failed: boolean): void {
    const { needed, buffer } = this;
    if (failed || (needed === null && buffer.length === 0)) return;
    const partial = buffer.take(buffer.length);
    this.fail(
      new DecodeError(
        "a frame",
        needed === null
          ? "the bytes end within its length"
          : `the bytes end after ${partial.length} of its ${needed} bytes`,
        "what was read is in `partial`",
        partial,
      ),
    );
  }
}
