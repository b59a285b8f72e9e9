import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyHeap } from "../src/key-heap.ts";
import { Timer } from "../src/timer.ts";
import { TimerQueue } from "../src/timer-queue.ts";
import { makeLoop } from "./support/make-loop.ts";

const DAY_MS = 86_400_000;

describe("deadlines", () => {
  test("L4 LOOP-003 negative delays fire by deadline", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(-1, write, "-1");
    loop.callLater(-2, write, "-2");
    host.settle();
    expect(log).toEqual(["-2", "-1"]);
  });

  test("L4 LOOP-010 equal deadlines fire in call order", () => {
    const { host, loop, log, write } = makeLoop();
    for (let i = 0; i < 100; i++) loop.callAt(5, write, i);
    host.advance(5);
    expect(log).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test.each([null, undefined, "5", {}, 5n])("LOOP-004 %s is no time", (wrong) => {
    const { loop } = makeLoop();
    expect(() => loop.callLater(wrong as unknown as number, () => {})).toThrow(TypeError);
    expect(() => loop.callAt(wrong as unknown as number, () => {})).toThrow(TypeError);
  });

  test("LOOP-004 a wrong time is shown as what it is, also one that is no text", () => {
    const { loop } = makeLoop();
    const nasty = {
      toString() {
        throw new Error("no text");
      },
    };
    const seen: [wrong: unknown, shown: string][] = [
      ["5", '"5"'],
      [5n, "5"],
      [Symbol("s"), "Symbol(s)"],
      [Object.create(null), "object"],
      [nasty, "object"],
      [() => 5, "function"],
    ];
    for (const [wrong, shown] of seen) {
      const message = `Cannot callLater: the time is ${shown}; pass a number.`;
      expect(() => loop.callLater(wrong as number, () => {})).toThrow(new TypeError(message));
    }
  });

  test("LOOP-033 NaN is no time", () => {
    const { loop } = makeLoop();
    const message = "Cannot callLater: the time is NaN; pass a number.";
    expect(() => loop.callLater(Number.NaN, () => {})).toThrow(new RangeError(message));
  });

  test("L4 -Infinity is before every other deadline", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(Number.MIN_SAFE_INTEGER, write, "long ago");
    loop.callLater(Number.NEGATIVE_INFINITY, write, "-Infinity");
    host.settle();
    expect(log).toEqual(["-Infinity", "long ago"]);
  });
});

describe("the one host timer", () => {
  test("L4 LOOP-007 it is set for the first timer that is not cancelled", () => {
    const { host, loop } = makeLoop();
    loop.callLater(5_000, () => {}).cancel();
    loop.callLater(10_000, () => {});
    host.settle();
    expect(host.delays).toEqual([10_000]);
  });

  test("L7 any number of timers set one host timer, and cancelling them takes it back", () => {
    const { host, loop } = makeLoop();
    const timers = Array.from({ length: 100_000 }, (_, i) => loop.callLater(1_000 + (i % 977), () => {}));
    host.settle();
    expect([host.timers.size, host.delays]).toEqual([1, [1_000]]);
    for (const timer of timers) timer.cancel();
    host.settle();
    expect(host.open).toBe(0);
  });

  test("L4 a timer that the host rings early waits for its deadline", () => {
    const { host, loop, log } = makeLoop();
    host.earlyMs = 4;
    loop.callLater(10, () => log.push(loop.now()));
    host.advance(7);
    expect(log).toEqual([]);
    host.advance(20);
    expect(log).toEqual([10]);
    expect(host.delays).toEqual([10, 4]);
  });

  test("L4 a wait of 100 days is split", () => {
    const { host, loop, log } = makeLoop();
    loop.callLater(100 * DAY_MS, () => log.push(loop.now() / DAY_MS));
    host.settle();
    expect(host.delays).toEqual([2 ** 31 - 1]);
    host.advance(101 * DAY_MS);
    expect(log).toEqual([100]);
    expect(Math.max(...host.delays)).toBe(2 ** 31 - 1);
  });

  test("L4 an earlier deadline sets it anew, a later one leaves it", () => {
    const { host, loop, log, write } = makeLoop();
    for (const ms of [50, 80, 20]) {
      loop.callLater(ms, write, ms);
      host.settle();
    }
    expect([host.delays, host.timers.size]).toEqual([[50, 20], 1]);
    host.advance(100);
    expect(log).toEqual([20, 50, 80]);
  });

  test("LOOP-046 a callback or an earlier deadline from outside wakes a loop that sleeps", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(1_000, write, "late");
    host.settle();
    loop.callSoon(write, "soon");
    host.settle();
    loop.callAt(-1, write, "past");
    host.settle();
    expect(log).toEqual(["soon", "past"]);
  });

  test("a deadline that is past costs no host timer", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(0, write, "now");
    host.settle();
    expect([log, host.delays]).toEqual([["now"], []]);
  });
});

