/** The bodies of OpenAI's chat completions, as clients expect them. */

import type { Refused } from "../http/refused.ts";
import type { FinishReason } from "../model/answer.ts";

/** What all bodies of one completion have in common. */
export interface Head {
  readonly id: string;
  readonly model: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** One event of a streamed completion. */
export function chunk(
  head: Head,
  delta: { role?: "assistant"; content?: string },
  finishReason: FinishReason | null = null,
): object {
  return {
    ...head,
    object: "chat.completion.chunk",
    system_fingerprint: null,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

/** The extra event before `[DONE]` that `stream_options.include_usage` asks for. */
export function usageChunk(head: Head, usage: Usage): object {
  return { ...head, object: "chat.completion.chunk", system_fingerprint: null, choices: [], usage };
}

/** A completion in one piece. */
export function completion(head: Head, content: string, finishReason: FinishReason, usage: Usage): object {
  return {
    ...head,
    object: "chat.completion",
    system_fingerprint: null,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: finishReason },
    ],
    usage,
  };
}

/** `GET /v1/models`. */
export function modelList(id: string, created: number): object {
  return { object: "list", data: [modelEntry(id, created)] };
}

export function modelEntry(id: string, created: number): object {
  return { id, object: "model", created, owned_by: "skein" };
}

/** An error in OpenAI's shape. */
export function errorBody({ message, code, param, status }: Refused): object {
  const type = status === 429 ? "rate_limit_exceeded" : status >= 500 ? "server_error" : "invalid_request_error";
  return { error: { message, type, param, code } };
}

/** A server-sent event without a name, as OpenAI sends them. */
export function data(body: object | "[DONE]"): string {
  return `data: ${body === "[DONE]" ? body : JSON.stringify(body)}\n\n`;
}
