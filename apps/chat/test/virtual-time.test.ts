/** What waits by Skein's clock, on a clock that the test owns. */
import { moveOnAfter, sleep, use } from "@skein/coroutine";
import { runTest } from "@skein/coroutine/testing";
import { from, log, type Stream } from "@skein/stream";
import { describe, expect, test } from "vitest";
import { eventStream } from "../src/server/event-stream.ts";
import type { GenerationEvent } from "../src/server/generation.ts";
import { compute } from "../src/upstream/compute.ts";
import { Ledger } from "../src/upstream/ledger.ts";
import { model } from "./support/chat-server.ts";

/** Keeps when each item came. */
const timed = <T>(items: Stream<T>, seen: [number, T][], now: () => number) =>
  items.forEach((item) => {
    seen.push([now(), item]);
  });

describe("a reader's events", () => {
  test("are followed by a comment after each 15 seconds of silence, and nothing is lost by it", () =>
    runTest(function* (root, t) {
      const events = log<GenerationEvent>({ keep: "unbounded" });
      const seen: [number, string][] = [];
      const read = () => eventStream({ after: (cursor) => events.entries(cursor) }, 0);
      const reading = root.spawn(() => timed(read(), seen, () => t.now()));
      yield* sleep(29_999);
      events.append({ delta: { text: "Call me" } });
      yield* sleep(15_000);
      events.append({ end: { status: "done", reason: "stop", tokens: 1 } });
      events.end();
      yield* reading;
      expect(seen).toEqual([
        [0, "retry: 1000\n\n"],
        [15_000, ": the model is thinking\n\n"],
        [29_999, 'id: 1\nevent: delta\ndata: {"text":"Call me"}\n\n'],
        [44_999, ": the model is thinking\n\n"],
        [44_999, 'id: 2\nevent: end\ndata: {"status":"done","reason":"stop","tokens":1}\n\n'],
      ]);
    }));

  test("go on through ten hours of silence", () =>
    runTest(function* (root) {
      const events = log<GenerationEvent>({ keep: "unbounded" });
      const counting = root.spawn(() => eventStream({ after: (cursor) => events.entries(cursor) }, 0).count());
      yield* sleep(10 * 3_600_000 + 1);
      events.end();
      expect(yield* counting).toBe(1 + (10 * 3_600_000) / 15_000);
    }));

  test("end with the reader: nobody is left waiting at the log", () =>
    runTest(function* (root) {
      const events = log<GenerationEvent>({ keep: "unbounded" });
      const reading = root.spawn(() => eventStream({ after: (cursor) => events.entries(cursor) }, 0).drain());
      yield* sleep(1_000);
      reading.cancel();
      yield* reading.join();
      expect(reading.state).toBe("cancelled"); // and nothing outlives the test
    }));
});

describe("the model", () => {
  const gaps = [300, 10, 10, 50, 10, 10, 50];
  const job = (ledger: Ledger, maxTokens: number) => ({
    id: "job",
    model,
    question: { prompt: "whale", seed: 1, maxTokens },
    ledger,
    gaps: (function* () {
      yield* gaps;
      return undefined as never;
    })(),
    *settle() {},
  });

  test("computes each token when its gap is over", () =>
    runTest(function* (_root, t) {
      const ledger = new Ledger();
      const seen: [number, string][] = [];
      yield* timed(
        from(() => compute(job(ledger, 6), (token) => token)),
        seen,
        () => t.now(),
      );
      expect(seen.map(([at]) => at)).toEqual([300, 310, 320, 370, 380, 390]);
      expect(ledger.find("job")).toMatchObject({ status: "done", computed: 6 });
    }));

  test("computes nothing that nobody asks for, and nothing after it was left in a gap", () =>
    runTest(function* (root) {
      const ledger = new Ledger();
      const computed: (number | undefined)[] = [];
      const note = () => computed.push(ledger.find("job")?.computed);
      yield* root.spawn(function* () {
        const tokens = yield* use(from(() => compute(job(ledger, 6), (token) => token)).reader());
        yield* tokens.next();
        yield* tokens.next();
        yield* sleep(1_000);
        note();
        yield* moveOnAfter(9, () => tokens.next());
        note();
      });
      yield* sleep(5_000);
      note();
      expect(computed).toEqual([2, 2, 2]);
      expect(ledger.find("job")?.status).toBe("cancelled");
      expect(ledger.running).toBe(0);
    }));
});
