import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Config } from "../src/config.ts";
import { ASK, ChatServer } from "./support/chat-server.ts";
import { DONE, piece, ScriptedUpstream, type Seen, stream } from "./support/scripted-upstream.ts";

/** What a generation comes to with a model server that does this. */
async function outcome(script: (response: ServerResponse, seen: Seen) => void, config: Partial<Config> = {}) {
  await using upstream = await ScriptedUpstream.start(script);
  await using chat = await ChatServer.start({ config: { upstream: upstream.url, ...config } });
  const { text, end } = await chat.answer({ temperature: 0.3, maxTokens: 9, seed: 4 });
  return { text, end: { ...end, reason: end.reason.replace(upstream.url, "URL") }, seen: upstream.seen };
}

const json = (status: number, body: unknown) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

/** Sends text as fast as it is taken, until the other side leaves. */
function endless(response: ServerResponse): void {
  const filler = "x".repeat(2 ** 16);
  const send = () => {
    while (!response.destroyed && response.write(filler));
  };
  response.on("drain", send).write('{"choices":[{"message":{"content":"');
  send();
}

describe("any OpenAI-compatible model server", () => {
  test("gets the request with key and model, and its answer is passed on", async () => {
    const { text, end, seen } = await outcome(
      (response) => stream(response).end(piece("Hel") + piece("lo") + piece("", "stop") + DONE),
      { apiKey: "sk-1", model: "llama" },
    );
    expect(text).toBe("Hello");
    expect(end).toEqual({ status: "done", reason: "stop", tokens: 2 });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer sk-1", "content-type": "application/json" });
    expect(seen[0]?.body).toEqual({
      model: "llama",
      messages: ASK,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.3,
      max_tokens: 9,
      seed: 4,
    });
  });

  test("its own count of tokens is the one that is told", async () => {
    const usage = `data: ${JSON.stringify({ choices: [], usage: { completion_tokens: 42 } })}\n\n`;
    const { end } = await outcome((response) => stream(response).end(piece("Hello", "stop") + usage + DONE));
    expect(end).toEqual({ status: "done", reason: "stop", tokens: 42 });
  });

  test("may cut its bytes anywhere, end lines as it likes, send comments and other fields", async () => {
    const script = `: hello\n\nretry: 5\r\n\r\n${piece("naïve ")}event: x\rid: 7\r${piece("🐋!").trim()}\r\r${piece("", "stop")}${DONE}`;
    const bytes = Buffer.from(script);
    for (const size of [1, 2, 3, 7]) {
      const { text, end } = await outcome((response) => {
        stream(response);
        for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
        response.end();
      });
      expect(text).toBe("naïve 🐋!");
      expect(end.status).toBe("done");
    }
  });

  test("may close after its reason without [DONE], and what comes after [DONE] is not read", async () => {
    expect((await outcome((response) => stream(response).end(piece("Hi", "length")))).end).toMatchObject({
      status: "done",
      reason: "length",
    });
    const { text, end } = await outcome((response) =>
      stream(response).write(`${piece("Hi")}${DONE}${piece("no")}data: {\n\n`),
    );
    expect([text, end.status]).toEqual(["Hi", "done"]);
  });

  test("may answer in one piece", async () => {
    const whole = {
      choices: [{ message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
      usage: { completion_tokens: 3 },
    };
    expect(await outcome(json(200, whole))).toMatchObject({
      text: "Hello",
      end: { status: "done", reason: "stop", tokens: 3 },
    });
  });

  test("is left at once when somebody presses Stop, and what it does not tell is not made up", async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    await using upstream = await ScriptedUpstream.start((response) => {
      response.on("close", left);
      stream(response).write(piece("One") + piece(" two"));
    });
    await using chat = await ChatServer.start({ config: { upstream: upstream.url } });
    const id = await chat.ask();
    await chat.reached(id, 2);
    const end = await chat.stop(id);
    await gone;
    expect(end).toEqual({ status: "stopped", reason: "user", tokens: 2, computedAfterStop: null });
    expect(await chat.state(id)).toMatchObject({ status: "stopped", text: "One two" });
  });

  test("is left whenever Stop comes, also while the answer is only beginning", async () => {
    let asked: () => void = () => {};
    const left: Promise<void>[] = [];
    await using upstream = await ScriptedUpstream.start((response) => {
      left.push(new Promise((resolve) => response.on("close", resolve)));
      stream(response).write(piece("One"));
      asked();
    });
    await using chat = await ChatServer.start({ config: { upstream: upstream.url } });
    for (let turns = 0; turns < 25; turns++) {
      const answering = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const id = await chat.ask();
      await answering;
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      expect((await chat.stop(id)).status).toBe("stopped");
      await left.at(-1);
    }
    expect(left).toHaveLength(25);
  });

  test("a model of the request's own goes before the one that is set", async () => {
    await using upstream = await ScriptedUpstream.start((response) => stream(response).end(piece("x", "stop") + DONE));
    await using chat = await ChatServer.start({ config: { upstream: upstream.url, model: "set" } });
    await chat.answer({ model: "asked" });
    await chat.answer();
    expect(upstream.seen.map(({ body }) => body["model"])).toEqual(["asked", "set"]);
    expect(await (await chat.get("/healthz")).json()).toMatchObject({ model: "set", upstream: upstream.url });
  });
});

// One that falls silent is in stall.test.ts, on a clock of its own.
describe("a model server that fails ends the generation with a reason to act on", () => {
  test.each([
    [
      "401",
      json(401, { error: { message: "Incorrect API key" } }),
      "unauthorized",
      "did not accept the key (401). Set SKEIN_API_KEY to a valid one. It says: Incorrect API key",
    ],
    ["403", json(403, {}), "unauthorized", "did not accept the key (403). Set SKEIN_API_KEY to a valid one."],
    [
      "404",
      json(404, { error: "model 'x' not found" }),
      "refused",
      "has no such model or address (404). See that SKEIN_UPSTREAM ends where its API begins, often in /v1, and that SKEIN_MODEL is one of its models. It says: model 'x' not found",
    ],
    ["429", json(429, {}), "busy", "is busy (429). Wait a moment, then press Retry."],
    [
      "500",
      json(500, { error: { message: "out of memory" } }),
      "refused",
      "has a problem of its own (500). Press Retry. It says: out of memory",
    ],
    [
      "400",
      json(400, { error: { message: "too many tokens" } }),
      "refused",
      "refused the request (400). It says: too many tokens",
    ],
  ])("%s", async (_, script, code, words) => {
    const { text, end } = await outcome(script);
    expect(text).toBe("");
    expect(end).toEqual({ status: "failed", code, reason: `The model server at URL ${words}`, tokens: 0 });
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    [
      "a web page",
      (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hi</h1>"),
      "a web page",
    ],
    ["other JSON", json(200, { hello: 1 }), "other JSON"],
    ["no JSON in its events", (response) => void stream(response).end("data: hello\n\n"), "something else"],
    ["other JSON in its events", (response) => void stream(response).end('data: {"hello":1}\n\n'), "something else"],
    ["bytes without sense", (response) => void response.writeHead(200).end(Buffer.alloc(5_000, 0xfe)), "no events"],
    ["nothing", (response) => void response.writeHead(200).end(), "no events"],
    [
      "an endless line",
      (response) => void stream(response).write("data: ".padEnd(2 ** 20 + 9, "x")),
      "an endless line",
    ],
    [
      "JSON without an end",
      (response) => endless(response.writeHead(200, { "content-type": "application/json" })),
      "an endless body",
    ],
  ])("garbage: %s", async (_, script, seen) => {
    const { end } = await outcome(script);
    expect(end).toEqual({
      status: "failed",
      code: "garbage",
      reason: `The server at URL answered with ${seen}, not with a chat completion. See that SKEIN_UPSTREAM is the base URL of an OpenAI-compatible API.`,
      tokens: 0,
    });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["without an end", (response) => endless(response)],
    ["that is huge", (response) => void response.end(JSON.stringify({ error: "x".repeat(2 ** 16) }))],
    ["that breaks", (response) => void response.write('{"error":', () => void response.destroy())],
    ["that is no JSON", (response) => void response.end("<h1>No</h1>")],
  ])("an error status decides, also with a body %s", async (_, send) => {
    for (const [status, code] of [
      [401, "unauthorized"],
      [429, "busy"],
      [500, "refused"],
    ] as const) {
      const { end } = await outcome((response) =>
        send(response.writeHead(status, { "content-type": "application/json" })),
      );
      expect(end).toMatchObject({ status: "failed", code, reason: expect.stringContaining(`(${status})`) });
      expect(end.reason).not.toContain("It says");
    }
  });

  test("down", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    await new Promise((resolve) => server.close(resolve));
    await using chat = await ChatServer.start({ config: { upstream: url } });
    const { end } = await chat.answer();
    expect(end).toEqual({
      status: "failed",
      code: "unreachable",
      reason: `The model server at ${url} cannot be reached (ECONNREFUSED). Start it, or set SKEIN_UPSTREAM to where it is, then press Retry.`,
      tokens: 0,
    });
  });

  test("closes in the middle: what came is kept", async () => {
    for (const breakOff of [
      (response: ServerResponse) => response.destroy(),
      (response: ServerResponse) => response.end(),
    ]) {
      const { text, end } = await outcome((response) =>
        stream(response).write(piece("Once upon"), () => void breakOff(response)),
      );
      expect(text).toBe("Once upon");
      expect(end).toMatchObject({ status: "failed", code: "cut_off", tokens: 1 });
    }
  });

  test("says so in the middle of its stream", async () => {
    const error = `data: ${JSON.stringify({ error: { message: "CUDA out of memory" } })}\n\n`;
    const { text, end } = await outcome((response) => stream(response).end(piece("Once") + error));
    expect(text).toBe("Once");
    expect(end).toMatchObject({
      status: "failed",
      code: "refused",
      reason: expect.stringContaining("CUDA out of memory"),
      tokens: 1,
    });
  });

  test("its key is in no answer and in no line of the log", async () => {
    await using upstream = await ScriptedUpstream.start(json(401, {}));
    await using chat = await ChatServer.start({ config: { upstream: upstream.url, apiKey: "sk-secret" } });
    const id = await chat.ask();
    const { end } = await chat.read(id);
    const told = JSON.stringify([end, await chat.state(id), await (await chat.get("/healthz")).json(), chat.journal]);
    expect(upstream.seen[0]?.headers.authorization).toBe("Bearer sk-secret");
    expect(told).not.toContain("sk-secret");
  });
});