describe("the queue of timers", () => {
  const fresh = (deadlineMs: number) => new Timer(deadlineMs, () => {}, undefined);
  const due = (queue: TimerQueue, nowMs: number) => {
    const taken: number[] = [];
    queue.takeDue(nowMs, (timer) => taken.push(timer.deadlineMs));
    return taken;
  };

  test("L6 LOOP-006 a timer cancelled when it is due but not yet run never runs", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(1, () => late.cancel());
    const late = loop.callLater(2, write, "late");
    host.nowMs = 5; // both are due in one turn
    host.advance(5);
    expect(log).toEqual([]);
  });

  describe("does not look at every timer for each that is added to the next millisecond", () => {
    const many = Array.from({ length: 1_000 }, (_, i) => (i - (i % 3)) / 1_000);
    test.each([
      ["in order, a peek after each", many, 1],
      ["in the wrong order, a peek after all", [...many].reverse(), 1_000],
    ])("%s", (_, deadlines, perPeek) => {
      const queue = new TimerQueue(() => {});
      let looks = 0;
      queue.add(fresh(0));
      queue.add(fresh(0.9999));
      queue.peek(); // sorts
      for (const [i, deadlineMs] of deadlines.entries()) {
        const timer = fresh(deadlineMs);
        queue.add(Object.defineProperty(timer, "deadlineMs", { get: () => ++looks && deadlineMs }));
        if ((i + 1) % perPeek === 0) queue.peek();
      }
      expect(looks).toBeLessThan(1_000 * 30);
      expect(due(queue, 1)).toEqual([0, ...many, 0.9999]);
    });
  });

  test("L4 a bucket in order stays so, whether few or many are added to it", () => {
    for (const count of [1, 32, 33, 500]) {
      const queue = new TimerQueue(() => {});
      const timers: Timer[] = [];
      const add = (deadlineMs: number) => queue.add(timers[timers.push(fresh(deadlineMs)) - 1] as Timer);
      for (const deadlineMs of [0.75, 0.25, 0.5]) add(deadlineMs);
      queue.peek();
      for (let i = 0; i < count; i++) add((3 - (i % 4)) / 4);
      queue.peek();
      const taken: Timer[] = [];
      queue.takeDue(1, (timer) => taken.push(timer));
      const wanted = [...timers].sort((a, b) => a.deadlineMs - b.deadlineMs); // stable: equals in call order
      expect(taken.map((timer) => timers.indexOf(timer))).toEqual(wanted.map((timer) => timers.indexOf(timer)));
    }
  });

  test("L6 no more than half are cancelled ones, whatever is cancelled", () => {
    const queue = new TimerQueue(() => {});
    const timers = Array.from({ length: 1_000 }, (_, i) => fresh(i));
    for (const timer of timers) queue.add(timer);
    queue.peek(); // deals them out
    for (const [i, timer] of timers.entries()) {
      if (i % 10 > 0) timer.cancel();
      expect(queue.size).toBeLessThanOrEqual(Math.max(2 * queue.live + 1, queue.live + 65));
    }
    expect(queue.live).toBe(100);
    expect(due(queue, 1_000)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10));
    expect(queue.size).toBe(0);
  });

  test("L6 one long timer among many short-lived ones does not keep them", () => {
    const queue = new TimerQueue(() => {});
    queue.add(fresh(1e9));
    for (let i = 0; i < 100_000; i++) {
      const timer = fresh(1e6 + i);
      queue.add(timer);
      if (i % 3 === 0) queue.peek();
      timer.cancel();
    }
    expect(queue.size).toBeLessThan(200);
    expect(due(queue, 2e9)).toEqual([1e9]);
  });

  test("L4 L6 add, cancel and take in any order agree with a sorted list", () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: -20, max: 100 }).map((eighths) => eighths / 8) }),
      fc.record({ cancel: fc.nat(40) }),
      fc.record({ take: fc.integer({ min: 0, max: 100 }).map((eighths) => eighths / 8) }),
      fc.record({ peek: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const queue = new TimerQueue(() => {});
        const all: { timer: Timer; order: number }[] = [];
        let model: { timer: Timer; order: number }[] = [];
        for (const s of steps) {
          if ("add" in s) {
            const entry = { timer: fresh(s.add), order: all.length };
            queue.add(entry.timer);
            all.push(entry);
            model.push(entry);
            model.sort((a, b) => a.timer.deadlineMs - b.timer.deadlineMs || a.order - b.order);
          } else if ("cancel" in s) {
            const entry = all[s.cancel];
            entry?.timer.cancel();
            model = model.filter((other) => other !== entry);
          } else if ("take" in s) {
            const taken: Timer[] = [];
            queue.takeDue(s.take, (timer) => taken.push(timer));
            const wanted = model.filter(({ timer }) => timer.deadlineMs <= s.take).map(({ timer }) => timer);
            expect(taken).toEqual(wanted);
            for (const [i, timer] of taken.entries()) expect(timer).toBe(wanted[i]);
            model = model.filter(({ timer }) => timer.deadlineMs > s.take);
          } else {
            expect(queue.peek()).toBe(model[0]?.timer);
          }
          expect(queue.live).toBe(model.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the keys come up in order, whatever is pushed and popped between", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer(), { nil: "pop" as const }), { maxLength: 100, size: "max" }),
        (steps) => {
          const heap = new KeyHeap();
          let model: number[] = [];
          for (const s of steps) {
            if (s === "pop" && model.length === 0) continue;
            if (s === "pop") {
              heap.pop();
              model = model.slice(1);
            } else {
              heap.push(s);
              model = [...model, s].sort((a, b) => a - b);
            }
            expect(heap.top).toBe(model[0]);
          }
        },
      ),
    );
  });
});
