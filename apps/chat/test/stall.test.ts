/** How long the chat waits for a silent model server, to the millisecond of a clock that the test owns. */
import type { TaskGroup } from "@skein/coroutine";
import { runTest, type TestBody } from "@skein/coroutine/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Generation } from "../src/server/generation.ts";
import type { ModelServer } from "../src/server/model-client.ts";
import { ASK } from "./support/chat-server.ts";
import { type Exchange, fakeFetch, fakeServer, heard } from "./support/fake-fetch.ts";
import { DONE, piece } from "./support/scripted-upstream.ts";

function generate(root: TaskGroup, changed: Partial<ModelServer> = {}): Generation {
  return new Generation("one", { messages: ASK }, root, { ...fakeServer, ...changed }, "model", () => {});
}

/** Only `t.advance` moves the time: who waits for an answer that is not there waits for the host, and time stands still. */
const inSlowMotion = (body: TestBody<void>): Promise<void> => runTest(body, { time: "manual" });

afterEach(() => void vi.unstubAllGlobals());

const stalled = (tokens: number) => ({
  status: "failed",
  code: "stalled",
  reason:
    "Stalled: the model server at URL has said nothing for 60 seconds. Press Retry; if it is only slow, raise SKEIN_STALL_MS.",
  tokens,
});

describe("a model server that falls silent has stalled", () => {
  test("before its answer, after exactly stallMs", () =>
    inSlowMotion(function* (root, t) {
      const exchanges = fakeFetch();
      const generation = generate(root);
      yield* t.advance(59_999);
      expect(generation.running).toBe(true);
      yield* t.advance(1);
      expect(generation.state.end).toEqual(stalled(0));
      expect(exchanges[0]?.left).toBe(true);
    }));

  test("in the middle, and each sign of life begins the wait anew", () =>
    inSlowMotion(function* (root, t) {
      const exchanges = fakeFetch();
      const generation = generate(root);
      yield* t.advance(59_999);
      const [exchange] = exchanges as readonly [Exchange];
      exchange.begin();
      for (const text of ["Once", " upon", " a time"]) {
        yield* heard();
        yield* t.advance(59_999);
        exchange.send(piece(text));
      }
      yield* heard();
      yield* t.advance(59_999);
      expect(generation.state).toMatchObject({ status: "running", text: "Once upon a time" });
      yield* t.advance(1);
      expect(generation.state.end).toEqual(stalled(3));
      expect(exchange.left).toBe(true);
    }));

  test("and not where the answer goes on for hours, a piece a minute", () =>
    inSlowMotion(function* (root, t) {
      const exchanges = fakeFetch();
      const generation = generate(root);
      yield* heard();
      const [exchange] = exchanges as readonly [Exchange];
      exchange.begin();
      for (let minute = 0; minute < 300; minute++) {
        yield* t.advance(59_000);
        exchange.send(piece("."));
        yield* heard();
      }
      exchange.send(piece("", "stop") + DONE);
      yield* heard();
      expect(generation.state.end).toEqual({ status: "done", reason: "stop", tokens: 300 });
    }));
});

describe("what a server says of an error", () => {
  test.each(["never comes", "begins and falls silent"])("is waited for a second if it %s; the status decides", (how) =>
    inSlowMotion(function* (root, t) {
      const exchanges = fakeFetch();
      const generation = generate(root);
      yield* heard();
      const [exchange] = exchanges as readonly [Exchange];
      exchange.begin(401, "application/json");
      if (how !== "never comes") exchange.send('{"error":');
      yield* heard();
      yield* t.advance(999);
      expect(generation.running).toBe(true);
      yield* t.advance(1);
      expect(generation.state.end).toMatchObject({ status: "failed", code: "unauthorized" });
      expect(exchange.left).toBe(true);
    }),
  );
});

describe("the count after Stop", () => {
  test.each([
    ["user", 4_000],
    ["shutdown", 500],
  ] as const)("by the %s is waited for %d ms and no longer", (by, waitMs) =>
    inSlowMotion(function* (root, t) {
      const exchanges = fakeFetch();
      const generation = generate(root, { builtIn: true });
      yield* heard();
      const [answer] = exchanges as readonly [Exchange];
      answer.begin();
      answer.send(piece("One") + piece(" two"));
      yield* heard();
      const stopping = root.spawn(() => generation.stop(by), { name: "stop" });
      yield* heard();
      const [, count] = exchanges as readonly [Exchange, Exchange];
      expect([answer.left, count.url]).toEqual([true, "http://model/v1/skein/completions/one"]);
      yield* t.advance(waitMs - 1);
      expect(stopping.state).toBe("pending");
      yield* t.advance(1);
      expect(yield* stopping).toEqual({ status: "stopped", reason: by, tokens: 2, computedAfterStop: null });
      expect(count.left).toBe(true);
    }),
  );
});
