import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Timer } from "../src/timer.ts";
import { TimerHeap } from "../src/timer-heap.ts";
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
    expect(host.delays).toEqual([2e9]);
    host.advance(101 * DAY_MS);
    expect(log).toEqual([100]);
    expect(Math.max(...host.delays)).toBe(2e9);
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

describe("the heap of timers", () => {
  const fresh = (deadlineMs: number) => new Timer(deadlineMs, () => {}, undefined);
  const take = (heap: TimerHeap, nowMs: number) => {
    const taken: Timer[] = [];
    heap.takeDue(nowMs, (_, timer) => taken.push(timer));
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

  test("L6 a cancelled timer leaves at once and is tied to no other", () => {
    const heap = new TimerHeap(() => {});
    const timers = Array.from({ length: 1_000 }, (_, i) => fresh(i % 10));
    for (const [i, timer] of timers.entries()) heap.add(timer, i);
    for (const [i, timer] of timers.entries()) {
      if (i % 10 > 0) timer.cancel();
      expect([timer.down, timer.next, timer.back, timer.owner]).toEqual(
        i % 10 > 0 ? [null, null, null, null] : [timer.down, timer.next, timer.back, heap],
      );
    }
    expect(heap.live).toBe(100);
    expect(take(heap, 1_000).map((timer) => timers.indexOf(timer))).toEqual(
      Array.from({ length: 100 }, (_, i) => i * 10),
    );
    expect(heap.live).toBe(0);
  });

  test("L6 whoever cancels the last one is told on", () => {
    let told = 0;
    const heap = new TimerHeap(() => told++);
    const [a, b, c] = [fresh(1), fresh(2), fresh(3)] as const;
    for (const timer of [a, b, c]) heap.add(timer, timer.deadlineMs);
    a.cancel();
    take(heap, 2);
    expect(told).toBe(0);
    c.cancel();
    c.cancel();
    expect(told).toBe(1);
  });

  test.each([
    ["rising", (i: number) => i],
    ["falling", (i: number) => -i],
    ["equal", () => 0],
    ["mixed", (i: number) => (i * 7_919) % 10_007],
  ])("L4 looks at few timers for each of many, their deadlines %s", (_, deadlineOf) => {
    const count = 20_000;
    let looks = 0;
    const heap = new TimerHeap(() => {});
    for (let i = 0; i < count; i++) {
      const deadlineMs = deadlineOf(i);
      heap.add(Object.defineProperty(fresh(deadlineMs), "deadlineMs", { get: () => ++looks && deadlineMs }), i % 7);
    }
    expect(take(heap, count).length).toBe(count);
    expect(looks / count).toBeLessThan(8 * Math.log2(count));
  });

  test("L4 L6 add, cancel and take in any order agree with a sorted list", () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: -20, max: 100 }).map((eighths) => eighths / 8), hint: fc.nat(3) }),
      fc.record({ cancel: fc.nat(40) }),
      fc.record({ take: fc.integer({ min: 0, max: 100 }).map((eighths) => eighths / 8) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const heap = new TimerHeap(() => {});
        const all: { timer: Timer; order: number }[] = [];
        let model: { timer: Timer; order: number }[] = [];
        for (const s of steps) {
          if ("add" in s) {
            const entry = { timer: fresh(s.add), order: all.length };
            heap.add(entry.timer, s.hint);
            all.push(entry);
            model.push(entry);
            model.sort((a, b) => a.timer.deadlineMs - b.timer.deadlineMs || a.order - b.order);
          } else if ("cancel" in s) {
            const entry = all[s.cancel];
            entry?.timer.cancel();
            model = model.filter((other) => other !== entry);
          } else {
            const taken = take(heap, s.take);
            const wanted = model.filter(({ timer }) => timer.deadlineMs <= s.take).map(({ timer }) => timer);
            expect(taken.length).toBe(wanted.length);
            for (const [i, timer] of taken.entries()) expect(timer).toBe(wanted[i]);
            model = model.filter(({ timer }) => timer.deadlineMs > s.take);
          }
          expect(heap.live).toBe(model.length);
          expect(heap.top ?? undefined).toBe(model[0]?.timer);
        }
      }),
      { numRuns: 300 },
    );
  });
});
