import { describe, expect, test } from "vitest";
import { currentScheduler, EventLoop, getEventLoop, LoopError, runWithScheduler } from "../src/index.ts";
import { instrument } from "../src/instrument/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { makeLoop } from "./support/make-loop.ts";
import { ManualHost } from "./support/manual-host.ts";

/** A promise-like that the test settles, as a future would: through nothing but `then`. */
function pending<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Lets native promise jobs run. */
const jobs = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("start and stop", () => {
  test("a new loop is stopped: callbacks and timers queue up until start", () => {
    const host = new ManualHost();
    const loop = new EventLoop({ host });
    const log: string[] = [];
    loop.callLater(-1, () => log.push("timer"));
    loop.callSoon(() => log.push("soon"));
    host.advance(100);
    expect([log, host.open, loop.metrics().ready, loop.metrics().timers]).toEqual([[], 0, 1, 1]);
    loop.start();
    expect(log).toEqual([]);
    host.advance(0);
    expect(log).toEqual(["soon", "timer"]);
  });

  test("LOOP-001 callbacks run once each, with their arguments, in queue order", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(write, "a");
    loop.callSoon(write, "b");
    host.settle();
    host.settle();
    expect(log).toEqual(["a", "b"]);
  });

  test("start on a started loop does nothing", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(write, "once");
    loop.start();
    loop.start();
    expect(host.microtasks.length).toBe(1);
    host.settle();
    expect(log).toEqual(["once"]);
  });

  test("stop inside a callback: nothing more runs, and start goes on where it was", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(() => {
      loop.callSoon(write, "c");
      loop.stop();
      write("a");
    });
    loop.callSoon(write, "b");
    host.settle();
    expect([log, loop.metrics().ready]).toEqual([["a"], 2]);
    loop.start();
    host.settle();
    expect(log).toEqual(["a", "b", "c"]);
  });

  test("stop while the host has its turn: nothing more runs", () => {
    const { host, loop, log, write } = makeLoop({ maxPassMs: 2 });
    host.msPerLook = 2;
    for (let i = 0; i < 10; i++) loop.callSoon(write, i);
    host.runMacrotask();
    loop.stop();
    host.settle();
    expect(log.length).toBeLessThan(10);
    loop.start();
    host.settle();
    expect(log).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("stop, then start in the same callback goes on", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(() => {
      loop.callSoon(write, "next pass");
      loop.stop();
      loop.start();
    });
    host.settle();
    expect(log).toEqual(["next pass"]);
  });

  test("LOOP-021 a callback queued before a stop runs exactly once in all", () => {
    const { host, loop, log, write } = makeLoop();
    loop.stop();
    loop.callSoon(write, "once");
    host.settle();
    loop.start();
    loop.stop();
    host.settle();
    expect(log).toEqual([]);
    loop.start();
    host.settle();
    loop.stop();
    loop.start();
    host.settle();
    expect(log).toEqual(["once"]);
  });

  test("L7 a stopped loop keeps no timer; started again, it sets one anew", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callLater(10, write, "timer");
    host.settle();
    expect(host.timers.size).toBe(1);
    loop.stop();
    expect(host.open).toBe(0);
    loop.start();
    host.advance(10);
    expect(log).toEqual(["timer"]);
  });
});

describe("close", () => {
  test("LOOP-019 closing drops what is queued, once and for all", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(write, "soon");
    loop.callLater(1, write, "timer");
    const late = loop.callLater(2, write, "late");
    loop.close();
    loop.close();
    late.cancel();
    host.advance(10);
    expect(log).toEqual([]);
    expect(loop.closed).toBe(true);
    expect(loop.metrics()).toMatchObject({ ready: 0, timers: 0 });
    expect(host.open).toBe(0);
  });

  test("inside a callback it ends the pass then and there", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(write, "a");
    loop.callSoon(() => loop.close());
    loop.callSoon(write, "b");
    host.settle();
    expect(log).toEqual(["a"]);
  });

  test("LOOP-019 whatever would run something later is refused", async () => {
    const { loop } = makeLoop();
    loop.close();
    const refused = [
      ["callSoon", () => loop.callSoon(() => {})],
      ["callLater", () => loop.callLater(1, () => {})],
      ["callAt", () => loop.callAt(1, () => {})],
      ["start", () => loop.start()],
    ] as const;
    for (const [doing, act] of refused) {
      const message = `Cannot ${doing}: the loop is closed; make a new one.`;
      expect(act, doing).toThrow(expect.objectContaining({ name: "LoopError", code: "LOOP_CLOSED", message }));
    }
    await expect(loop.runUntilComplete(Promise.resolve())).rejects.toMatchObject({ code: "LOOP_CLOSED" });
    loop.stop();
    loop.hold("still fine").release();
  });
});

