import { describe, expect, test } from "vitest";
import { ASK, ChatServer, noGaps } from "./support/chat-server.ts";
import { gate } from "./support/gate.ts";
import { eventsOf } from "./support/sse.ts";

describe("a generation", () => {
  test("is started, streamed, and kept", async () => {
    await using chat = await ChatServer.start();
    const response = await chat.post("/api/generations", { messages: ASK, seed: 1, maxTokens: 20, temperature: 0.5 });
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    expect(response.headers.get("location")).toBe(`/api/generations/${id}`);

    const read = await chat.read(id);
    expect(read.ids).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    expect(read.names).toEqual([...Array(20).fill("delta"), "end"]);
    expect(read.end).toEqual({ status: "done", reason: "length", tokens: 20 });
    expect(await chat.state(id)).toEqual({
      id,
      status: "done",
      cursor: 21,
      text: read.text,
      tokens: 20,
      end: read.end,
      model: null,
      messages: ASK,
    });
    expect(chat.journal).toEqual([
      `generation ${id} started: 1 message`,
      `generation ${id}: reader 1 begins after event 0`,
      `generation ${id} is done after 20 tokens (length)`,
    ]);
  });

  test("ends by itself where the model does, and the same seed gives the same text", async () => {
    await using chat = await ChatServer.start();
    const [one, two] = await Promise.all([chat.answer({ seed: 3 }), chat.answer({ seed: 3 })]);
    expect(one.end).toMatchObject({ status: "done", reason: "stop" });
    expect(one.end.tokens).toBe(one.ids.length - 1);
    expect(two.text).toBe(one.text);
  });

  test("its stream's headers keep proxies and caches out of the way", async () => {
    await using chat = await ChatServer.start();
    const response = await chat.stream(await chat.ask({ maxTokens: 1 }));
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await response.text()).toMatch(
      /^retry: 1000\n\nid: 1\nevent: delta\ndata: \{"text":".+"\}\n\nid: 2\nevent: end\ndata: \{.+\}\n\n$/,
    );
  });

  test("many readers get the same events, from wherever each begins", async () => {
    await using chat = await ChatServer.start();
    const id = await chat.ask({ seed: 2, maxTokens: 12 });
    const whole = await chat.read(id);
    for (let cursor = 0; cursor < 13; cursor++) {
      const rest = await chat.read(id, cursor);
      expect(rest.ids).toEqual(whole.ids.slice(cursor));
      expect(whole.text.endsWith(rest.text)).toBe(true);
    }
    const live = await chat.ask({ seed: 2, maxTokens: 12 });
    const readers = await Promise.all(Array.from({ length: 20 }, () => chat.read(live)));
    for (const reader of readers) expect(reader).toEqual(whole);
  });

  test("Last-Event-ID is newer than the address, and whoever has the end is told that nothing is to come", async () => {
    await using chat = await ChatServer.start();
    const id = await chat.ask({ maxTokens: 3 });
    await chat.read(id);
    const events = eventsOf(await chat.stream(id, 0, { headers: { "last-event-id": "3" } }));
    expect((await events.next()).value).toMatchObject({ id: "4", event: "end" });
    await events.return();
    expect((await chat.stream(id, 4)).status).toBe(204);
    expect((await chat.stream(id, undefined, { headers: { "last-event-id": "4" } })).status).toBe(204);
  });

  test("goes on when its reader leaves, and another reader goes on from there without gap or repeat", async () => {
    const model = gate();
    await using chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const id = await chat.ask({ seed: 5, maxTokens: 10 });
    const leaving = new AbortController();
    const events = eventsOf(await chat.stream(id, 0, { signal: leaving.signal }));
    model.allow(4);
    const first: string[] = [];
    for (let n = 0; n < 4; n++) first.push(JSON.parse((await events.next()).value?.data ?? "").text);
    leaving.abort();
    await expect(events.next()).rejects.toThrow();
    await chat.until((line) => line.includes("reader 1 left"));
    expect(chat.journal.at(-1)).toBe(`generation ${id}: reader 1 left; the generation goes on`);
    expect(await chat.state(id)).toMatchObject({ status: "running", cursor: 4, text: first.join("") });

    const rest = chat.read(id, 4);
    model.open();
    const { ids, text, end } = await rest;
    expect(ids).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(end).toMatchObject({ status: "done", tokens: 10 });
    expect((await chat.state(id)).text).toBe(first.join("") + text);
  });
});

