/** What waits by Skein's clock, on a clock that the test owns. */
import { moveOnAfter, run, sleep, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { from, log } from "@skein/stream";
import { describe, expect, test } from "vitest";
import { eventStream } from "../src/server/event-stream.ts";
import type { GenerationEvent } from "../src/server/generation.ts";
import { compute } from "../src/upstream/compute.ts";
import { Ledger } from "../src/upstream/ledger.ts";
import { model } from "./support/chat-server.ts";

/** Runs a stream on a loop and keeps when each item came. */
function watch<T>(loop: VirtualLoop, make: () => ReturnType<typeof from<T>>) {
  const seen: [number, T][] = [];
  const task = run(
    () =>
      make().forEach((item) => {
        seen.push([loop.now(), item]);
      }),
    { loop },
  );
  task.addDoneCallback(() => {});
  return { seen, task };
}

describe("a reader's events", () => {
  test("are followed by a comment after each 15 seconds of silence, and nothing is lost by it", () => {
    const loop = new VirtualLoop();
    const start = loop.now();
    const events = log<GenerationEvent>({ keep: "unbounded" });
    const { seen, task } = watch(loop, () => eventStream({ after: (cursor) => events.entries(cursor) }, 0));
    loop.runUntilIdle();
    loop.advance(29_999);
    events.append({ delta: { text: "Call me" } });
    loop.advance(15_000);
    events.append({ end: { status: "done", reason: "stop", tokens: 1 } });
    events.end();
    loop.runUntilIdle();
    expect(seen.map(([at, text]) => [at - start, text])).toEqual([
      [0, "retry: 1000\n\n"],
      [15_000, ": the model is thinking\n\n"],
      [29_999, 'id: 1\nevent: delta\ndata: {"text":"Call me"}\n\n'],
      [44_999, ": the model is thinking\n\n"],
      [44_999, 'id: 2\nevent: end\ndata: {"status":"done","reason":"stop","tokens":1}\n\n'],
    ]);
    expect(task.state).toBe("done");
  });

  test("end with the reader: nobody is left waiting at the log", () => {
    const loop = new VirtualLoop();
    const events = log<GenerationEvent>({ keep: "unbounded" });
    const { task } = watch(loop, () => eventStream({ after: (cursor) => events.entries(cursor) }, 0));
    loop.advance(1_000);
    task.cancel();
    loop.runUntilIdle();
    expect(task.state).toBe("cancelled");
    const seen = loop.now();
    loop.runUntilIdle();
    expect(loop.now()).toBe(seen);
  });
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

  test("computes each token when its gap is over", () => {
    const loop = new VirtualLoop();
    const start = loop.now();
    const ledger = new Ledger();
    const { seen } = watch(loop, () => from(() => compute(job(ledger, 6), (token) => token)));
    loop.advance(500);
    expect(seen.map(([at]) => at - start)).toEqual([300, 310, 320, 370, 380, 390]);
    expect(ledger.find("job")).toMatchObject({ status: "done", computed: 6 });
  });

  test("computes nothing that nobody asks for, and nothing after it was left in a gap", () => {
    const loop = new VirtualLoop();
    const ledger = new Ledger();
    const computed: (number | undefined)[] = [];
    const note = () => computed.push(ledger.find("job")?.computed);
    const task = run(
      function* () {
        const tokens = yield* use(from(() => compute(job(ledger, 6), (token) => token)).reader());
        yield* tokens.next();
        yield* tokens.next();
        yield* sleep(1_000);
        note();
        yield* moveOnAfter(9, () => tokens.next());
        note();
      },
      { loop },
    );
    loop.advance(5_000);
    note();
    expect(task.state).toBe("done");
    expect(computed).toEqual([2, 2, 2]);
    expect(ledger.find("job")?.status).toBe("cancelled");
    expect(ledger.running).toBe(0);
  });
});