describe("runUntilComplete", () => {
  test("runs a stopped loop until the awaitable settles, and stops it again", async () => {
    const loop = new EventLoop();
    const log: string[] = [];
    const value = await loop.runUntilComplete(
      new Promise<string>((resolve) => void loop.callLater(1, resolve, "value")),
    );
    loop.callSoon(() => log.push("not run"));
    await jobs();
    expect([value, log]).toEqual(["value", []]);
  });

  test("leaves a started loop started", async () => {
    const { host, loop, log, write } = makeLoop();
    await loop.runUntilComplete(Promise.resolve());
    loop.callSoon(write, "run");
    host.settle();
    expect(log).toEqual(["run"]);
  });

  test("start while it waits holds beyond it", async () => {
    const loop = new EventLoop();
    const log: string[] = [];
    const main = pending<string>();
    const run = loop.runUntilComplete(main.promise);
    loop.start();
    main.resolve("done");
    await run;
    loop.callSoon(() => log.push("run"));
    await jobs();
    expect(log).toEqual(["run"]);
    loop.close();
  });

  test("gives the rejection as it is", async () => {
    const error = new Error("no");
    await expect(makeLoop().loop.runUntilComplete(Promise.reject(error))).rejects.toBe(error);
  });

  test.each([5, null, undefined, "text", {}, { then: 1 }, () => {}])("LOOP-016 %s is no awaitable", async (wrong) => {
    const run = makeLoop().loop.runUntilComplete(wrong as unknown as PromiseLike<void>);
    await expect(run).rejects.toBeInstanceOf(TypeError);
  });

  test("LOOP-018 a nested run is refused", async () => {
    const { host, loop } = makeLoop();
    let nested: Promise<void> | undefined;
    loop.callSoon(() => {
      nested = loop.runUntilComplete(Promise.resolve());
    });
    host.settle();
    await expect(nested).rejects.toMatchObject({ code: "LOOP_BUSY" });
    const first = pending<string>();
    const outer = loop.runUntilComplete(first.promise);
    await expect(loop.runUntilComplete(Promise.resolve())).rejects.toBeInstanceOf(LoopError);
    first.resolve("done");
    expect(await outer).toBe("done");
  });

  test("LOOP-018 inside a callback of another loop it is fine", async () => {
    const { host, loop } = makeLoop();
    const other = makeLoop();
    let run: Promise<string> | undefined;
    loop.callSoon(() => {
      run = other.loop.runUntilComplete(Promise.resolve("other"));
    });
    host.settle();
    expect(await run).toBe("other");
  });

  test("LOOP-022 after a run that failed, a second one is not stopped by the first", async () => {
    const { host, loop, log, write } = makeLoop();
    loop.stop();
    await expect(loop.runUntilComplete(Promise.reject(new Error("first")))).rejects.toThrow("first");
    const second = pending<string>();
    const run = loop.runUntilComplete(second.promise);
    await jobs();
    loop.callSoon(write, "still running");
    host.settle();
    second.resolve("second");
    expect([await run, log]).toEqual(["second", ["still running"]]);
  });

  test("stop rejects it, close too", async () => {
    const { loop } = makeLoop();
    const stopped = loop.runUntilComplete(new Promise(() => {}));
    loop.stop();
    await expect(stopped).rejects.toMatchObject({ code: "LOOP_STOPPED" });
    const closed = loop.runUntilComplete(new Promise(() => {}));
    loop.close();
    await expect(closed).rejects.toMatchObject({ code: "LOOP_CLOSED" });
  });

  test("LOOP-016 reads `then` once", async () => {
    let reads = 0;
    const awaitable = {
      get then() {
        reads++;
        return (resolve: (value: string) => void) => resolve("read");
      },
    } as unknown as PromiseLike<string>;
    expect([await makeLoop().loop.runUntilComplete(awaitable), reads]).toEqual(["read", 1]);
  });

  test("a `then` that throws rejects it", async () => {
    const error = new Error("then");
    const awaitable = {
      then() {
        throw error;
      },
    } as PromiseLike<void>;
    await expect(makeLoop().loop.runUntilComplete(awaitable)).rejects.toBe(error);
  });
});

