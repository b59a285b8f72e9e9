import { duration } from "../limits.ts";
import { map } from "../operators/map.ts";
import type { Operator } from "../stream.ts";

/** One message of a `text/event-stream`, or a comment, which keeps a connection open. */
export type SseMessage =
  | {
      /** Any text; each of its lines becomes a `data:` line. */
      readonly data: string;
      /** Its type; none: `"message"`. */
      readonly event?: string | undefined;
      /** What a client sends back as `Last-Event-ID`. */
      readonly id?: string | number | undefined;
      /** How long a client is to wait before it connects again, in milliseconds. */
      readonly retryMs?: number | undefined;
    }
  | { readonly comment: string };

/**
 * Messages as text for a `text/event-stream`.
 *
 * @throws {TypeError} In the run, if an `event` or `id` has a line break or a NUL: it could not be read back; or if
 * `data` or a comment is no text. @throws {RangeError} In the run, if `retryMs` is negative or not finite.
 * @example
 * ```ts
 * import { encodeSse, from } from "@skein/stream";
 *
 * const answer = from([{ data: "Call me" }, { event: "end", data: "" }]);
 * for await (const text of answer.pipe(encodeSse())) console.log(JSON.stringify(text));
 * // "data: Call me\n\n" "event: end\ndata: \n\n"
 * ```
 */
export function encodeSse(): Operator<SseMessage, string> {
  return map(encodeSseMessage);
}

/**
 * One message as text.
 *
 * @param message The message, or a comment. A time to wait is rounded up to whole milliseconds.
 * @throws {TypeError | RangeError} As `encodeSse`.
 * @example
 * ```ts
 * import { encodeSseMessage } from "@skein/stream";
 *
 * console.log(JSON.stringify(encodeSseMessage({ id: 7, data: "hello" }))); // "id: 7\ndata: hello\n\n"
 * console.log(JSON.stringify(encodeSseMessage({ comment: "still here" }))); // ": still here\n\n"
 * ```
 */
export function encodeSseMessage(message: SseMessage): string {
  if ("comment" in message) return `${field("", message.comment)}\n`;
  let text = "";
  if (message.event !== undefined) text += `event: ${oneLine("event", message.event)}\n`;
  if (message.id !== undefined) text += `id: ${oneLine("id", String(message.id))}\n`;
  if (message.retryMs !== undefined) text += `retry: ${wholeMs(message.retryMs)}\n`;
  return `${text}${field("data", message.data)}\n`;
}

/** In digits, as a client reads no others. */
function wholeMs(retryMs: number): number {
  duration(retryMs, "have a client wait");
  const ms = Math.ceil(retryMs);
  if (Number.isSafeInteger(ms)) return ms;
  throw new RangeError(`Cannot have a client wait for ${ms} ms: give a finite number of milliseconds.`);
}

const LINE_BREAK = /\r\n|\n|\r/;

function field(name: string, value: string): string {
  if (typeof value !== "string")
    throw new TypeError(`Cannot encode the ${name || "comment"}: it is ${value}, and no text; give a string.`);
  if (!LINE_BREAK.test(value)) return `${name}: ${value}\n`;
  return value
    .split(LINE_BREAK)
    .map((line) => `${name}: ${line}\n`)
    .join("");
}

function oneLine(name: string, value: string): string {
  if (!LINE_BREAK.test(value) && !value.includes("\0")) return value;
  throw new TypeError(
    `Cannot encode the ${name} ${JSON.stringify(value)}: it has a line break or a NUL; leave them out.`,
  );
}
