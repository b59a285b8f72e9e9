import { run } from "@skein/coroutine";
import { Hono } from "hono";
import type { Config } from "../../src/config.ts";
import { NgramModel } from "../../src/model/ngram.ts";
import type { End, GenerationState, Message, StartRequest } from "../../src/protocol.ts";
import { Stop } from "../../src/server/generation.ts";
import type { Limits } from "../../src/server/generations.ts";
import { serve } from "../../src/server/serve.ts";
import type { UpstreamOptions } from "../../src/upstream/app.ts";
import { collect, eventsOf } from "./sse.ts";

/** Enough of a book to answer from. */
const BOOK = Array.from(
  { length: 40 },
  (_, n) =>
    `The whale number ${n} swam in the sea and the sea was wide. A captain saw it, and he called the whale by name ${n}.`,
).join("\n\n");

export const model = new NgramModel(BOOK);

export const ASK: readonly Message[] = [{ role: "user", content: "What about the whale?" }];

/** Tokens as fast as they can be computed. */
export function* noGaps(): Generator<number, never, void> {
  for (;;) yield 0;
}

export interface ChatOptions {
  readonly config?: Partial<Config>;
  readonly upstream?: Partial<UpstreamOptions>;
  readonly limits?: Limits;
  readonly page?: Hono;
}

class JournalLines {
  readonly all: string[] = [];
  #waiting: { matches: (line: string) => boolean; resolve: () => void }[] = [];

  add(line: string): void {
    this.all.push(line);
    for (const { matches, resolve } of this.#waiting) if (matches(line)) resolve();
  }

  async until(matches: (line: string) => boolean): Promise<void> {
    if (this.all.some(matches)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ matches, resolve }));
  }
}

/** The whole server in this process, on a free port. */
export class ChatServer {
  readonly url: string;
  readonly #lines: JournalLines;
  readonly #end: () => Promise<void>;

  static async start(options: ChatOptions = {}): Promise<ChatServer> {
    const journal = new JournalLines();
    const config: Config = {
      port: 0,
      portGiven: true,
      host: "127.0.0.1",
      upstream: undefined,
      apiKey: undefined,
      model: undefined,
      stallMs: 60_000,
      ...options.config,
    };
    let ready: (url: string) => void = () => {};
    const url = new Promise<string>((resolve) => {
      ready = resolve;
    });
    const task = run((root) =>
      serve(root, {
        config,
        upstream: { model, paceOf: noGaps, ...options.upstream },
        page: options.page ?? new Hono(),
        journal: (line) => journal.add(line),
        onReady: ready,
        ...(options.limits && { limits: options.limits }),
      }),
    );
    const ended = task.then(
      () => undefined,
      (error: unknown) => error,
    );
    const first = await Promise.race([url, ended]);
    if (typeof first !== "string") throw first;
    return new ChatServer(first, journal, async () => {
      task.cancel(new Stop("shutdown"));
      await ended;
    });
  }

  private constructor(url: string, lines: JournalLines, end: () => Promise<void>) {
    this.url = url;
    this.#lines = lines;
    this.#end = end;
  }

  /** What the server wrote to its log. */
  get journal(): readonly string[] {
    return this.#lines.all;
  }

  /** Waits for a line of the log. */
  until(matches: (line: string) => boolean): Promise<void> {
    return this.#lines.until(matches);
  }

  /** Shuts it down and waits until it is. */
  end(): Promise<void> {
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }

  post(path: string, body?: unknown): Promise<Response> {
    return fetch(this.url + path, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Starts a generation. @returns its id */
  async ask(request: Partial<StartRequest> = {}): Promise<string> {
    const response = await this.post("/api/generations", { messages: ASK, ...request });
    if (response.status !== 201) throw new Error(`Cannot start: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }

  async state(id: string): Promise<GenerationState> {
    return (await (await this.get(`/api/generations/${id}`)).json()) as GenerationState;
  }

  async stop(id: string): Promise<End> {
    return (await (await this.post(`/api/generations/${id}/stop`)).json()) as End;
  }

  stream(id: string, cursor?: number, init?: RequestInit): Promise<Response> {
    return this.get(`/api/generations/${id}/stream${cursor === undefined ? "" : `?cursor=${cursor}`}`, init);
  }

  /** Waits until a generation has so many events, or has ended. */
  async reached(id: string, cursor: number): Promise<void> {
    for await (const event of eventsOf(await this.stream(id))) if (Number(event.id) >= cursor) return;
  }

  /** Reads a generation to its end. */
  async read(id: string, cursor?: number) {
    const events = await collect(eventsOf(await this.stream(id, cursor)));
    return {
      ids: events.map((event) => Number(event.id)),
      names: events.map((event) => event.event),
      text: events.map((event) => (event.event === "delta" ? JSON.parse(event.data).text : "")).join(""),
      end: JSON.parse(events.at(-1)?.data ?? "null") as End,
    };
  }

  /** Asks, and reads to the end. */
  async answer(request?: Partial<StartRequest>) {
    return this.read(await this.ask(request));
  }
}
