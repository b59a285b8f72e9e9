import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scheduler, TimerHandle } from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { makeLoop } from "./support/make-loop.ts";

/*
 * A whole loop against the simplest model of one: a list of what is ready, and a list of timers. Any program of
 * callbacks, timers, cancels and time gives the same log on a loop that is driven by hand as on the model.
 */

/** What a callback does when it runs; what it schedules only writes in the log. */
type Act = { soon: true } | { later: number } | { cancel: number };
type Step = { soon: Act[] } | { later: number; acts: Act[] } | { cancel: number } | { advance: number };

/** Whole milliseconds: a host's timer knows no others. Many of them alike, and some in the past. */
const delay = fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constantFrom(0, 5, 10));
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ soon: fc.constant(true as const) }),
    fc.record({ later: delay }),
    fc.record({ cancel: fc.nat(20) }),
  ),
  { maxLength: 3 },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ soon: acts }) },
  { weight: 4, arbitrary: fc.record({ later: delay, acts }) },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ advance: fc.nat(12) }) },
);
const program = fc.array(step, { maxLength: 40, size: "max" });

/** What a program is run on: a loop, or the model of one. */
interface Machine {
  soon(run: () => void): void;
  later(delayMs: number, run: () => void): { cancel(): void; readonly cancelled: boolean };
  advance(ms: number): void;
}

/** Runs a program; gives what ran, in order, and which timers say that they were cancelled. */
function trace(machine: Machine, steps: readonly Step[]): { log: string[]; cancelled: boolean[] } {
  const log: string[] = [];
  const timers: { cancel(): void; readonly cancelled: boolean }[] = [];
  let born = 0;
  const callback = (kind: string, acts: readonly Act[]) => {
    const name = `${kind} ${born++}`;
    return () => {
      log.push(name);
      for (const act of acts) {
        if ("soon" in act) machine.soon(callback("soon", []));
        else if ("later" in act) timers.push(machine.later(act.later, callback("timer", [])));
        else timers[act.cancel]?.cancel();
      }
    };
  };
  for (const step of steps) {
    if ("soon" in step) machine.soon(callback("soon", step.soon));
    else if ("later" in step) timers.push(machine.later(step.later, callback("timer", step.acts)));
    else if ("cancel" in step) timers[step.cancel]?.cancel();
    else machine.advance(step.advance);
  }
  machine.advance(100);
  return { log, cancelled: timers.map((timer) => timer.cancelled) };
}

class Model implements Machine {
  #nowMs = 0;
  #ready: (() => void)[] = [];
  #timers: { atMs: number; fire: () => void }[] = [];

  soon(run: () => void): void {
    this.#ready.push(run);
  }

