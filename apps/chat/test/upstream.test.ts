import type { Hono } from "hono";
import { beforeEach, describe, expect, test } from "vitest";
import { tokenize } from "../src/model/tokenize.ts";
import { createUpstream, MODEL_ID } from "../src/upstream/app.ts";
import { model, noGaps } from "./support/chat-server.ts";
import { collect, eventsOf } from "./support/sse.ts";

const MESSAGES = [{ role: "user", content: "What about the whale?" }];

let app: Hono;
beforeEach(() => {
  app = createUpstream({ model, paceOf: noGaps, clock: () => 1_700_000_000 });
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  app.request("/chat/completions", {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

async function streamed(body: object) {
  const response = await post({ messages: MESSAGES, stream: true, seed: 1, ...body });
  const events = (await collect(eventsOf(response))).map(({ data }) => data);
  const chunks = events.slice(0, -1).map((data) => JSON.parse(data));
  return { response, chunks, last: events.at(-1) };
}

describe("a completion in one piece", () => {
  test("has OpenAI's shape, and counts what it computed", async () => {
    const response = await post({ messages: MESSAGES, seed: 1, model: MODEL_ID });
    expect(response.status).toBe(200);
    const body = await response.json();
    expect(body).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      created: 1_700_000_000,
      model: MODEL_ID,
      choices: [{ index: 0, message: { role: "assistant" }, finish_reason: "stop" }],
    });
    const { usage, choices } = body;
    expect(usage.prompt_tokens).toBe(tokenize("What about the whale?").length);
    expect(usage.completion_tokens).toBeGreaterThan(50);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(choices[0].message.content.length).toBeGreaterThan(100);
  });

  test("max_tokens and max_completion_tokens cut it, and it says so", async () => {
    for (const limit of [{ max_tokens: 7 }, { max_completion_tokens: 7 }]) {
      const { usage, choices } = await (await post({ messages: MESSAGES, ...limit })).json();
      expect(usage.completion_tokens).toBe(7);
      expect(choices[0].finish_reason).toBe("length");
    }
  });

  test("content may be a list of text parts", async () => {
    const content = [
      { type: "text", text: "What about" },
      { type: "text", text: "the whale?" },
    ];
    const response = await post({ messages: [{ role: "user", content }], max_tokens: 3 });
    expect(response.status).toBe(200);
  });
});

describe("a streamed completion", () => {
  test("opens with the role, has a chunk a token, closes with the reason and [DONE]", async () => {
    const { response, chunks, last } = await streamed({});
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(last).toBe("[DONE]");
    expect(chunks[0].choices[0].delta).toEqual({ role: "assistant", content: "" });
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(new Set(chunks.map(({ id, object, created }) => `${id} ${object} ${created}`)).size).toBe(1);
    const pieces = chunks.slice(1, -1).map((chunk) => chunk.choices[0].delta.content);
    const whole = await (await post({ messages: MESSAGES, seed: 1 })).json();
    expect(pieces.join("")).toBe(whole.choices[0].message.content);
    expect(pieces).toHaveLength(whole.usage.completion_tokens);
    expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
  });

  test("include_usage adds one chunk without choices before [DONE]", async () => {
    const { chunks } = await streamed({ stream_options: { include_usage: true }, max_tokens: 5 });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 5 } });
    expect(chunks.at(-2).choices[0].finish_reason).toBe("length");
  });

  test("the same seed gives the same answer, no seed another", async () => {
    const text = async (seed?: number) =>
      (await streamed({ seed })).chunks.map((chunk) => chunk.choices[0]?.delta.content).join("");
    expect(await text(4)).toBe(await text(4));
    expect(await text()).not.toBe(await text());
  });
});

describe("who left can ask how far the model got", () => {
  test("and a client that leaves is the end of the work", async () => {
    const response = await post({ messages: MESSAGES, stream: true, seed: 1 }, { "x-skein-completion": "mine-1" });
    expect(response.headers.get("x-skein-completion")).toBe("mine-1");
    const events = eventsOf(response);
    for (let n = 0; n < 4; n++) await events.next();
    await events.return();
    const account = await (await app.request("/skein/completions/mine-1")).json();
    // Four events were read: the role and three tokens. Nobody asked for more.
    expect(account).toEqual({ id: "mine-1", status: "cancelled", computed: 3 });
  });

  test("a completion that went on to its end was computed whole", async () => {
    const { usage } = await (await post({ messages: MESSAGES }, { "x-skein-completion": "mine-2" })).json();
    const account = await (await app.request("/skein/completions/mine-2")).json();
    expect(account).toEqual({ id: "mine-2", status: "done", computed: usage.completion_tokens });
  });

  test("the oldest are forgotten", async () => {
    for (let n = 0; n < 258; n++)
      await (await post({ messages: MESSAGES, max_tokens: 1 }, { "x-skein-completion": `n${n}` })).text();
    expect((await app.request("/skein/completions/n0")).status).toBe(404);
    expect((await app.request("/skein/completions/n257")).status).toBe(200);
  });
});

