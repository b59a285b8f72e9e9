import { type Operation, until } from "@skein/coroutine";
import { vi } from "vitest";
import type { ModelServer } from "../../src/server/model-client.ts";

/** A model server that nobody but the test answers for. */
export const fakeServer: ModelServer = {
  url: "http://model/v1",
  label: "URL",
  apiKey: undefined,
  stallMs: 60_000,
  builtIn: false,
};

/** A request that was sent, and the answer to it, in the test's hands. */
export class Exchange {
  readonly url: string;
  readonly response: Promise<Response>;
  /** True once the client has closed the connection, before the answer or in the middle of it. */
  left = false;
  readonly #body: ReadableStream<Uint8Array>;
  #answer: (response: Response) => void = () => {};
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor(url: string, signal: AbortSignal | null | undefined) {
    this.url = url;
    this.#body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.left = true;
      },
    });
    this.response = new Promise((resolve, reject) => {
      this.#answer = resolve;
      signal?.addEventListener("abort", () => {
        this.left = true;
        reject(signal.reason);
      });
    });
  }

  /** Sends the head of the answer. */
  begin(status = 200, type = "text/event-stream"): void {
    this.#answer(new Response(this.#body, { status, headers: { "content-type": type } }));
  }

  send(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }
}

/**
 * Takes the place of `fetch` until `vi.unstubAllGlobals()`: without a network, nothing is waited for but the test's own
 * clock, and how long a server is silent is the test's to say.
 *
 * @returns the requests, as they come
 */
export function fakeFetch(): readonly Exchange[] {
  const exchanges: Exchange[] = [];
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    const exchange = new Exchange(url, init?.signal);
    exchanges.push(exchange);
    return exchange.response;
  });
  return exchanges;
}

/** Until what has come from the host has been heard, and answered: a few turns of it, and no time. */
export function* heard(): Operation<void> {
  for (let turn = 0; turn < 5; turn++) yield* until(() => new Promise<void>((resolve) => setImmediate(resolve)));
}
