import type { Message } from "../src/protocol.ts";

/** The server takes 200. An odd number, so that questions and answers in turn begin with a question. */
const MESSAGE_LIMIT = 199;
/** The server takes a body of 1 MiB; what is left is for what stands around the messages. */
const BYTE_LIMIT = 1_000_000;

/** The newest messages of a conversation, as many as the server takes at once; the very newest in any case. */
export function recent(messages: readonly Message[]): Message[] {
  const encoder = new TextEncoder();
  let first = messages.length;
  let size = 0;
  while (first > 0 && messages.length - first < MESSAGE_LIMIT) {
    // As JSON, with its comma: escapes count too.
    size += encoder.encode(JSON.stringify(messages[first - 1])).byteLength + 1;
    if (size > BYTE_LIMIT && first < messages.length) break;
    first--;
  }
  return messages.slice(first);
}
