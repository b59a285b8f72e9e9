import { Expand } from "../operators/expand.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";

/** How bytes become text. */
export interface DecodeTextOptions {
  /** What the bytes are, by a label of the Encoding Standard. Default `"utf-8"`. */
  readonly encoding?: string | undefined;
  /** True: bytes that are no text throw a TypeError; false (the default): they become U+FFFD. */
  readonly fatal?: boolean | undefined;
}

/**
 * Bytes as text. A character whose bytes are split between chunks comes out whole.
 *
 * @param options What the bytes are, and what becomes of those that are no text.
 * @throws {RangeError} If the encoding is unknown.
 * @throws {TypeError} In the run, with `fatal`, at bytes that are no text.
 * @example
 * ```ts
 * import { decodeText, from } from "@skein/stream";
 *
 * const bytes = new TextEncoder().encode("café");
 * const chunks = from([bytes.subarray(0, 4), bytes.subarray(4)]); // cut in the middle of the é
 * console.log(await chunks.pipe(decodeText()).toArray()); // [ 'caf', 'é' ]
 * ```
 */
export function decodeText(options: DecodeTextOptions = {}): Operator<Uint8Array, string> {
  const { encoding = "utf-8", fatal = false } = options;
  const make = (): TextDecoder => new TextDecoder(encoding, { fatal });
  make();
  return (up) => stream((host, sink) => new DecodeText(make(), up, host, sink), up.tasks);
}

class DecodeText extends Expand<Uint8Array, string> {
  private readonly decoder: TextDecoder;
  constructor(decoder: TextDecoder, upstream: Streamable<Uint8Array>, host: Host, sink: Sink<string>) {
    super(upstream, host, sink);
    this.decoder = decoder;
  }
  protected take(bytes: Uint8Array): void {
    this.emit(this.decoder.decode(bytes, { stream: true }));
  }
  protected override flush(failed: boolean): void {
    if (failed && this.decoder.fatal) return; // a character that is cut off is not what went wrong
    try {
      this.emit(this.decoder.decode());
    } catch (error) {
      this.fail(error);
    }
  }
  private emit(text: string): void {
    if (text !== "") this.give(text);
  }
}
