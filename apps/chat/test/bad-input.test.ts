import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ASK, ChatServer } from "./support/chat-server.ts";

let chat: ChatServer;
let id: string;
beforeAll(async () => {
  chat = await ChatServer.start();
  id = await chat.ask({ maxTokens: 4 });
  await chat.read(id);
});
afterAll(() => chat.end());

async function refusal(path: string, init?: RequestInit) {
  const response = await chat.get(path, init);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

describe("bad input gets a clear answer, and costs nothing", () => {
  test.each<[string, string | undefined, number, string, string]>([
    ["no body", undefined, 400, "no_body", "The request has no body; send a JSON object with messages."],
    ["wrong JSON", '{"messages": [', 400, "bad_json", "The body is not JSON: Unexpected end of JSON input."],
    ["not an object", '"hello"', 400, "bad_request", "must be a JSON object"],
    ["no messages", "{}", 400, "bad_request", "messages: is missing"],
    ["messages that are no list", '{"messages":{}}', 400, "bad_request", "messages: must be a list of messages"],
    ["no message", '{"messages":[]}', 400, "bad_request", "messages: must have at least one message"],
    [
      "too many messages",
      JSON.stringify({ messages: Array(201).fill(ASK[0]) }),
      400,
      "bad_request",
      "messages: must have at most 200 messages",
    ],
    ["a message without a role", '{"messages":[{"content":"hi"}]}', 400, "bad_request", "messages.0.role: is missing"],
    [
      "an unknown role",
      '{"messages":[{"role":"robot","content":"hi"}]}',
      400,
      "bad_request",
      "messages.0.role: must be system, user or assistant",
    ],
    [
      "a message that is not a string",
      '{"messages":[{"role":"user","content":42}]}',
      400,
      "bad_request",
      "messages.0.content: must be a string",
    ],
    [
      "a temperature that is hot",
      JSON.stringify({ messages: ASK, temperature: 2.5 }),
      400,
      "bad_request",
      "temperature: must be at most 2",
    ],
    [
      "half a token",
      JSON.stringify({ messages: ASK, maxTokens: 0.5 }),
      400,
      "bad_request",
      "maxTokens: must be a whole number",
    ],
    ["no token", JSON.stringify({ messages: ASK, maxTokens: 0 }), 400, "bad_request", "maxTokens: must be at least 1"],
    [
      "a seed that is no number",
      JSON.stringify({ messages: ASK, seed: "x" }),
      400,
      "bad_request",
      "seed: must be a number",
    ],
    [
      "a model that is no string",
      JSON.stringify({ messages: ASK, model: 1 }),
      400,
      "bad_request",
      "model: must be a string",
    ],
    [
      "10 MB of JSON",
      JSON.stringify({ messages: [{ role: "user", content: "x".repeat(10 * 2 ** 20) }] }),
      413,
      "too_large",
      "The body is larger than 1048576 bytes; send fewer or shorter messages.",
    ],
  ])("%s", async (_, body, status, code, message) => {
    const before = chat.journal.length;
    expect(await refusal("/api/generations", { method: "POST", ...(body !== undefined && { body }) })).toEqual({
      status,
      code,
      message,
    });
    expect(chat.journal.length).toBe(before);
    expect(await (await chat.get("/healthz")).json()).toMatchObject({ running: 0 });
  });

  test("10 MB that do not say how much they are", async () => {
    const piece = new TextEncoder().encode("x".repeat(2 ** 16));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 160) controller.enqueue(piece);
        else controller.close();
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect(await refusal("/api/generations", init)).toMatchObject({ status: 413, code: "too_large" });
  });

  test.each([
    [
      "a cursor from the future",
      "?cursor=99",
      {},
      "cursor_in_future",
      "cursor is 99, but the newest event is 5; use 0 to read from the start.",
    ],
    [
      "a negative cursor",
      "?cursor=-1",
      {},
      "bad_cursor",
      'cursor must be the number of an event that was seen, 0 for none; it is "-1".',
    ],
    [
      "half a cursor",
      "?cursor=1.5",
      {},
      "bad_cursor",
      'cursor must be the number of an event that was seen, 0 for none; it is "1.5".',
    ],
    [
      "no number",
      "?cursor=x",
      {},
      "bad_cursor",
      'cursor must be the number of an event that was seen, 0 for none; it is "x".',
    ],
    [
      "a Last-Event-ID from the future",
      "",
      { "last-event-id": "6" },
      "cursor_in_future",
      "Last-Event-ID is 6, but the newest event is 5; use 0 to read from the start.",
    ],
  ])("%s", async (_, query, headers, code, message) => {
    expect(await refusal(`/api/generations/${id}/stream${query}`, { headers })).toEqual({ status: 400, code, message });
  });

  test.each([
    ["GET", "/api/generations/nope"],
    ["GET", "/api/generations/nope/stream"],
    ["POST", "/api/generations/nope/stop"],
  ])("an unknown id: %s %s", async (method, path) => {
    expect(await refusal(path, { method })).toEqual({
      status: 404,
      code: "unknown_generation",
      message: 'There is no generation "nope", or it is no longer kept; ask again.',
    });
  });

  test.each([
    ["DELETE", "/healthz", "GET"],
    ["GET", "/api/generations", "POST"],
    ["PUT", "/api/generations/x", "GET"],
    ["POST", "/api/generations/x/stream", "GET"],
    ["GET", "/api/generations/x/stop", "POST"],
  ])("the wrong method: %s %s", async (method, path, allowed) => {
    const response = await chat.get(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allowed);
    expect(await response.json()).toEqual({
      error: { code: "method_not_allowed", message: `Use ${allowed} at this address.` },
    });
  });

  test.each(["/nothing", "/api", "/api/generations/x/y", "/../package.json", "/%2e%2e/package.json"])(
    "an unknown address: %s",
    async (path) => {
      expect(await refusal(path)).toMatchObject({ status: 404, code: "unknown_address" });
    },
  );

  test("a client that leaves while it sends its body is one plain line of the log", async () => {
    await using chat = await ChatServer.start();
    const { hostname, port } = new URL(chat.url);
    const socket = connect(Number(port), hostname);
    socket.write("POST /api/generations HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{", () => socket.destroy());
    await chat.until((line) => line.includes("POST /api/generations"));
    expect(chat.journal).toEqual(["POST /api/generations: the client left while it was sending its body"]);
  });

  test("a page from elsewhere", async () => {
    const init = {
      method: "POST",
      body: JSON.stringify({ messages: ASK }),
      headers: { origin: "https://evil.example" },
    };
    expect(await refusal("/api/generations", init)).toMatchObject({ status: 403, code: "foreign_origin" });
    expect(await refusal(`/api/generations/${id}/stop`, init)).toMatchObject({ status: 403 });
    const own = await chat.get("/api/generations", { ...init, headers: { origin: chat.url } });
    expect(own.status).toBe(201);
    await own.text();
  });
});
