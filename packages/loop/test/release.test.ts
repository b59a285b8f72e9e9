import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { Scheduler, TimerHandle } from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { makeLoop } from "./support/make-loop.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** How many of `refs` are still held by somebody, once all that is garbage was collected. */
async function held(refs: readonly WeakRef<object>[]): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
  gc();
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

/** The loops there are, and the way to let their time go by. */
const loops: Record<string, () => { loop: Scheduler; advance(ms: number): void }> = {
  EventLoop: () => {
    const { host, loop } = makeLoop();
    return { loop, advance: (ms) => host.advance(ms) };
  },
  VirtualLoop: () => {
    const loop = new VirtualLoop();
    return { loop, advance: (ms) => loop.advance(ms) };
  },
};

describe.each(Object.entries(loops))("what a loop lets go of: %s", (_, make) => {
  test("L2 a callback that has run, and its argument", async () => {
    const { loop, advance } = make();
    const refs: WeakRef<object>[] = [];
    const put = () => {
      const big = { many: new Array(100).fill(0) };
      refs.push(new WeakRef(big));
      loop.callSoon((arg) => void arg, big);
      loop.callSoon(() => void big);
    };
    for (let i = 0; i < 100; i++) put();
    expect(await held(refs)).toBe(100);
    advance(1);
    expect(await held(refs)).toBe(0);
  });

  test("L6 LOOP-009 cancelled, a handle that is kept keeps neither the callback nor its argument", async () => {
    const { loop, advance } = make();
    const refs: WeakRef<object>[] = [];
    const put = (delayMs: number): TimerHandle => {
      const big = {};
      refs.push(new WeakRef(big));
      return loop.callLater(delayMs, () => void big, big);
    };
    const delays = [5, 1_000, Number.POSITIVE_INFINITY];
    const cancelled = delays.map(put);
    expect(await held(refs)).toBe(3);
    for (const timer of cancelled) timer.cancel();
    expect([await held(refs), cancelled.map((timer) => timer.cancelled)]).toEqual([0, [true, true, true]]);
    const fired = put(5);
    advance(10);
    expect([await held(refs), fired.cancelled]).toEqual([0, false]);
  });

  test("L6 handles that nobody keeps: what is cancelled is swept out, though one long timer goes on", async () => {
    const { loop, advance } = make();
    const refs: WeakRef<object>[] = [];
    loop.callLater(1e9, () => {});
    const round = (i: number) => {
      const timer = loop.callLater(1e6 + (i % 1_000) / 8, () => {});
      refs.push(new WeakRef(timer));
      timer.cancel();
    };
    for (let i = 0; i < 10_000; i++) {
      round(i);
      if (i % 100 === 0) advance(1);
    }
    expect(await held(refs)).toBeLessThan(200);
  });

  test("L6 more than half cancelled, in any place: those are let go of, the others fire", async () => {
    const { loop, advance } = make();
    const refs: WeakRef<object>[] = [];
    let fired = 0;
    const put = (i: number): TimerHandle => loop.callLater(1 + (i % 500), () => fired++);
    let handles: TimerHandle[] = Array.from({ length: 5_000 }, (_, i) => put(i));
    advance(0); // they have found their places
    for (const [i, timer] of handles.entries()) {
      if (i % 10 === 0) continue;
      refs.push(new WeakRef(timer));
      timer.cancel();
    }
    handles = [];
    expect(await held(refs)).toBeLessThanOrEqual(500 + 100);
    advance(1_000);
    expect(fired).toBe(500);
  });
});
