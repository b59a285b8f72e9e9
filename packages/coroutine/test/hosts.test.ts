/*
 * A task is awaited wherever a promise is: in a handler of a web server, in a test, in a worker. On the real loop; nothing
 * here waits for a time to pass.
 */
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { all, checkpoint, Future, type Operation, run, sleep, until } from "../src/index.ts";

describe("inside a handler of node:http, or of Express, whose handlers are called alike", () => {
  type Next = (error: unknown) => void;
  type Handler = (req: IncomingMessage, res: ServerResponse, next: Next) => unknown;
  let handler: Handler;
  const server = createServer((req, res) => {
    handler(req, res, (error) => {
      res.statusCode = 500;
      res.end(String(error));
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** As a library would be written: the task lives as long as the client does, and its failure goes to `next`. */
  const handle =
    (body: (req: IncomingMessage, res: ServerResponse) => Operation<void>): Handler =>
    (req, res, next) => {
      const gone = new AbortController();
      res.on("close", () => gone.abort("the client left"));
      return run(() => body(req, res), { signal: gone.signal }).then(undefined, next);
    };

  test("it answers, and what it throws goes to the error handler", async () => {
    handler = handle(function* (req, res) {
      const [hello, name] = yield* all([
        function* () {
          yield* sleep(1);
          return "hello";
        },
        until(Promise.resolve(req.url?.slice(1))),
      ]);
      if (name === "nobody") throw new RangeError("there is nobody");
      res.end(`${hello} ${name}`);
    });
    expect(await (await fetch(`${url()}/Ada`)).text()).toBe("hello Ada");
    const refused = await fetch(`${url()}/nobody`);
    expect([refused.status, await refused.text()]).toEqual([500, "RangeError: there is nobody"]);
  });

  test("a client that leaves cancels it, with the reason, and its cleanup may wait", async () => {
    const { future, resolve } = Future.withResolvers<unknown>();
    handler = handle(function* (_req, res) {
      res.write("first ");
      try {
        yield* sleep(60_000);
      } catch (error) {
        yield* sleep(1);
        resolve((error as { reason?: unknown }).reason);
        throw error;
      }
    });
    const client = get(url(), (res) => res.once("data", () => client.destroy()));
    client.on("error", () => {});
    expect(await future).toBe("the client left");
  });
});

describe("inside a test of vitest", () => {
  let before: unknown;
  beforeAll(() =>
    run(function* () {
      yield* checkpoint();
      before = "set up by a task";
    }),
  );

  test("a hook and a test may return a task", () =>
    run(function* () {
      yield* sleep(1);
      expect(before).toBe("set up by a task");
    }));

  test("a task that fails fails the assertion that awaits it", () =>
    expect(
      run(function* () {
        yield* checkpoint();
        throw new Error("red");
      }),
    ).rejects.toThrow("red"));
});

describe("inside a worker", () => {
  const source = `
    import { parentPort, workerData } from "node:worker_threads";
    const { run, group, sleep, until } = await import(workerData);
    const commands = new Promise((resolve) => parentPort.once("message", resolve));
    const task = run(function* main(root) {
      const loser = root.spawn(function* loser() {
        try { yield* sleep(60_000); } finally { yield* sleep(1); parentPort.postMessage("cleaned up"); }
      });
      parentPort.postMessage("ready");
      const command = yield* until(commands);
      loser.cancel(command);
      yield* loser.join();
      return command;
    });
    parentPort.postMessage(await task);`;

  test("it runs on the worker's own loop, and lets the worker end when it has ended", async () => {
    const entry = import.meta.resolve("@skein/coroutine");
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: entry });
    const heard: unknown[] = [];
    worker.on("message", (message) => {
      heard.push(message);
      if (message === "ready") worker.postMessage("stop");
    });
    const code = await new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
    expect([...heard, code]).toEqual(["ready", "cleaned up", "stop", 0]);
  });
});