describe("errors", () => {
  const boom = new Error("boom");
  const thrower = () => {
    throw boom;
  };

  test("L5 onError learns what failed, by name", () => {
    const seen: unknown[] = [];
    const { host, loop } = makeLoop({ onError: (error, info) => seen.push([error, info]) });
    loop.callSoon(thrower);
    loop.callSoon(
      function step() {
        throw boom;
      },
      { name: "main" },
    );
    loop.callLater(1, thrower);
    host.advance(1);
    expect(seen).toEqual([
      [boom, { what: "callback", name: "thrower" }],
      [boom, { what: "callback", name: "step(main)" }],
      [boom, { what: "timer", name: "thrower" }],
    ]);
  });

  test("L5 with debug on, it learns where the callback was scheduled", () => {
    const seen: { scheduledAt?: string }[] = [];
    const { host, loop } = makeLoop({
      instrument: instrument({ debug: true }),
      onError: (_, info) => seen.push(info),
    });
    (function scheduling() {
      loop.callSoon(thrower);
      loop.callLater(1, thrower);
    })();
    host.advance(1);
    expect(loop.debug).toBe(true);
    expect(seen).toMatchObject([
      { what: "callback", name: "thrower" },
      { what: "timer", name: "thrower" },
    ]);
    for (const { scheduledAt } of seen) expect(scheduledAt).toMatch(/scheduling.*event-loop\.test\.ts/);
  });

  test("L5 an error is reported, and the pass goes on, also if the callback's names are no strings", () => {
    const seen: unknown[] = [];
    const { host, loop, log, write } = makeLoop({ onError: (error, info) => seen.push([error, info]) });
    const error = new Error("no");
    const fail = () => {
      throw error;
    };
    const noName = {
      get name() {
        throw new Error("no name");
      },
    };
    loop.callSoon(fail, noName);
    loop.callSoon(Object.defineProperty(() => fail(), "name", { value: Symbol("s") }));
    loop.callSoon(
      Object.defineProperty(() => fail(), "name", Object.getOwnPropertyDescriptor(noName, "name") as object),
    );
    loop.callSoon(write, "next");
    host.settle();
    expect(seen).toEqual(["fail", "anonymous", "anonymous"].map((name) => [error, { what: "callback", name }]));
    expect([log, host.reported]).toEqual([["next"], []]);
  });

  test("L5 LOOP-012 without onError, the host gets it, once; a wrong onError is refused", () => {
    const { host, loop } = makeLoop();
    loop.callSoon(thrower);
    loop.reportError(boom, { what: "test" });
    host.settle();
    expect(host.reported).toEqual([boom, boom]);
    expect(() => new EventLoop({ onError: 5 as never })).toThrow(
      new TypeError("Cannot make a loop: onError is 5; pass a function."),
    );
  });

  test("L5 LOOP-013 an onError that throws: the host gets the second error, once, and the loop goes on", () => {
    const second = new Error("second");
    const { host, loop, log, write } = makeLoop({
      onError: () => {
        throw second;
      },
    });
    loop.callSoon(thrower);
    loop.callSoon(write, "next");
    host.settle();
    expect([host.reported, log]).toEqual([[second], ["next"]]);
  });
});

describe("which loop runs now", () => {
  test("getEventLoop is the running loop, else the default one, which is started", async () => {
    const { host, loop } = makeLoop();
    const log: unknown[] = [];
    const process = getEventLoop();
    loop.callSoon(() => log.push(getEventLoop() === loop, currentScheduler() === loop));
    host.settle();
    log.push(getEventLoop() === process, currentScheduler() === process);
    expect(log).toEqual([true, true, true, true]);
    expect(await new Promise((resolve) => process.callSoon(resolve, "runs"))).toBe("runs");
  });

  test("a closed default loop is replaced", () => {
    const closed = getEventLoop();
    closed.close();
    expect(getEventLoop()).not.toBe(closed);
  });

  test("a VirtualLoop is the current scheduler, and never the event loop", () => {
    const virtual = new VirtualLoop();
    const seen: unknown[] = [];
    virtual.callSoon(() => seen.push(currentScheduler() === virtual, getEventLoop() instanceof EventLoop));
    virtual.runUntilIdle();
    expect(seen).toEqual([true, true]);
  });

  test("loops nest: the pointer is put back, also after a throw", () => {
    const { host, loop } = makeLoop({ onError: () => {} });
    const virtual = new VirtualLoop();
    const seen: unknown[] = [];
    virtual.callSoon(() => seen.push(currentScheduler() === virtual));
    loop.callSoon(() => {
      virtual.runUntilIdle();
      seen.push(currentScheduler() === loop);
      throw new Error("ignored");
    });
    loop.callSoon(() => seen.push(currentScheduler() === loop));
    host.settle();
    expect(() =>
      runWithScheduler(virtual, () => {
        throw new Error("out");
      }),
    ).toThrow("out");
    seen.push(currentScheduler() === getEventLoop());
    expect(seen).toEqual([true, true, true, true]);
  });

  test("two loops of one process never run each other's callbacks", () => {
    const a = makeLoop();
    const b = makeLoop();
    a.loop.callSoon(() => b.loop.callSoon(b.write, "b"));
    b.loop.callSoon(() => a.loop.callLater(1, a.write, "a"));
    a.host.settle();
    expect([a.log, b.log]).toEqual([[], []]);
    b.host.settle();
    expect([a.log, b.log]).toEqual([[], ["b"]]);
    a.host.advance(1);
    expect([a.log, b.log]).toEqual([["a"], ["b"]]);
  });
});

test("DEBUG-013 metrics tell of the queue and the timers", () => {
  const { host, loop, write } = makeLoop();
  for (const i of [1, 2, 3]) loop.callSoon(write, i);
  loop.callLater(5, write, 5);
  loop.callLater(6, write, 6).cancel();
  expect(loop.metrics()).toEqual({
    ready: 3,
    readyPeak: 0,
    callbacksRun: 0,
    timers: 1,
    nextDeadlineMs: host.now() + 5,
    timing: undefined,
  });
  host.advance(10);
  expect(loop.metrics()).toMatchObject({
    ready: 0,
    readyPeak: 3,
    callbacksRun: 4,
    timers: 0,
    nextDeadlineMs: undefined,
  });
});
