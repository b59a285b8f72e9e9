import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { ASK, ChatServer } from "./support/chat-server.ts";
import { Spawned } from "./support/spawned.ts";
import { collect, eventsOf } from "./support/sse.ts";

async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

describe("the built server", () => {
  test("says where it is, and serves the page, the model and the chat", async () => {
    await using server = new Spawned({ PORT: "0" });
    const url = await server.url();
    const page = await fetch(url);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain("<title>Skein chat</title>");
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files) {
      const response = await fetch(url + file);
      expect([file, response.status, response.headers.get("cache-control")]).toEqual([
        file,
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(await response.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    }
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({
      status: "ready",
      model: "moby-dick-4gram",
      upstream: "built-in",
      running: 0,
    });
    expect((await (await fetch(`${url}/v1/models`)).json()).data[0].id).toBe("moby-dick-4gram");
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends an answer that is being written, tells its reader, and exits 0",
    async (signal) => {
      await using server = new Spawned({ PORT: "0" });
      const url = await server.url();
      const started = await fetch(`${url}/api/generations`, {
        method: "POST",
        body: JSON.stringify({ messages: ASK }),
      });
      const { id } = (await started.json()) as { id: string };
      const events = eventsOf(await fetch(`${url}/api/generations/${id}/stream`));
      await events.next();
      server.signal(signal);
      server.signal(signal); // a terminal and the program that started it may both pass it on
      const rest = await collect(events);
      expect(JSON.parse(rest.at(-1)?.data ?? "")).toMatchObject({ status: "stopped", reason: "shutdown" });
      expect(await server.exit()).toEqual({ code: 0, signal: null });
      expect(server.output).toContain(`generation ${id} was ended by the shutdown`);
      expect(server.output.trimEnd()).toMatch(/goodbye$/);
    },
  );

  test("exits 0 also while a client holds a connection open and a model server is silent", async () => {
    const { server: silent, port } = await taken();
    await using server = new Spawned({ PORT: "0", SKEIN_UPSTREAM: `http://127.0.0.1:${port}/v1` });
    const url = await server.url();
    const started = await fetch(`${url}/api/generations`, { method: "POST", body: JSON.stringify({ messages: ASK }) });
    const { id } = (await started.json()) as { id: string };
    const reading = await fetch(`${url}/api/generations/${id}/stream`);
    server.signal("SIGTERM");
    expect(await reading.text()).toContain('"reason":"shutdown"');
    expect(await server.exit()).toEqual({ code: 0, signal: null });
    silent.closeAllConnections();
    silent.close();
  });

  test("goes on, and ends in order, when nobody reads its output any more", async () => {
    await using server = new Spawned({ PORT: "0" });
    const url = await server.url();
    server.closeOutput();
    const body = JSON.stringify({ messages: ASK, maxTokens: 2 });
    for (let n = 0; n < 3; n++) {
      const response = await fetch(`${url}/api/generations`, { method: "POST", body });
      const { id } = (await response.json()) as { id: string };
      expect(await (await fetch(`${url}/api/generations/${id}/stream`)).text()).toContain("event: end");
    }
    server.signal("SIGTERM");
    expect(await server.exit()).toEqual({ code: 0, signal: null });
  });

  test("a PORT that was asked for and is taken: a clear error, and exit 1", async () => {
    const { server: other, port } = await taken();
    await using server = new Spawned({ PORT: String(port) });
    expect(await server.exit()).toEqual({ code: 1, signal: null });
    expect(server.output.trim().split("\n").at(-1)).toBe(
      `Cannot listen on 127.0.0.1:${port}: the port is taken; stop the program that has it, or set PORT to a free one.`,
    );
    other.close();
  });

  test.each([
    [{ PORT: "http" }, "Cannot use PORT=http: it must be a whole number from 0 to 65535."],
    [
      { HOST: "no host" },
      "Cannot use HOST=no host: it must be an address or a host name, such as 127.0.0.1, ::1 or localhost.",
    ],
    [
      { PORT: "0", HOST: "192.0.2.1" },
      "Cannot listen on 192.0.2.1:0: this machine does not have the address; set HOST to one that it has, such as 127.0.0.1.",
    ],
    [
      { SKEIN_UPSTREAM: "llama" },
      "Cannot use SKEIN_UPSTREAM=llama: it must be an http or https URL, such as http://127.0.0.1:11434/v1.",
    ],
  ])("%o: a clear error, and exit 1", async (env, message) => {
    await using server = new Spawned(env);
    expect(await server.exit()).toEqual({ code: 1, signal: null });
    expect(server.output.trim().split("\n").at(-1)).toBe(message);
  });
});

describe("without PORT", () => {
  test("the next free port is taken", async () => {
    const { server: other, port } = await taken();
    await using chat = await ChatServer.start({ config: { port, portGiven: false } });
    const found = Number(new URL(chat.url).port);
    expect(found).toBeGreaterThan(port);
    expect(found).toBeLessThanOrEqual(port + 50);
    expect((await chat.get("/healthz")).status).toBe(200);
    other.close();
  });

  test("HOST=::1 works where the machine has it", async () => {
    const chat = await ChatServer.start({ config: { host: "::1" } }).catch((error: Error) => error);
    if (chat instanceof Error) return expect(chat.message).toContain("this machine does not have the address");
    expect(chat.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await chat.answer({ maxTokens: 2 })).end.tokens).toBe(2);
    await chat.end();
  });
});
