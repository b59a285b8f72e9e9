import { StreamError } from "../errors.ts";

/** What came cannot be what it should be: it is cut off, or longer than was allowed. */
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
