import { map, type Stream } from "@skein/stream";
import { toReadableStream } from "@skein/stream/web";

/**
 * A response body from a stream of text, pulled at the client's pace. When the client leaves, the stream is closed,
 * stopped by its peer.
 */
export function bodyOf(text: Stream<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  // No reading ahead: what nobody has asked for is not computed.
  return toReadableStream(text.pipe(map((piece) => encoder.encode(piece))), { strategy: { highWaterMark: 0 } });
}

/** Headers of a response that is written bit by bit: nothing on the way may keep it, pack it or change it. */
export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  // Tells the HTTP library not to wait for a first piece in order to measure it.
  "transfer-encoding": "chunked",
} as const;
