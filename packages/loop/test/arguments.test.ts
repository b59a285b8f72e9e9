import { describe, expect, test } from "vitest";
import { EventLoop, type Scheduler } from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { makeLoop } from "./support/make-loop.ts";
import { ManualHost } from "./support/manual-host.ts";

/* Every public function's every argument, with everything that it may not be. */

const noText = {
  toString() {
    throw new Error("no text");
  },
};
const objects: unknown[] = [{}, [], Object.create(null), noText];
const noNumbers: unknown[] = [undefined, null, "5", "", true, 5n, Symbol("s"), () => 5, ...objects];
const noFunctions: unknown[] = [undefined, null, 0, 1, Number.NaN, "f", true, 5n, Symbol("s"), ...objects];

/** What `body` throws, as `TypeError: message`; "nothing" if it does not. */
function thrown(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return "nothing";
}

describe.each<[string, () => Scheduler]>([
  ["EventLoop", () => new EventLoop({ host: new ManualHost() })],
  ["VirtualLoop", () => new VirtualLoop()],
])("%s", (_, make) => {
  test("LOOP-004 what is no time is a TypeError at the call, and nothing is scheduled", () => {
    const loop = make();
    for (const wrong of noNumbers as number[]) {
      expect(thrown(() => loop.callLater(wrong, () => {}))).toMatch(/^TypeError: Cannot callLater: the time is /);
      expect(thrown(() => loop.callAt(wrong, () => {}))).toMatch(/^TypeError: Cannot callAt: the time is /);
    }
    expect(timersOf(loop)).toBe(0);
  });

  test("LOOP-033 NaN is a RangeError, and nothing is scheduled", () => {
    const loop = make();
    for (const doing of ["callLater", "callAt"] as const) {
      const message = `RangeError: Cannot ${doing}: the time is NaN; pass a number.`;
      expect(thrown(() => loop[doing](Number.NaN, () => {}))).toBe(message);
    }
    expect(timersOf(loop)).toBe(0);
  });

  test("what is no function is a TypeError at the call, and nothing is scheduled", () => {
    const loop = make();
    for (const wrong of noFunctions as (() => void)[]) {
      const message = /^TypeError: Cannot \w+: the callback is .+; pass a function\.$/;
      expect(thrown(() => loop.callSoon(wrong))).toMatch(message);
      expect(thrown(() => loop.callLater(1, wrong))).toMatch(message);
      expect(thrown(() => loop.callLater(Number.POSITIVE_INFINITY, wrong))).toMatch(message);
      expect(thrown(() => loop.callAt(1, wrong))).toMatch(message);
    }
    expect(timersOf(loop)).toBe(0);
  });

  test("numbers at the edges are times: the smallest first, Infinity never", () => {
    const loop = make();
    const timers = [Number.NEGATIVE_INFINITY, -Number.MAX_VALUE, -0, Number.MIN_VALUE, Number.MAX_VALUE].map((atMs) =>
      loop.callAt(atMs, () => {}),
    );
    expect(timersOf(loop)).toBe(5);
    expect(loop.callAt(Number.POSITIVE_INFINITY, () => {}).deadlineMs).toBe(Number.POSITIVE_INFINITY);
    expect(timersOf(loop)).toBe(5); // those at Infinity are not counted: they never fire
    for (const timer of timers) timer.cancel();
    expect(timersOf(loop)).toBe(0);
  });

  test("L5 reportError takes whatever was thrown, with or without anything known of it", () => {
    for (const error of [undefined, null, 0, "text", noText, Object.create(null)]) {
      const seen: unknown[] = [];
      const onError = (...told: unknown[]) => seen.push(...told);
      for (const loop of [new EventLoop({ host: new ManualHost(), onError }), new VirtualLoop({ onError })]) {
        loop.reportError(error, { what: "test" });
      }
      expect(seen.map((told) => Object.is(told, error))).toEqual([true, false, true, false]);
    }
  });
});

test("an EventLoop's options: what is of the wrong type is refused by name", () => {
  for (const onError of noFunctions.filter((value) => value !== undefined)) {
    expect(thrown(() => new EventLoop({ onError: onError as never }))).toMatch(
      /^TypeError: Cannot make a loop: onError is .+; pass a function\.$/,
    );
  }
  for (const maxPassMs of noNumbers.filter((value) => value !== undefined)) {
    expect(thrown(() => new EventLoop({ maxPassMs: maxPassMs as never }))).toMatch(
      /^TypeError: Cannot make a loop: maxPassMs is .+; pass a number, 0 or more\.$/,
    );
  }
  for (const maxPassMs of [Number.NaN, -1, Number.NEGATIVE_INFINITY]) {
    expect(thrown(() => new EventLoop({ maxPassMs }))).toMatch(/^RangeError: Cannot make a loop: maxPassMs is /);
  }
});

test("a VirtualLoop's options: what is of the wrong type is refused by name", () => {
  const refused = (option: string, values: readonly unknown[]) => {
    for (const value of values.filter((value) => value !== undefined)) {
      const message = thrown(() => new VirtualLoop({ [option]: value }));
      expect(message).toMatch(new RegExp(`^TypeError: Cannot make a loop: ${option} is .+; pass a `));
    }
  };
  refused("onError", noFunctions);
  refused("onReady", noFunctions);
  refused("seed", noNumbers);
  refused("maxCallbacks", noNumbers);
  for (const order of [null, "", "FIFO", 0, noText]) {
    expect(thrown(() => new VirtualLoop({ order: order as never }))).toMatch(/^RangeError: .*order is .+; pass "fifo"/);
  }
});

test("LOOP-043 how far time goes: a finite number, 0 or more", () => {
  const loop = new VirtualLoop();
  for (const wrong of noNumbers as number[])
    expect(thrown(() => loop.advance(wrong))).toMatch(/^TypeError: Cannot adv/);
  for (const wrong of [Number.NaN, -1, -Number.MIN_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(thrown(() => loop.advance(wrong))).toMatch(/^RangeError: Cannot advance/);
  }
  expect(loop.now()).toBe(0);
});

test("LOOP-016 runUntilComplete takes whatever has a `then`, and nothing else; a refused call leaves no trace", async () => {
  const { loop } = makeLoop();
  loop.stop();
  for (const wrong of [...noNumbers, 0, Number.NaN, { then: null }]) {
    const error = await loop.runUntilComplete(wrong as PromiseLike<never>).catch((error: unknown) => error);
    expect(String(error)).toMatch(/^TypeError: Cannot runUntilComplete: `then` is .+; pass a function\.$/);
  }
  const callable = Object.assign(() => {}, { then: (done: (value: string) => void) => done("callable") });
  expect(await loop.runUntilComplete(callable as unknown as PromiseLike<string>)).toBe("callable");
});

test("LOOP-019 arguments are looked at before the loop: a wrong one is told of also on a closed loop", () => {
  const { loop } = makeLoop();
  loop.close();
  expect(thrown(() => loop.callSoon(null as never))).toMatch(/^TypeError/);
  expect(thrown(() => loop.callLater(Number.NaN, () => {}))).toMatch(/^RangeError/);
  expect(() => loop.callLater(Number.POSITIVE_INFINITY, () => {})).toThrow(
    expect.objectContaining({ code: "LOOP_CLOSED" }),
  );
});

function timersOf(loop: Scheduler): number {
  return loop instanceof EventLoop ? loop.metrics().timers : (loop as VirtualLoop).timers;
}
