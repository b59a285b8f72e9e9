/** One event of a `text/event-stream`. */
export interface SseEvent {
  /** Its type; `"message"` if it has none. */
  readonly event: string;
  /** Its data, the lines joined by LF. */
  readonly data: string;
  /** The last id that was seen up to it, to be sent as `Last-Event-ID`; `""` if there was none. */
  readonly id: string;
}

/** What a parser tells. */
export interface SseListener {
  event(event: SseEvent): void;
  /** The server asks to wait so long before connecting again. */
  retry(ms: number): void;
  comment(text: string): void;
}

/**
 * The parser of the HTML standard (server-sent events, "interpreting an event stream"), for text in any pieces. Lines
 * end with CR, LF or CRLF; an event that no blank line follows is never given.
 */
export class SseParser {
  private readonly listener: SseListener;
  /** The pieces of the line that has not ended yet. */
  private pieces: string[] = [];
  private piecesLength = 0;
  private isFirst = true;
  /** The last piece ended with a CR: an LF that follows belongs to it. */
  private afterCr = false;
  private type = "";
  private data = "";
  private lastId: string;

  constructor(listener: SseListener, lastId: string) {
    this.listener = listener;
    this.lastId = lastId;
  }

  /** How many characters of an unfinished event it holds. */
  get held(): number {
    return this.piecesLength + this.data.length;
  }

  feed(piece: string): void {
    if (piece === "") return;
    const text = this.isFirst && piece.charCodeAt(0) === 0xfe_ff ? piece.slice(1) : piece;
    this.isFirst = false;
    let from = this.afterCr && text.charCodeAt(0) === 10 ? 1 : 0;
    this.afterCr = false;
    let lf = text.indexOf("\n", from);
    let cr = text.indexOf("\r", from);
    while (lf >= 0 || cr >= 0) {
      const isCr = cr >= 0 && (lf < 0 || cr < lf);
      const at = isCr ? cr : lf;
      this.endLine(text.slice(from, at));
      from = isCr && lf === at + 1 ? at + 2 : at + 1;
      if (isCr && from === text.length && lf < at) this.afterCr = true;
      if (lf >= 0 && lf < from) lf = text.indexOf("\n", from);
      if (cr >= 0 && cr < from) cr = text.indexOf("\r", from);
    }
    if (from < text.length) {
      this.pieces.push(text.slice(from));
      this.piecesLength += text.length - from;
    }
  }

  private endLine(rest: string): void {
    if (this.piecesLength === 0) {
      this.line(rest);
      return;
    }
    const line = this.pieces.join("") + rest;
    this.pieces = [];
    this.piecesLength = 0;
    this.line(line);
  }

  private line(line: string): void {
    if (line === "") {
      this.dispatch();
      return;
    }
    const colon = line.indexOf(":");
    if (colon < 0) this.field(line, "");
    else this.field(line.slice(0, colon), line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1));
  }

  private field(name: string, value: string): void {
    if (name === "data") this.data += `${value}\n`;
    else if (name === "event") this.type = value;
    else if (name === "id") {
      if (!value.includes("\0")) this.lastId = value;
    } else if (name === "retry") {
      if (/^[0-9]+$/.test(value)) this.listener.retry(Number(value));
    } else if (name === "") this.listener.comment(value);
  }

  private dispatch(): void {
    const { data, type, lastId } = this;
    this.data = this.type = "";
    if (data !== "")
      this.listener.event({ event: type === "" ? "message" : type, data: data.slice(0, -1), id: lastId });
  }
}
