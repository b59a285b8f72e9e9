import type { End, GenerationState, Health, Message, Refusal } from "../src/protocol.ts";

/** A request that was refused, or never answered. The message says what to do. */
class RequestError extends Error {
  /** 0 if the server could not be reached. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "RequestError";
    this.status = status;
  }
}

/** Asks for an answer. @returns the generation's id */
export async function start(messages: readonly Message[]): Promise<string> {
  const { id } = await request<{ id: string }>("POST", "/api/generations", { messages });
  return id;
}

/** Stops a generation and tells how it ended. */
export function stop(id: string): Promise<End> {
  return request("POST", `/api/generations/${encodeURIComponent(id)}/stop`);
}

export function state(id: string): Promise<GenerationState> {
  return request("GET", `/api/generations/${encodeURIComponent(id)}`);
}

export function health(): Promise<Health> {
  return request("GET", "/healthz");
}

async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new RequestError("The chat server cannot be reached. See that it is running, then press Retry.", 0);
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as T;
  throw new RequestError(
    messageOf(answer) ?? `The chat server answered ${response.status}. Press Retry.`,
    response.status,
  );
}

function messageOf(answer: unknown): string | undefined {
  return (answer as Partial<Refusal> | undefined)?.error?.message;
}
