/**
 * The chat's side of the model server's interface. Any OpenAI-compatible server will do; the built-in one is reached
 * in the same way.
 */
import {
  currentScheduler,
  isCancelled,
  moveOnAfter,
  type Operation,
  scope,
  until,
  use,
  type Wait,
} from "@skein/coroutine";
import { from } from "@skein/stream";
import type { Message } from "../protocol.ts";
import { COMPLETION_HEADER } from "../upstream/app.ts";
import { Assembly } from "./assembly.ts";
import { readChunk } from "./chunk.ts";
import { connectionFailure, garbage, type Phase, Stalled, statusFailure } from "./failure.ts";

/** A whole answer in one piece is never larger. */
const WHOLE_LIMIT_BYTES = 2 * 1024 * 1024;
/** What a server says of an error or a count is never larger. */
const NOTE_LIMIT_BYTES = 64 * 1024;
/** How long what a server says of an error is waited for, in milliseconds; its status is known by then. */
const ERROR_WAIT_MS = 1_000;

/** A model server. */
export interface ModelServer {
  /** Its base URL, without a slash at the end. */
  readonly url: string;
  /** What it is called towards people. */
  readonly label: string;
  readonly apiKey: string | undefined;
  /** It has said nothing for so long: it has stalled. */
  readonly stallMs: number;
  /** True for the built-in one, which can always tell how many tokens it computed. */
  readonly builtIn: boolean;
}

/** What is heard of an answer while it comes. */
export interface Listener {
  /** The next piece, never an empty one. */
  onText(text: string): void;
  /** The server has said that it can tell how many tokens it computes. */
  onCounting(): void;
}

export interface Ask {
  /** A name of our own for the completion, for asking later how far the model got. */
  readonly id: string;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly seed: number | undefined;
}

export interface Answered {
  /** `stop`, `length`, or whatever else the server says. */
  readonly finishReason: string;
  /** How many tokens the server says that the answer has; undefined if it does not say. */
  readonly tokens: number | undefined;
}

/**
 * Asks for an answer and passes its pieces on as they come. Cancelling it closes the connection at once.
 *
 * @throws {Failure} with what a person can do about it; {@link Stalled} after `stallMs` of silence
 */
export function* ask(server: ModelServer, question: Ask, listener: Listener): Generator<Wait, Answered, unknown> {
  let answered: Answered | undefined;
  yield* scope(function* (watch) {
    // One timer for the whole exchange, moved on with each sign of life.
    const alive = () => {
      watch.deadlineMs = currentScheduler().now() + server.stallMs;
    };
    alive();
    const response = yield* network(
      server,
      "asking",
      open(`${server.url}/chat/completions`, requestOf(server, question)),
    );
    alive();
    if (!response.ok) {
      // The status has decided: a stall from here on would only hide it.
      watch.deadlineMs = Number.POSITIVE_INFINITY;
      throw statusFailure(server.label, response.status, yield* errorOf(server, response));
    }
    if (response.headers.get(COMPLETION_HEADER) === question.id) listener.onCounting();
    answered = yield* read(server, response, listener, alive);
  });
  if (answered === undefined) throw new Stalled(server.label, server.stallMs);
  return answered;
}

/**
 * How many tokens the model has computed for a completion, delivered or not.
 *
 * @returns undefined if the server cannot tell
 */
export function* computedTokens(server: ModelServer, id: string): Generator<Wait, number | undefined, unknown> {
  const response = yield* open(`${server.url}/skein/completions/${id}`, { headers: authorization(server) });
  // A request that was taken back before the server began with it has cost nothing.
  if (response.status === 404 && server.builtIn) return 0;
  const answer = JSON.parse((yield* textOf(response, NOTE_LIMIT_BYTES)) ?? "{}") as { computed?: unknown };
  return typeof answer.computed === "number" ? answer.computed : undefined;
}

/**
 * Sends a request for the rest of the block. Taken as a resource, because a cancel that comes just as the answer begins
 * would otherwise lose the answer and leave its connection open: the model would go on, and nobody would read.
 */
function open(url: string, init: RequestInit): Operation<Response> {
  return use({
    acquire: () => until((signal) => fetch(url, { ...init, signal })),
    release: async ({ body }) => {
      // Whoever was reading has stopped by now. A body that has failed says so again, which is no news.
      if (!body?.locked) await body?.cancel().catch(() => {});
    },
  });
}

function requestOf(server: ModelServer, question: Ask): RequestInit {
  const { id, model, messages, temperature, maxTokens, seed } = question;
  const body = {
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    max_tokens: maxTokens,
    seed,
  };
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      [COMPLETION_HEADER]: id,
      ...authorization(server),
    },
    body: JSON.stringify(body),
  };
}

function authorization({ apiKey }: ModelServer): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

function* read(
  server: ModelServer,
  response: Response,
  listener: Listener,
  alive: () => void,
): Generator<Wait, Answered, unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (/\bhtml\b/i.test(type)) throw garbage(server.label, "a web page");
  if (/\bjson\b/i.test(type)) return yield* readWhole(server, response, listener, alive);

  const assembly = new Assembly(server, listener);
  if (response.body === null) throw garbage(server.label, "nothing");
  const bytes = yield* use(from(response.body).reader());
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = yield* network(server, "answering", bytes.next());
    alive();
    if (done) return assembly.ended();
    assembly.feed(decoder.decode(value, { stream: true }));
    if (assembly.complete) return assembly.ended();
  }
}

/** A server that does not stream sends the answer in one piece. */
function* readWhole(
  server: ModelServer,
  response: Response,
  listener: Listener,
  alive: () => void,
): Generator<Wait, Answered, unknown> {
  const text = yield* network(server, "answering", textOf(response, WHOLE_LIMIT_BYTES, alive));
  if (text === undefined) throw garbage(server.label, "an endless body");
  const chunk = readChunk(text);
  if (chunk === undefined) throw garbage(server.label, "other JSON");
  if (chunk.error !== undefined) throw statusFailure(server.label, response.status, chunk.error);
  if (chunk.text !== "") listener.onText(chunk.text);
  return { finishReason: chunk.finishReason ?? "stop", tokens: chunk.tokens };
}

/** What a server says of an error; nothing if its body does not come in time, breaks off, or is no such thing. */
function* errorOf({ stallMs }: ModelServer, response: Response): Generator<Wait, string, unknown> {
  try {
    const text = yield* moveOnAfter(Math.min(ERROR_WAIT_MS, stallMs), () => textOf(response, NOTE_LIMIT_BYTES));
    return (text !== undefined && readChunk(text)?.error) || "";
  } catch (error) {
    if (isCancelled(error)) throw error;
    return "";
  }
}

/**
 * Reads a body to its end.
 *
 * @param alive called with each piece of it
 * @returns undefined if it is larger than `limitBytes`, of which no more is kept
 */
function* textOf(
  response: Response,
  limitBytes: number,
  alive: () => void = () => {},
): Generator<Wait, string | undefined, unknown> {
  if (response.body === null) return "";
  const bytes = yield* use(from(response.body).reader());
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for (;;) {
    const { done, value } = yield* bytes.next();
    alive();
    if (done) return text + decoder.decode();
    sizeBytes += value.byteLength;
    if (sizeBytes > limitBytes) return undefined;
    text += decoder.decode(value, { stream: true });
  }
}

/** Waits for something that the connection gives; an error of it is told in words for people. */
function* network<T>(server: ModelServer, phase: Phase, operation: Operation<T>): Generator<Wait, T, unknown> {
  try {
    return yield* operation;
  } catch (error) {
    throw isCancelled(error) ? error : connectionFailure(server, phase, error);
  }
}
