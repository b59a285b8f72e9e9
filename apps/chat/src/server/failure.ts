import type { FailureCode } from "../protocol.ts";
import type { ModelServer } from "./model-client.ts";

/** Why the model gave no whole answer. The message is for the person who asked, and says what can be done. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Failure";
    this.code = code;
  }
}

/** The model server said nothing for longer than `SKEIN_STALL_MS`. */
export class Stalled extends Failure {
  readonly stallMs: number;

  constructor(upstream: string, stallMs: number, options?: ErrorOptions) {
    const silence = stallMs >= 1_000 ? `${Math.round(stallMs / 100) / 10} seconds` : `${stallMs} milliseconds`;
    super(
      "stalled",
      `Stalled: the model server at ${upstream} has said nothing for ${silence}. Press Retry; if it is only slow, raise SKEIN_STALL_MS.`,
      options,
    );
    this.name = "Stalled";
    this.stallMs = stallMs;
  }
}

/** How far a request had come when its connection failed. */
export type Phase = "asking" | "answering";

/** What became of a request that was never answered, or whose answer broke off. */
export function connectionFailure(server: ModelServer, phase: Phase, error: unknown): Failure {
  const { label, stallMs } = server;
  const code = codeOf(error);
  // The platform has time limits of its own.
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT")
    return new Stalled(label, stallMs, { cause: error });
  if (phase === "answering") {
    return new Failure(
      "cut_off",
      `The model server at ${label} closed the connection in the middle of the answer. Press Retry.`,
      {
        cause: error,
      },
    );
  }
  return new Failure(
    "unreachable",
    `The model server at ${label} cannot be reached (${code ?? (error as Error).message}). Start it, or set SKEIN_UPSTREAM to where it is, then press Retry.`,
    { cause: error },
  );
}

/** What an answer with an error status means. */
export function statusFailure(upstream: string, status: number, said: string): Failure {
  const words = said === "" ? "" : ` It says: ${shorten(said)}`;
  if (status === 401 || status === 403) {
    return new Failure(
      "unauthorized",
      `The model server at ${upstream} did not accept the key (${status}). Set SKEIN_API_KEY to a valid one.${words}`,
    );
  }
  if (status === 404) {
    return new Failure(
      "refused",
      `The model server at ${upstream} has no such model or address (404). See that SKEIN_UPSTREAM ends where its API begins, often in /v1, and that SKEIN_MODEL is one of its models.${words}`,
    );
  }
  if (status === 429)
    return new Failure(
      "busy",
      `The model server at ${upstream} is busy (429). Wait a moment, then press Retry.${words}`,
    );
  if (status >= 500)
    return new Failure(
      "refused",
      `The model server at ${upstream} has a problem of its own (${status}). Press Retry.${words}`,
    );
  return new Failure("refused", `The model server at ${upstream} refused the request (${status}).${words}`);
}

/** The stream of the answer brings an error. */
export function upstreamError(upstream: string, said: string): Failure {
  return new Failure(
    "refused",
    `The model server at ${upstream} gave up in the middle of the answer. It says: ${shorten(said)}`,
  );
}

/** The answer is not what a model server of this kind sends. */
export function garbage(upstream: string, seen: string): Failure {
  return new Failure(
    "garbage",
    `The server at ${upstream} answered with ${seen}, not with a chat completion. See that SKEIN_UPSTREAM is the base URL of an OpenAI-compatible API.`,
  );
}

function shorten(said: string): string {
  return said.length > 300 ? `${said.slice(0, 300)}…` : said;
}

function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string") return code;
    // Several addresses were tried; the first says enough.
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}