  later(delayMs: number, run: () => void) {
    let state: "waiting" | "fired" | "cancelled" = "waiting";
    const timer = {
      atMs: this.#nowMs + delayMs,
      fire: () => {
        if (state === "cancelled") return;
        state = "fired";
        run();
      },
      cancel: () => {
        if (state === "waiting") state = "cancelled";
      },
      get cancelled() {
        return state === "cancelled";
      },
    };
    this.#timers.push(timer);
    return timer;
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    this.#run();
    for (;;) {
      this.#timers.sort((a, b) => a.atMs - b.atMs); // stable: equals in call order
      const [first] = this.#timers;
      if (first === undefined || first.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, first.atMs);
      const later = this.#timers.findIndex(({ atMs }) => atMs > this.#nowMs);
      for (const { fire } of this.#timers.splice(0, later < 0 ? this.#timers.length : later)) this.#ready.push(fire);
      this.#run();
    }
    this.#nowMs = untilMs;
  }

  #run(): void {
    while (this.#ready.length > 0) for (const run of this.#ready.splice(0)) run();
  }
}

const machineOf = (loop: Scheduler, advance: (ms: number) => void): Machine => ({
  soon: (run) => loop.callSoon(run),
  later: (delayMs, run) => loop.callLater(delayMs, run),
  advance,
});

const machines: Record<string, () => Machine> = {
  VirtualLoop: () => {
    const loop = new VirtualLoop();
    return machineOf(loop, (ms) => loop.advance(ms));
  },
  EventLoop: () => {
    const { host, loop } = makeLoop();
    return machineOf(loop, (ms) => host.advance(ms));
  },
  "EventLoop, looked at": () => {
    const context = { capture: () => undefined, run: (_: unknown, body: () => void) => body() };
    const { host, loop } = makeLoop({ instrument: instrument({ debug: true, meter: true, context }) });
    return machineOf(loop, (ms) => host.advance(ms));
  },
};

describe("any program of callbacks, timers, cancels and time runs as on a sorted list", () => {
  for (const [name, make] of Object.entries(machines)) {
    test(`L2 L3 L4 L6 ${name}`, () => {
      fc.assert(
        fc.property(program, (steps) => {
          expect(trace(make(), steps)).toEqual(trace(new Model(), steps));
        }),
        { numRuns: 500 },
      );
    });
  }
});

describe("timers", () => {
  /** Eighths, so that many lie in one millisecond and their sums are exact. */
  const deadline = fc.integer({ min: -40, max: 400 }).map((eighths) => eighths / 8);

  test("L4 L6 a thousand and more, cancelled in any order, fire by (deadline, call) and never early", () => {
    const timer = fc.record({ atMs: deadline, cancelAfter: fc.option(fc.nat(1_500), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(timer, { minLength: 200, maxLength: 1_500, size: "max" }), (timers) => {
        const loop = new VirtualLoop();
        const fired: number[] = [];
        const early: number[] = [];
        const handles: TimerHandle[] = [];
        const wanted: number[] = [];
        for (const [i, { atMs }] of timers.entries()) {
          handles.push(
            loop.callAt(atMs, () => {
              fired.push(i);
              if (loop.now() < atMs) early.push(i);
            }),
          );
        }
        const order = timers.flatMap(({ cancelAfter }, i) => (cancelAfter === undefined ? [] : [{ i, cancelAfter }]));
        for (const { i } of order.sort((a, b) => a.cancelAfter - b.cancelAfter)) {
          handles[i]?.cancel();
          if (i % 7 === 0) void loop.nextDeadlineMs; // as somebody might look, in the middle of it
        }
        for (const [i, { cancelAfter }] of timers.entries()) if (cancelAfter === undefined) wanted.push(i);
        wanted.sort((a, b) => (timers[a]?.atMs ?? 0) - (timers[b]?.atMs ?? 0));
        expect(loop.timers).toBe(wanted.length);
        loop.advance(100);
        expect([fired, early, loop.timers]).toEqual([wanted, [], 0]);
      }),
      { numRuns: 50 },
    );
  });

  test("L4 on a host that rings early and late, none fires before its deadline and all in order", () => {
    const ring = fc.record({ delayMs: fc.double({ min: 0, max: 50, noNaN: true }), earlyMs: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(ring, { minLength: 1, maxLength: 40 }), (rings) => {
        const { host, loop } = makeLoop();
        const fired: { deadlineMs: number; nowMs: number; order: number }[] = [];
        for (const [order, { delayMs, earlyMs }] of rings.entries()) {
          host.earlyMs = earlyMs;
          const timer: TimerHandle = loop.callLater(delayMs, () => {
            fired.push({ deadlineMs: timer.deadlineMs, nowMs: loop.now(), order });
          });
          host.advance(1);
        }
        host.advance(200);
        expect(fired.length).toBe(rings.length);
        expect(fired.filter(({ deadlineMs, nowMs }) => nowMs < deadlineMs)).toEqual([]);
        for (const [i, { deadlineMs, order, nowMs }] of fired.entries()) {
          const before = fired[i - 1];
          if (before?.nowMs !== nowMs) continue; // due in another turn
          const inOrder = before.deadlineMs < deadlineMs || (before.deadlineMs === deadlineMs && before.order < order);
          expect(inOrder).toBe(true);
        }
        expect(host.open).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("start and stop", () => {
  test("LOOP-021 L2 L5 started and stopped in any order, from inside too, each callback runs once and in order", () => {
    const step = fc.constantFrom("soon", "soon", "soon that stops", "soon that throws", "start", "stop", "settle");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), fc.constantFrom(0, 3), (steps, msPerLook) => {
        const errors: unknown[] = [];
        const { host, loop, log } = makeLoop({ onError: (error) => errors.push(error) });
        host.msPerLook = msPerLook; // above the budget: each look ends the turn
        let queued = 0;
        let thrown = 0;
        for (const step of steps) {
          if (step === "start") loop.start();
          else if (step === "stop") loop.stop();
          else if (step === "settle") host.settle();
          else {
            const number = queued++;
            if (step === "soon that throws") thrown++;
            loop.callSoon(() => {
              log.push(number);
              if (step === "soon that stops") loop.stop();
              if (step === "soon that throws") throw number;
            });
          }
        }
        while (loop.metrics().ready > 0) {
          loop.start();
          host.settle();
        }
        expect(log).toEqual(Array.from({ length: queued }, (_, i) => i));
        expect(errors.length).toBe(thrown);
        loop.stop();
        expect(host.timers.size).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the orders of a VirtualLoop", () => {
  test.each(["random", "pct"] as const)(
    "L2 L3 L4 %s: whatever the seed, each runs once, in its own pass and time",
    (order) => {
      fc.assert(
        fc.property(fc.integer(), fc.array(fc.nat(5), { maxLength: 30 }), (seed, delays) => {
          const run = () => {
            const loop = new VirtualLoop({ order, seed });
            const log: string[] = [];
            let pass = 0;
            loop.callSoon(() => loop.callSoon(() => pass++)); // after the first pass, at the latest in the second
            for (const [i, delayMs] of delays.entries()) {
              loop.callSoon(() => log.push(`soon ${i} at ${loop.now()} in ${pass}`));
              loop.callLater(delayMs, () => log.push(`timer ${i} at ${loop.now()}`));
            }
            loop.advance(10);
            return log;
          };
          const log = run();
          const wanted = delays.flatMap((delayMs, i) => [`soon ${i} at 0 in 0`, `timer ${i} at ${delayMs}`]);
          expect([...log].sort()).toEqual(wanted.sort());
          expect(run()).toEqual(log);
        }),
        { numRuns: 200 },
      );
    },
  );
});
