import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { detectHost, EventLoop, type Scheduler, type TimerHandle } from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { checkScheduler, VirtualLoop } from "../src/testing/index.ts";
import { fire, Timer } from "../src/timer.ts";
import { BROKEN, TinyLoop } from "./support/loops.ts";
import { makeLoop } from "./support/make-loop.ts";
import { ManualHost } from "./support/manual-host.ts";

describe("EventLoop keeps the contract", () => {
  const checks = checkScheduler((onError) => {
    const host = new ManualHost();
    const scheduler = new EventLoop({ onError, host });
    scheduler.start();
    return { scheduler, advance: (ms) => host.advance(ms), openHandles: () => host.open };
  });
  for (const check of checks) test(check.name, check.run);
});

const real = detectHost();
const hosts = {
  "the real host": real,
  // Every turn takes a millisecond or more, as where others keep the machine busy.
  "a slow host": { ...real, macrotask: (run: () => void) => real.setTimer(run, 1) },
};
describe.each(Object.entries(hosts))("EventLoop keeps the contract on %s", (_, host) => {
  const checks = checkScheduler((onError) => {
    const loop = new EventLoop({ onError, host, maxPassMs: host === real ? 2 : 0 });
    loop.start();
    return loop;
  });
  // An onError that throws ends in the host's uncaught path, which a test runner takes for a failure.
  const throwing = "L5 an error handler that throws is survived";
  for (const check of checks.filter(({ name }) => name !== throwing)) test(check.name, check.run);
});

describe("EventLoop with every option on keeps the contract", () => {
  const checks = checkScheduler((onError) => {
    const host = new ManualHost();
    const context = { capture: () => undefined, run: (_: unknown, body: () => void) => body() };
    const scheduler = new EventLoop({ onError, host, instrument: instrument({ debug: true, meter: true, context }) });
    scheduler.start();
    return { scheduler, advance: (ms) => host.advance(ms), openHandles: () => host.open };
  });
  for (const check of checks) test(check.name, check.run);
});

describe("VirtualLoop keeps the contract", () => {
  for (const check of checkScheduler((onError) => new VirtualLoop({ onError }))) test(check.name, check.run);
});

describe("a loop of somebody's own keeps the contract", () => {
  for (const check of checkScheduler((onError) => new TinyLoop(onError))) test(check.name, check.run);
});

describe("a broken loop fails the check of the law it breaks", () => {
  for (const [law, name, make] of BROKEN) {
    test(`${law} ${name}`, async () => {
      const failed = new Set<string>();
      for (const check of checkScheduler(make)) {
        await check.run().catch(() => failed.add(check.id));
      }
      expect([...failed]).toContain(law);
    });
  }
});

describe("references", () => {
  test("L6 LOOP-009 cancel drops the callback and its argument", () => {
    const timer = new Timer(5, () => {}, { big: true });
    timer.cancel();
    expect([timer.callback, timer.arg, timer.cancelled]).toEqual([undefined, undefined, true]);
  });

  test("L6 a timer that has fired holds on to nothing", () => {
    const timer = new Timer(5, () => {}, { big: true });
    fire(timer);
    expect([timer.callback, timer.arg, timer.cancelled]).toEqual([undefined, undefined, false]);
  });

  test("L2 a callback that has run is held by nobody", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { host, loop } = makeLoop();
    const held = (() => {
      const big = {};
      loop.callSoon(() => big, big);
      return new WeakRef(big);
    })();
    host.settle();
    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
    collect();
    expect(held.deref()).toBeUndefined();
  });
});

test("L7 nothing is armed for a timer at Infinity, and cancelling it is quiet", () => {
  const host = new ManualHost();
  const loop: Scheduler = new EventLoop({ host });
  const timer: TimerHandle = loop.callLater(Number.POSITIVE_INFINITY, () => {});
  (loop as EventLoop).start();
  host.settle();
  expect([host.open, timer.deadlineMs]).toEqual([0, Number.POSITIVE_INFINITY]);
  timer.cancel();
  expect([timer.cancelled, host.open]).toEqual([true, 0]);
});
