import type { Bench } from "./bench.ts";
import { expectEqual, expectThrow } from "./expect.ts";

/** A rule of the contract and the body that tries it. */
export type Rule = readonly [id: string, rule: string, body: (bench: Bench) => void | Promise<void>];

/** Every rule that can be seen from outside a scheduler. */
export const RULES: readonly Rule[] = [
  [
    "L1",
    "callSoon and timers never run a callback before they return",
    ({ loop, log, write }) => {
      loop.callSoon(write, "soon");
      loop.callLater(-1, write, "timer");
      write("returned");
      expectEqual("the log at once", log, ["returned"]);
    },
  ],
  [
    "L2",
    "callbacks run once, in call order, with their arguments",
    async (bench) => {
      for (const entry of [1, 2, 3]) bench.loop.callSoon(bench.write, entry);
      await bench.advance(1);
      await bench.advance(1);
      expectEqual("the log", bench.log, [1, 2, 3]);
    },
  ],
  [
    "L2",
    "the same callback scheduled twice runs twice",
    async (bench) => {
      const callback = () => bench.write("run");
      bench.loop.callSoon(callback);
      bench.loop.callSoon(callback);
      await bench.advance(1);
      expectEqual("the log", bench.log, ["run", "run"]);
    },
  ],
  [
    "L3",
    "what a callback schedules runs after all that was ready",
    async (bench) => {
      const { loop, write } = bench;
      loop.callSoon(() => {
        write("a");
        loop.callSoon(write, "scheduled by a");
      });
      loop.callSoon(write, "b");
      await bench.advance(1);
      expectEqual("the log", bench.log, ["a", "b", "scheduled by a"]);
    },
  ],
  [
    "L3",
    "a callback that re-posts itself does not starve another",
    async (bench) => {
      const { loop } = bench;
      let greedy = 0;
      let steps = 0;
      let greedyAtEnd = -1;
      const repost = () => {
        if (++greedy < 1_000) loop.callSoon(repost);
      };
      const step = () => {
        if (++steps < 20) loop.callSoon(step);
        else greedyAtEnd = greedy;
      };
      loop.callSoon(repost);
      loop.callSoon(step);
      // On real time a slow host may take longer than a millisecond for 20 passes.
      for (let waits = 0; greedyAtEnd < 0 && waits < 100; waits++) await bench.advance(1);
      expectEqual("turns of the greedy one while the other had 20", greedyAtEnd, 20);
    },
  ],
  [
    "L4",
    "timers fire in the order of their deadlines, then of the calls",
    async (bench) => {
      const { loop, write } = bench;
      const startMs = loop.now();
      for (const [afterMs, name] of [
        [30, "30"],
        [10, "10 a"],
        [20, "20"],
        [10, "10 b"],
      ] as const) {
        loop.callAt(startMs + afterMs, write, name);
      }
      await bench.advance(50);
      expectEqual("the log", bench.log, ["10 a", "10 b", "20", "30"]);
    },
  ],
  [
    "L4",
    "deadlines in the past keep their order",
    async (bench) => {
      const startMs = bench.loop.now();
      bench.loop.callAt(startMs - 1, bench.write, "-1");
      bench.loop.callAt(startMs - 2, bench.write, "-2");
      bench.loop.callLater(Number.NEGATIVE_INFINITY, bench.write, "-Infinity");
      await bench.advance(10);
      expectEqual("the log", bench.log, ["-Infinity", "-2", "-1"]);
    },
  ],
  [
    "L4",
    "a timer never fires early, and does fire",
    async (bench) => {
      const { loop, write } = bench;
      const timer = loop.callLater(10, () => write(loop.now() >= timer.deadlineMs ? "due" : "early"));
      await bench.advance(30);
      expectEqual("the log", bench.log, ["due"]);
    },
  ],
  [
    "L4",
    "callLater counts from the call",
    async (bench) => {
      const { loop } = bench;
      const beforeMs = loop.now();
      const { deadlineMs } = loop.callLater(10, () => {});
      const inTime = deadlineMs >= beforeMs + 10 && deadlineMs <= loop.now() + 10;
      expectEqual("whether the deadline is 10 ms from now", inTime, true);
    },
  ],
  [
    "L5",
    "a throw is reported once, and the pass goes on",
    async (bench) => {
      const { loop, write, errors } = bench;
      const error = new Error("thrown by a callback");
      loop.callSoon(() => {
        throw error;
      });
      loop.callSoon(write, "next");
      loop.callLater(1, () => {
        throw error;
      });
      loop.callLater(2, write, "next timer");
      await bench.advance(10);
      expectEqual("the log", bench.log, ["next", "next timer"]);
      expectEqual(
        "whether the errors are the thrown ones",
        errors.length === 2 && errors.every((e) => e === error),
        true,
      );
    },
  ],
  [
    "L5",
    "an error handler that throws is survived",
    async (bench) => {
      const { loop, write } = bench;
      bench.onError = () => {
        throw new Error("thrown by the error handler");
      };
      loop.callSoon(() => {
        throw new Error("thrown by a callback");
      });
      loop.callSoon(write, "next");
      try {
        await bench.advance(1); // a loop that has no host may tell of the second error here
      } catch {}
      loop.callSoon(write, "later");
      await bench.advance(1);
      expectEqual("the log", bench.log, ["next", "later"]);
    },
  ],
  [
    "L5",
    "reportError reaches the handler",
    async (bench) => {
      const error = new Error("reported");
      bench.loop.reportError(error, { what: "test" });
      expectEqual("the number of errors", bench.errors.length, 1);
      expectEqual("whether it is the same object", bench.errors[0] === error, true);
    },
  ],
  [
    "L6",
    "a cancelled timer never fires; cancelling again does nothing",
    async (bench) => {
      const timer = bench.loop.callLater(5, bench.write, "fired");
      expectEqual("cancelled, before", timer.cancelled, false);
      timer.cancel();
      timer.cancel();
      expectEqual("cancelled, after", timer.cancelled, true);
      await bench.advance(20);
      expectEqual("the log", bench.log, []);
    },
  ],
  [
    "L6",
    "a timer that is already due can be cancelled by one before it",
    async (bench) => {
      const { loop, write } = bench;
      const atMs = loop.now() + 5;
      loop.callAt(atMs, () => second.cancel());
      const second = loop.callAt(atMs, write, "second");
      loop.callAt(atMs, write, "third");
      await bench.advance(20);
      expectEqual("the log", bench.log, ["third"]);
      expectEqual("cancelled", second.cancelled, true);
    },
  ],
  [
    "L6",
    "cancelling a timer that has fired does nothing, from its own callback too",
    async (bench) => {
      const { loop, write } = bench;
      const timer = loop.callLater(1, () => {
        timer.cancel();
        write("fired");
      });
      await bench.advance(10);
      timer.cancel();
      expectEqual("the log", bench.log, ["fired"]);
      expectEqual("cancelled", timer.cancelled, false);
    },
  ],
  [
    "L7",
    "an idle loop keeps nothing open",
    async (bench) => {
      const { loop, subject, write } = bench;
      if (!subject.openHandles) return;
      loop.callSoon(write, "soon");
      loop.callLater(1, write, "timer");
      loop.callLater(10_000, write, "cancelled").cancel();
      loop.callLater(Number.POSITIVE_INFINITY, write, "never");
      await bench.advance(10);
      expectEqual("the log", bench.log, ["soon", "timer"]);
      expectEqual("open handles when idle", subject.openHandles(), 0);
    },
  ],
  [
    "API",
    "wrong arguments are refused at the call",
    ({ loop }) => {
      const wrong: unknown = null;
      expectThrow("callSoon(null)", TypeError, () => loop.callSoon(wrong as () => void));
      expectThrow("callLater(1, null)", TypeError, () => loop.callLater(1, wrong as () => void));
      expectThrow("callAt(1, null)", TypeError, () => loop.callAt(1, wrong as () => void));
      expectThrow("callLater(null)", TypeError, () => loop.callLater(wrong as number, () => {}));
      expectThrow("callAt(null)", TypeError, () => loop.callAt(wrong as number, () => {}));
      expectThrow("callLater(NaN)", RangeError, () => loop.callLater(Number.NaN, () => {}));
      expectThrow("callAt(NaN)", RangeError, () => loop.callAt(Number.NaN, () => {}));
    },
  ],
  [
    "API",
    "a hold can be released, and released again",
    ({ loop }) => {
      const hold = loop.hold("test");
      hold.release();
      hold.release();
    },
  ],
];
