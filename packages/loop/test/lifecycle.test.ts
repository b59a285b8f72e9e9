import { describe, expect, test } from "vitest";
import { currentScheduler, EventLoop, getEventLoop, runWithScheduler } from "../src/index.ts";
import { VirtualLoop } from "../src/testing/index.ts";
import { makeLoop } from "./support/make-loop.ts";

const jobs = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("stop and close while there is much to do", () => {
  test("L3 a stop ends a long pass where it is, and start goes on from there", () => {
    const { host, loop, log, write } = makeLoop();
    for (let i = 0; i < 1_000; i++) loop.callSoon(write, i);
    loop.callSoon(() => loop.stop());
    for (let i = 1_000; i < 2_000; i++) loop.callSoon(write, i);
    host.settle();
    expect([log.length, loop.metrics().ready, host.open]).toEqual([1_000, 1_000, 0]);
    loop.start();
    host.settle();
    expect(log).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });

  test("LOOP-019 a close in the middle of a long pass: what is left is dropped", () => {
    const { host, loop, log, write } = makeLoop();
    for (let i = 0; i < 1_000; i++) loop.callSoon(write, i);
    loop.callSoon(() => loop.close());
    for (let i = 0; i < 1_000; i++) loop.callSoon(write, i);
    loop.callLater(5, write, "timer");
    host.advance(10);
    expect([log.length, loop.metrics().ready, loop.metrics().timers, host.open]).toEqual([1_000, 0, 0, 0]);
  });

  test("LOOP-019 closed while the host's turn, or its timer, is waited for: neither brings anything back", () => {
    const { host, loop, log, write } = makeLoop();
    host.msPerLook = 3; // every look ends the turn
    for (let i = 0; i < 10; i++) loop.callSoon(write, i);
    host.runMicrotasks();
    const before = log.length;
    expect([before < 10, host.macrotasks.length]).toEqual([true, 1]);
    loop.close();
    host.settle();
    expect([log.length, host.open]).toEqual([before, 0]);
  });

  test("stopped while the host's turn is waited for, and started again before it: nothing is lost, nothing runs twice", () => {
    const { host, loop, log, write } = makeLoop();
    host.msPerLook = 3;
    for (let i = 0; i < 10; i++) loop.callSoon(write, i);
    host.runMicrotasks();
    loop.stop();
    loop.start();
    host.settle();
    expect(log).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("LOOP-019 callAfterMicrotasks on a loop that is closed by then does nothing", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callAfterMicrotasks(write, "open");
    host.settle();
    loop.callAfterMicrotasks(write, "closed");
    loop.close();
    host.settle();
    expect([log, host.reported, loop.metrics().ready]).toEqual([["open"], [], 0]);
  });

  test("LOOP-019 the awaitable that a close left behind may settle as it likes", async () => {
    const { loop } = makeLoop();
    let fail: (error: Error) => void = () => {};
    const run = loop.runUntilComplete(
      new Promise<never>((_, reject) => {
        fail = reject;
      }),
    );
    loop.close();
    await expect(run).rejects.toMatchObject({ code: "LOOP_CLOSED" });
    fail(new Error("later")); // nobody is told: the run has its answer
    await jobs();
  });

  test("LOOP-022 stop inside a callback rejects a run with LOOP_STOPPED, and the next run goes on where it was", async () => {
    const loop = new EventLoop();
    const log: string[] = [];
    loop.callSoon(() => loop.stop());
    loop.callSoon(() => loop.callSoon(() => log.push("next pass")));
    await expect(loop.runUntilComplete(new Promise(() => {}))).rejects.toMatchObject({ code: "LOOP_STOPPED" });
    await jobs();
    expect(log).toEqual([]);
    await loop.runUntilComplete(new Promise<void>((resolve) => loop.callSoon(resolve)));
    expect(log).toEqual(["next pass"]);
  });

  test("LOOP-022 stopped, a loop can run again in the same job, and the end of the first run does not stop the second", async () => {
    const loop = new EventLoop();
    const log: string[] = [];
    const first = loop.runUntilComplete(new Promise(() => {}));
    loop.stop();
    const second = loop.runUntilComplete(
      new Promise<string>((resolve) => setImmediate(() => loop.callSoon(resolve, "second"))),
    );
    await expect(first).rejects.toMatchObject({ code: "LOOP_STOPPED" });
    await expect(loop.runUntilComplete(Promise.resolve())).rejects.toMatchObject({ code: "LOOP_BUSY" });
    expect(await second).toBe("second");
    loop.callSoon(() => log.push("not run: the second run was the last"));
    await jobs();
    expect(log).toEqual([]);
  });
});

describe("timers and the host", () => {
  test("L4 2³¹−1 ms, one more, and a thousand years: split, in order, none early", () => {
    const { host, loop, log } = makeLoop();
    const waits = [2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 1_000 * 365 * 86_400_000];
    for (const ms of [...waits].reverse()) loop.callLater(ms, () => log.push(loop.now() - ms));
    host.advance(2 ** 33);
    expect(log).toEqual([0, 0, 0]);
    host.advance(1_000 * 366 * 86_400_000);
    expect(log).toEqual([0, 0, 0, 0]);
    expect(host.delays.every((ms) => Number.isInteger(ms) && ms >= 1 && ms <= 2 ** 31 - 1)).toBe(true);
  });

  test("L7 a million timers cost one host timer, and none when they are cancelled", () => {
    const { host, loop } = makeLoop();
    const timers = Array.from({ length: 1_000_000 }, (_, i) => loop.callLater(1_000 + (i % 60_000), () => {}));
    host.settle();
    expect([host.timers.size, loop.metrics().timers]).toEqual([1, 1_000_000]);
    for (const timer of timers) timer.cancel();
    host.settle();
    expect([host.open, loop.metrics().timers]).toEqual([0, 0]);
  });

  test("L6 the earliest is cancelled, again and again: the host's timer is not set anew each time, and none is early", () => {
    const { host, loop, log, write } = makeLoop();
    const timers = Array.from({ length: 100 }, (_, i) => loop.callLater(10 + i, write, i));
    for (const timer of timers.slice(0, 99)) {
      timer.cancel();
      host.settle();
    }
    expect(host.delays.length).toBeLessThan(5);
    host.advance(108);
    expect(log).toEqual([]);
    host.advance(1);
    expect([log, host.open]).toEqual([[99], 0]);
  });

  test("L4 a timer set by a callback for now fires in a later turn, after what else is ready", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(() => {
      loop.callLater(0, write, "timer");
      loop.callLater(-1, write, "earlier timer");
      loop.callSoon(write, "soon");
      write("returned");
    });
    host.settle();
    expect(log).toEqual(["returned", "soon", "earlier timer", "timer"]);
  });

  test("L1 no host method is called in the stack of a scheduling call but to ask for a turn", () => {
    const { host, loop, log, write } = makeLoop();
    loop.callSoon(write, "soon");
    loop.callLater(-1, write, "timer");
    loop.callAt(Number.NEGATIVE_INFINITY, write, "past");
    loop.callAfterMicrotasks(write, "after");
    loop.start();
    expect([log, host.macrotasksRun]).toEqual([[], 0]);
    host.settle();
    expect(log).toEqual(["soon", "after", "past", "timer"]);
  });
});

