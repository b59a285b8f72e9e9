import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}

/** A model server that does what a test says. */
export class ScriptedUpstream {
  readonly seen: Seen[] = [];
  readonly #server: Server;

  static async start(script: (response: ServerResponse, seen: Seen) => void): Promise<ScriptedUpstream> {
    const upstream = new ScriptedUpstream(script);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  private constructor(script: (response: ServerResponse, seen: Seen) => void) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (request.url !== "/v1/chat/completions") {
          response.writeHead(404).end();
          return;
        }
        const seen: Seen = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
        this.seen.push(seen);
        script(response, seen);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Begins a stream of events. */
export function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream" });
}

/** One event with a piece of text. */
export function piece(content: string, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
}

export const DONE = "data: [DONE]\n\n";
