import { StreamError } from "../errors.ts";

/**
 * What came cannot be what it should be: it is cut off, or longer than was allowed. `decodeFrames`, `decodeDelimited`
 * and `decodeSse` throw it in the run.
 *
 * @example
 * ```ts
 * import { DecodeError, decodeFrames, from } from "@skein/stream";
 *
 * const cutOff = from([Uint8Array.of(3, 7, 8)]); // one byte of three is missing
 * try {
 *   await cutOff.pipe(decodeFrames({ lengthBytes: 1 })).drain();
 * } catch (error) {
 *   if (error instanceof DecodeError) console.log(error.code, error.partial?.length); // STREAM_DECODE 2
 * }
 * ```
 */
export class DecodeError extends StreamError {
  /** What was read of it, if it was cut off. */
  readonly partial: Uint8Array | undefined;
  constructor(what: string, state: string, instead: string, partial?: Uint8Array) {
    super("STREAM_DECODE", `Cannot decode ${what}: ${state}; ${instead}.`);
    this.partial = partial;
  }
  override get name(): string {
    return "DecodeError";
  }
}