describe("models", () => {
  test("are listed", async () => {
    const list = await (await app.request("/models")).json();
    expect(list).toEqual({
      object: "list",
      data: [{ id: MODEL_ID, object: "model", created: 1_700_000_000, owned_by: "skein" }],
    });
    expect(await (await app.request(`/models/${MODEL_ID}`)).json()).toEqual(list.data[0]);
  });
});

describe("what is refused", () => {
  const error = async (response: Response) => ({ status: response.status, ...(await response.json()) });

  test.each([
    ["no body", "", 400, "no_body", null],
    ["no JSON", "{", 400, "bad_json", null],
    ["no object", '"hello"', 400, "bad_request", null],
    ["a list", "[]", 400, "bad_request", "messages"],
    ["no messages", {}, 400, "bad_request", "messages"],
    ["empty messages", { messages: [] }, 400, "bad_request", "messages"],
    ["a message that is no object", { messages: ["hi"] }, 400, "bad_request", "messages.0"],
    ["an unknown role", { messages: [{ role: "robot", content: "" }] }, 400, "bad_request", "messages.0.role"],
    [
      "content that is a number",
      { messages: [{ role: "user", content: 1 }] },
      400,
      "bad_request",
      "messages.0.content",
    ],
    ["a temperature above 2", { messages: MESSAGES, temperature: 3 }, 400, "bad_request", "temperature"],
    ["no tokens", { messages: MESSAGES, max_tokens: 0 }, 400, "bad_request", "max_tokens"],
    ["a fractional seed", { messages: MESSAGES, seed: 0.5 }, 400, "bad_request", "seed"],
    ["two answers", { messages: MESSAGES, n: 2 }, 400, "bad_request", "n"],
    ["a stop sequence", { messages: MESSAGES, stop: "\n" }, 400, "bad_request", "stop"],
    ["stop sequences", { messages: MESSAGES, stop: ["a", "b"] }, 400, "bad_request", "stop"],
    ["an unknown model", { messages: MESSAGES, model: "gpt-9" }, 404, "model_not_found", "model"],
    ["too much", { messages: [{ role: "user", content: "x".repeat(2 ** 20) }] }, 413, "too_large", null],
  ])("%s", async (_, body, status, code, param) => {
    expect(await error(await post(body))).toEqual({
      status,
      error: { message: expect.stringMatching(/\S/), type: "invalid_request_error", code, param },
    });
  });

  test("but not fields that ask for nothing special", async () => {
    for (const plain of [
      { n: 1, stop: [] },
      { n: null, stop: null },
    ]) {
      expect((await post({ messages: MESSAGES, max_tokens: 1, ...plain })).status).toBe(200);
    }
  });

  test("other addresses and methods", async () => {
    expect(await error(await app.request("/nothing"))).toMatchObject({ status: 404, error: { code: "unknown_url" } });
    expect(await error(await app.request("/chat/completions"))).toMatchObject({
      status: 405,
      error: { code: "method_not_allowed" },
    });
    expect(await error(await app.request("/models/gpt-9"))).toMatchObject({
      status: 404,
      error: { code: "model_not_found" },
    });
    expect(await error(await app.request("/skein/completions/x"))).toMatchObject({
      status: 404,
      error: { type: "invalid_request_error" },
    });
  });

  test("a completion name that is taken, or no name", async () => {
    await (await post({ messages: MESSAGES, max_tokens: 1 }, { "x-skein-completion": "a" })).text();
    for (const name of ["a", "a b", "x".repeat(81)]) {
      expect(await error(await post({ messages: MESSAGES }, { "x-skein-completion": name }))).toMatchObject({
        status: 400,
        error: { code: "bad_completion_id" },
      });
    }
  });

  test("a completion too many, until one has ended", async () => {
    const open = await Promise.all(
      Array.from({ length: 64 }, async () => eventsOf(await post({ messages: MESSAGES, stream: true }))),
    );
    for (const events of open) for (let n = 0; n < 2; n++) await events.next();
    expect(await error(await post({ messages: MESSAGES }))).toMatchObject({
      status: 429,
      error: { type: "rate_limit_exceeded" },
    });
    await open[0]?.return();
    expect((await post({ messages: MESSAGES, max_tokens: 1 })).status).toBe(200);
    for (const events of open) await events.return();
  });
});
