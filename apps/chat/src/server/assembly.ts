import { createParser } from "eventsource-parser";
import { type Chunk, readChunk } from "./chunk.ts";
import { connectionFailure, garbage, upstreamError } from "./failure.ts";
import type { Answered, Listener, ModelServer } from "./model-client.ts";

/** More than this without a line end is no event of a chat completion. */
const EVENT_LIMIT_CHARS = 1024 * 1024;

/** Puts an answer together from the text of its events. */
export class Assembly {
  /** True once `[DONE]` was seen: whatever the server sends after it is not read. */
  complete = false;
  readonly #server: ModelServer;
  readonly #listener: Listener;
  readonly #parser = createParser({
    maxBufferSize: EVENT_LIMIT_CHARS,
    onEvent: ({ data }) => this.#event(data),
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw garbage(this.#server.label, "an endless line");
    },
  });
  #finishReason: string | undefined;
  #tokens: number | undefined;
  #chunks = 0;

  constructor(server: ModelServer, listener: Listener) {
    this.#server = server;
    this.#listener = listener;
  }

  feed(text: string): void {
    this.#parser.feed(text);
  }

  ended(): Answered {
    if (this.#chunks === 0) throw garbage(this.#server.label, "no events");
    if (!this.complete && this.#finishReason === undefined) {
      throw connectionFailure(this.#server, "answering", undefined);
    }
    return { finishReason: this.#finishReason ?? "stop", tokens: this.#tokens };
  }

  #event(data: string): void {
    if (this.complete) return;
    if (data.trim() === "[DONE]") {
      this.complete = true;
      return;
    }
    this.#take(readChunk(data));
  }

  #take(chunk: Chunk | undefined): void {
    if (chunk === undefined) throw garbage(this.#server.label, "something else");
    if (chunk.error !== undefined) {
      throw upstreamError(this.#server.label, chunk.error);
    }
    this.#chunks++;
    this.#finishReason = chunk.finishReason ?? this.#finishReason;
    this.#tokens = chunk.tokens ?? this.#tokens;
    if (chunk.text !== "") this.#listener.onText(chunk.text);
  }
}