describe("two loops of one process", () => {
  test("on the real host each runs its own, and knows itself as the running one", async () => {
    const [a, b] = [new EventLoop(), new EventLoop()];
    const log: string[] = [];
    const who = () => (currentScheduler() === a ? "a" : currentScheduler() === b ? "b" : "nobody");
    const ping = (loop: EventLoop, other: EventLoop, left: number, done: () => void) => {
      log.push(who());
      if (left === 0) done();
      else other.callSoon(() => ping(other, loop, left - 1, done));
    };
    const over = new Promise<void>((resolve) => a.callSoon(() => ping(a, b, 5, resolve)));
    b.start();
    await a.runUntilComplete(over);
    b.close();
    expect(log).toEqual(["a", "b", "a", "b", "a", "b"]);
    expect([who(), getEventLoop() === a, getEventLoop() === b]).toEqual(["nobody", false, false]);
  });

  test("closing or failing, one leaves the other alone", () => {
    const [a, b] = [makeLoop(), makeLoop()];
    a.loop.callSoon(() => {
      b.loop.callSoon(b.write, "b");
      a.loop.close();
      throw new Error("a fails");
    });
    a.host.settle();
    b.host.settle();
    expect([a.host.reported.length, b.host.reported.length, b.log, b.loop.closed]).toEqual([1, 0, ["b"], false]);
  });

  test("a VirtualLoop that is run inside another's callback has its own time and errors", () => {
    const errors: unknown[] = [];
    const outer = new VirtualLoop({ onError: (error) => errors.push(error) });
    const inner = new VirtualLoop();
    const seen: unknown[] = [];
    const boom = new Error("inner");
    inner.callLater(5, () => {
      seen.push(currentScheduler() === inner, outer.now());
      throw boom;
    });
    outer.callLater(1, () => {
      inner.advance(5); // throws what its callback threw
    });
    outer.callLater(1, () => seen.push(currentScheduler() === outer, inner.now()));
    outer.advance(1);
    expect([seen, errors]).toEqual([[true, 1, true, 5], [boom]]);
  });
});

test("runWithScheduler gives what its body gives, and puts back what was there, whatever the nesting", () => {
  const [a, b] = [new VirtualLoop(), new VirtualLoop()];
  const seen = runWithScheduler(a, () => [
    currentScheduler() === a,
    runWithScheduler(b, () => currentScheduler() === b),
    currentScheduler() === a,
  ]);
  expect([...seen, currentScheduler() === getEventLoop()]).toEqual([true, true, true, true]);
});
