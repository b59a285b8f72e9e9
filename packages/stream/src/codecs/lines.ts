import { Expand } from "../operators/expand.ts";
import type { Host, Sink, Streamable } from "../source.ts";
import { type Operator, stream } from "../stream.ts";

/**
 * Text as its lines, without their ends (LF or CRLF), however it is split into chunks. The last line is given also
 * if nothing ends it, unless it is empty. A line may have any length: it is held until it ends.
 *
 * @example
 * ```ts
 * import { from, lines } from "@skein/stream";
 *
 * const chunks = from(["Call me\nIsh", "mael.\r\nSome years"]);
 * console.log(await chunks.pipe(lines()).toArray()); // [ 'Call me', 'Ishmael.', 'Some years' ]
 * ```
 */
export function lines(): Operator<string, string> {
  return (up) => stream((host, sink) => new Lines(up, host, sink), up.tasks);
}

class Lines extends Expand<string, string> {
  /** The pieces of the line that has not ended yet: joined once, or a long line would cost its square. */
  private pieces: string[];

  constructor(upstream: Streamable<string>, host: Host, sink: Sink<string>) {
    super(upstream, host, sink);
    this.pieces = [];
  }

  protected take(text: string): void {
    let from = 0;
    for (let to = text.indexOf("\n"); to >= 0; to = text.indexOf("\n", from)) {
      this.pieces.push(text.slice(from, to));
      this.giveLine();
      from = to + 1;
    }
    if (from < text.length) this.pieces.push(text.slice(from));
  }

  protected override flush(): void {
    if (this.pieces.length > 0) this.giveLine();
  }

  private giveLine(): void {
    const line = this.pieces.length === 1 ? (this.pieces[0] as string) : this.pieces.join("");
    this.pieces = [];
    this.give(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