describe("Stop", () => {
  test("ends the model: what the gate still holds back is never computed", async () => {
    const model = gate();
    await using chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const id = await chat.ask();
    const reading = chat.read(id);
    model.allow(5);
    await chat.reached(id, 5);
    const stopped = await chat.stop(id);
    model.open();
    expect(stopped).toEqual({ status: "stopped", reason: "user", tokens: 5, computedAfterStop: 0 });
    const read = await reading;
    expect(read.ids).toEqual([1, 2, 3, 4, 5, 6]);
    expect(read.end).toEqual(stopped);
    expect(chat.journal).toContain(`generation ${id} was stopped by the user after 5 tokens; computed after Stop: 0`);
  });

  test("at its own pace the model computes one more token at most, however many generations there are", async () => {
    await using chat = await ChatServer.start({ upstream: { paceOf: noGaps } });
    const ends = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const id = await chat.ask({ seed: n });
        await chat.reached(id, 1 + n);
        return chat.stop(id);
      }),
    );
    for (const end of ends) {
      if (end.status === "done") continue;
      expect(end.status).toBe("stopped");
      expect(end.computedAfterStop).toBeLessThanOrEqual(1);
    }
    expect(ends.filter((end) => end.status === "stopped").length).toBeGreaterThan(10);
  });

  test("before the first token", async () => {
    const model = gate();
    await using chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const id = await chat.ask();
    expect(await chat.stop(id)).toEqual({ status: "stopped", reason: "user", tokens: 0, computedAfterStop: 0 });
    expect((await chat.read(id)).names).toEqual(["end"]);
  });

  test("twice, and after the end, tells how it ended", async () => {
    const model = gate();
    await using chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const id = await chat.ask();
    const [one, two] = await Promise.all([chat.stop(id), chat.stop(id)]);
    expect(two).toEqual(one);
    expect(await chat.stop(id)).toEqual(one);
    expect((await chat.read(id)).names).toEqual(["end"]);
    model.open();
    const done = await chat.ask({ maxTokens: 2 });
    const { end } = await chat.read(done);
    expect(await chat.stop(done)).toEqual(end);
    expect(end.status).toBe("done");
  });

  test("ends one generation and no other", async () => {
    const model = gate();
    await using chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const [one, two] = [await chat.ask(), await chat.ask({ maxTokens: 3 })];
    await chat.stop(one);
    model.open();
    expect((await chat.read(two)).end).toEqual({ status: "done", reason: "length", tokens: 3 });
  });
});

describe("bounds", () => {
  test("one generation too many is told to come back, and may when one has ended", async () => {
    const model = gate();
    await using chat = await ChatServer.start({
      upstream: { settle: model.settle },
      limits: { running: 2, kept: 10, keptMs: 1e6 },
    });
    const first = await chat.ask();
    await chat.ask();
    const refused = await chat.post("/api/generations", { messages: ASK });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(await refused.json()).toEqual({
      error: { code: "too_many_generations", message: expect.stringMatching(/^2 answers/) },
    });
    await chat.stop(first);
    await chat.ask();
    expect(await (await chat.get("/healthz")).json()).toMatchObject({ status: "ready", running: 2 });
  });

  test("ended generations are kept up to a number, the newest", async () => {
    await using chat = await ChatServer.start({ limits: { running: 5, kept: 2, keptMs: 1e6 } });
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) {
      ids.push(await chat.ask({ maxTokens: 1 }));
      await chat.read(ids[n] as string);
    }
    const last = await chat.ask({ maxTokens: 1 });
    const statuses = await Promise.all(
      [...ids, last].map(async (id) => (await chat.get(`/api/generations/${id}`)).status),
    );
    expect(statuses).toEqual([404, 404, 200, 200, 200]);
  });

  test("and for a time", async () => {
    await using chat = await ChatServer.start({ limits: { running: 5, kept: 9, keptMs: 0 } });
    const id = await chat.ask({ maxTokens: 1 });
    await chat.read(id);
    await chat.ask({ maxTokens: 1 });
    expect((await chat.get(`/api/generations/${id}`)).status).toBe(404);
  });
});

describe("shutdown", () => {
  test("ends what runs, tells its readers, and closes", async () => {
    const model = gate();
    const chat = await ChatServer.start({ upstream: { settle: model.settle } });
    const id = await chat.ask();
    const reading = chat.read(id);
    model.allow(3);
    await chat.reached(id, 3);
    await chat.end();
    expect((await reading).end).toEqual({ status: "stopped", reason: "shutdown", tokens: 3, computedAfterStop: 0 });
    expect(chat.journal).toContain(`generation ${id} was ended by the shutdown after 3 tokens; computed after Stop: 0`);
    await expect(chat.get("/healthz")).rejects.toThrow();
  });
});
