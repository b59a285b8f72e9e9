/** How long things are kept, and how the server ends, on a clock that the test owns. */
import { connect } from "node:net";
import { type Operation, run, until } from "@skein/coroutine";
import { runTest } from "@skein/coroutine/testing";
import { Hono } from "hono";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Stop } from "../src/server/generation.ts";
import { Generations } from "../src/server/generations.ts";
import { serve } from "../src/server/serve.ts";
import { ASK, model, noGaps } from "./support/chat-server.ts";
import { type Exchange, fakeFetch, fakeServer, heard } from "./support/fake-fetch.ts";
import { DONE, piece } from "./support/scripted-upstream.ts";

afterEach(() => void vi.unstubAllGlobals());

describe("ended generations", () => {
  test("are kept for half an hour, to the next look around, and then forgotten", () =>
    runTest(
      function* (root, t) {
        const exchanges = fakeFetch();
        const generations = new Generations(root, fakeServer, "model", () => {});
        const sweeping = root.spawn(() => generations.sweeping(), { name: "sweeping", onError: "owner" });
        const { id } = generations.start({ messages: ASK });
        yield* heard();
        const [exchange] = exchanges as readonly [Exchange];
        exchange.begin();
        exchange.send(piece("Hello", "stop") + DONE);
        yield* heard();
        expect(generations.find(id).state.status).toBe("done");
        yield* t.advance(60_000); // the first look finds it ended
        yield* t.advance(30 * 60_000 - 1);
        expect(generations.find(id).id).toBe(id);
        yield* t.advance(1);
        expect(() => generations.find(id)).toThrow("no longer kept");
        sweeping.cancel();
        yield* sweeping.join();
        expect(() => generations.start({ messages: ASK })).toThrow("shutting down");
      },
      { time: "manual" },
    ));
});

describe("the server", () => {
  /** Starts it; ends once it answers. */
  function* started(): Operation<{ readonly port: number; readonly end: () => Operation<void> }> {
    let ready: (url: string) => void = () => {};
    const url = new Promise<string>((resolve) => {
      ready = resolve;
    });
    const config = { port: 0, portGiven: true, host: "127.0.0.1", stallMs: 60_000 };
    const task = run(
      (root) =>
        serve(root, {
          config: { ...config, upstream: undefined, apiKey: undefined, model: undefined },
          upstream: { model, paceOf: noGaps },
          page: new Hono(),
          journal: () => {},
          onReady: ready,
        }),
      { name: "server" },
    );
    const { port } = new URL(yield* until(() => url));
    const end = function* (): Operation<void> {
      task.cancel(new Stop("shutdown"));
      yield* task.join();
    };
    return { port: Number(port), end };
  }

  test("that nobody is connected to ends in no time", () =>
    runTest(function* (_root, t) {
      const { end } = yield* started();
      yield* end();
      expect(t.now()).toBe(0);
    }));

  test("gives connections that do not leave 400 ms, and then sends them away", () =>
    runTest(
      function* (root, t) {
        const { port, end } = yield* started();
        const socket = connect(port, "127.0.0.1");
        const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
        yield* until(() => new Promise<void>((resolve) => socket.once("connect", resolve)));
        yield* until(() => new Promise<void>((resolve) => socket.write("GET /healthz HTTP/1.1\r\n", () => resolve())));
        yield* heard(); // a request that never ends
        const ending = root.spawn(end, { name: "ending" });
        yield* heard();
        yield* t.advance(399);
        expect(ending.state).toBe("pending");
        yield* t.advance(1);
        yield* until(() => closed);
        yield* ending;
        expect(t.now()).toBe(400);
      },
      { time: "manual" },
    ));
});
