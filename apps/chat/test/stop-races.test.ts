/** Stop may come at any moment of an answer: whatever the order, there is one end, and all are told the same. */
import { until } from "@skein/coroutine";
import { explore, sweepCancel } from "@skein/coroutine/testing";
import { log } from "@skein/stream";
import { afterEach, expect, test, vi } from "vitest";
import { eventStream } from "../src/server/event-stream.ts";
import { Generation, type GenerationEvent } from "../src/server/generation.ts";
import { ASK } from "./support/chat-server.ts";
import { type Exchange, fakeFetch, fakeServer, heard } from "./support/fake-fetch.ts";
import { DONE, piece } from "./support/scripted-upstream.ts";

afterEach(() => void vi.unstubAllGlobals());

test.each(["random", "pct"] as const)("Stop and the end of the answer, in %s order", async (order) => {
  const seen = new Set<string>();
  await explore(
    function* (root, t) {
      const exchanges = fakeFetch();
      const generation = new Generation("one", { messages: ASK }, root, fakeServer, "model", () => {});
      yield* heard();
      const [exchange] = exchanges as readonly [Exchange];
      exchange.begin();
      exchange.send(piece("Hello"));
      exchange.send(piece("", "stop") + DONE);
      const turns = Math.floor(8 * t.random());
      const stops = [1, 2].map((n) =>
        root.spawn(function* () {
          for (let turn = 0; turn < turns * n; turn++) yield* until(Promise.resolve());
          return yield* generation.stop("user");
        }),
      );
      const readers = [1, 2].map(() => root.spawn(() => generation.after(0).toArray()));
      const [first, second] = stops;
      const ended = yield* first as NonNullable<typeof first>;
      expect(yield* second as NonNullable<typeof second>).toEqual(ended);
      expect(generation.state.end).toEqual(ended);
      for (const reader of readers) {
        const items = (yield* reader).map((entry) => (entry as { item: GenerationEvent }).item);
        expect(items.map((item) => "end" in item)).toEqual([...items.slice(1).map(() => false), true]);
        expect(items.at(-1)).toEqual({ end: ended });
      }
      seen.add(`${ended.status} after ${ended.tokens}`);
    },
    { order, seeds: 300 },
  );
  expect([...seen]).toEqual(expect.arrayContaining(["done after 1", "stopped after 0"]));
});

test("a reader leaves nothing behind, wherever it is cancelled", async () => {
  const { waits } = await sweepCancel(function* (root) {
    const events = log<GenerationEvent>({ keep: "unbounded" });
    root.spawn(function* model() {
      events.append({ delta: { text: "Call me" } });
      yield* until(Promise.resolve());
      events.append({ end: { status: "done", reason: "stop", tokens: 1 } });
      events.end();
    });
    yield* eventStream({ after: (cursor) => events.entries(cursor) }, 0).drain();
  });
  expect(waits).toBeGreaterThan(2);
});
