import { atLeast } from "../limits.ts";
import { Expand } from "../operators/expand.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";
import { DecodeError } from "./decode-error.ts";
import { type SseEvent, type SseListener, SseParser } from "./sse-parser.ts";

/** What `decodeSse` begins with, allows and tells. */
export interface DecodeSseOptions {
  /** The id of the last event of the connection before: that of events until one has its own. Default `""`. */
  readonly lastEventId?: string | undefined;
  /** The most characters an event may have: a whole number of at least 1. Default 16 Mi. */
  readonly maxLength?: number | undefined;
  /** Told how long, in milliseconds, the server asks to wait before connecting again. */
  readonly onRetry?: ((ms: number) => void) | undefined;
  /** Told each comment: servers send some to keep a connection open. */
  readonly onComment?: ((text: string) => void) | undefined;
}

/**
 * Text as the events of a `text/event-stream`, as the HTML standard says, however it is split into chunks. An event
 * that was not finished when the text ends is dropped, also by the standard.
 *
 * @param options What it begins with, allows and tells.
 * @throws {RangeError} If `maxLength` is less than 1, fractional or NaN.
 * @throws {DecodeError} In the run, at an event of more than `maxLength` characters.
 * @example
 * ```ts
 * import { decodeSse, from, map } from "@skein/stream";
 *
 * const text = from(["data: Call me\n\nda", "ta: Ishmael.\n\n"]);
 * const answer = text.pipe(
 *   decodeSse(),
 *   map((event) => event.data),
 * );
 * console.log(await answer.toArray()); // [ 'Call me', 'Ishmael.' ]
 * ```
 */
export function decodeSse(options: DecodeSseOptions = {}): Operator<string, SseEvent> {
  atLeast(1, options.maxLength ?? MAX_LENGTH, "allow events of");
  return (up) => stream((host, sink) => new DecodeSse(options, up, host, sink), up.tasks);
}

const MAX_LENGTH = 2 ** 24;

class DecodeSse extends Expand<string, SseEvent> implements SseListener {
  private readonly options: DecodeSseOptions;
  private readonly parser: SseParser;

  constructor(options: DecodeSseOptions, upstream: Streamable<string>, host: Host, sink: Sink<SseEvent>) {
    super(upstream, host, sink);
    this.options = options;
    this.parser = new SseParser(this, options.lastEventId ?? "");
  }

  protected take(text: string): void {
    this.parser.feed(text);
    const { maxLength = MAX_LENGTH } = this.options;
    if (this.parser.held > maxLength)
      this.fail(new DecodeError("an event", "it does not end", `at most ${maxLength} characters are allowed`));
  }

  event(event: SseEvent): void {
    this.give(event);
  }
  retry(ms: number): void {
    this.options.onRetry?.(ms);
  }
  comment(text: string): void {
    this.options.onComment?.(text);
  }
}
