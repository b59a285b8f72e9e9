import { describe, expect, test } from "vitest";
import { EventLoop } from "../src/index.ts";
import { makeLoop } from "./support/make-loop.ts";
import { ManualHost } from "./support/manual-host.ts";

const STEPS = 300_000;

describe("on the real host", () => {
  test("L3 LOOP-036 300,000 self-posting steps let host timers, I/O, promises and the loop's own timers through", async () => {
    const loop = new EventLoop();
    const at: Record<string, number> = {};
    let steps = 0;
    const note = (name: string) => () => {
      at[name] ??= steps;
    };
    const done = new Promise<void>((resolve) => {
      const step = () => {
        // A read of a file is over when the disk and its thread say so, which may take a busy machine longer.
        const waits = steps < STEPS || (at["file"] === undefined && steps < 100 * STEPS);
        steps++;
        if (waits) loop.callSoon(step);
        else resolve();
      };
      loop.callSoon(step);
    });
    loop.callLater(1, note("timer"));
    setTimeout(note("setTimeout"), 1);
    setImmediate(note("setImmediate"));
    void Promise.resolve().then(note("promise"));
    void import("node:fs/promises").then(({ stat }) => stat(".")).then(note("file"));
    await loop.runUntilComplete(done);
    expect(Object.keys(at).sort()).toEqual(["file", "promise", "setImmediate", "setTimeout", "timer"]);
    for (const name of ["timer", "setTimeout", "setImmediate"]) expect(at[name], name).toBeLessThan(STEPS);
    expect(at["promise"]).toBeLessThanOrEqual(1_000);
  });

  test("L3 a loop and native promises that wake each other up let host timers through", async () => {
    const loop = new EventLoop();
    loop.start();
    let rounds = 0;
    let timerAt: number | undefined;
    setTimeout(() => {
      timerAt = rounds;
    }, 1);
    await new Promise<void>((resolve) => {
      const round = () => {
        if (timerAt !== undefined || ++rounds === 10_000_000) resolve();
        else void Promise.resolve().then(() => loop.callSoon(round));
      };
      round();
    });
    expect(timerAt).toBeDefined();
    loop.close();
  });
});

test("L3 LOOP-036 beside a callback that re-posts itself for ever, one that takes 20 turns has one in each pass", () => {
  const { host, loop, log, write } = makeLoop();
  let turns = 0;
  const forever = () => {
    write("forever");
    if (turns < 20) loop.callSoon(forever); // for ever, as far as the other one can see
  };
  const turn = () => {
    write("turn");
    if (++turns < 20) loop.callSoon(turn);
  };
  loop.callSoon(forever);
  loop.callSoon(turn);
  host.settle();
  expect(log.slice(0, 40)).toEqual(Array(20).fill(["forever", "turn"]).flat());
});

describe("on a manual host", () => {
  /** A loop with one callback that re-posts itself for ever, each turn taking so long. */
  function greedy(msPerTurn: number, maxPassMs = 2) {
    const made = makeLoop({ maxPassMs });
    const state = { turns: 0 };
    const turn = () => {
      state.turns++;
      made.host.nowMs += msPerTurn;
      made.loop.callSoon(turn);
    };
    made.loop.callSoon(turn);
    return { ...made, state };
  }

  /** Runs one macrotask with the microtasks around it; microtasks are counted, as an endless chain would hang. */
  function macrotask(host: ManualHost): number {
    let microtasks = 0;
    for (let run = host.microtasks.shift(); run; run = host.microtasks.shift()) {
      run();
      if (++microtasks > 100_000) throw new Error("the microtasks never end");
    }
    host.macrotasks.shift()?.();
    return microtasks;
  }

  test("L3 slow callbacks: the host has its turn after about maxPassMs", () => {
    const { host } = greedy(0.5);
    macrotask(host);
    for (let i = 0; i < 10; i++) {
      const beganMs = host.nowMs;
      macrotask(host);
      expect(host.nowMs - beganMs).toBeLessThanOrEqual(2.5);
    }
  });

  test("L3 callbacks slower than the budget: one a turn, or two", () => {
    const { host, state } = greedy(10);
    macrotask(host); // from here on the loop knows when the host had its turn
    state.turns = 0;
    for (let i = 0; i < 10; i++) macrotask(host);
    expect(state.turns).toBeLessThanOrEqual(20);
  });

  test("L3 callbacks that are fast, then slow, are found out within 64", () => {
    const made = makeLoop();
    let turns = 0;
    const turn = () => {
      turns++;
      made.host.nowMs += turns > 10_000 ? 1 : 0.000_01;
      made.loop.callSoon(turn);
    };
    made.loop.callSoon(turn);
    macrotask(made.host);
    expect(turns).toBeLessThanOrEqual(10_000 + 64 + 2);
  });

  test("L3 slow callbacks are timed at least every 16, fast ones not more than every 64", () => {
    const slow = greedy(0.01);
    macrotask(slow.host);
    expect(slow.host.looks).toBeGreaterThanOrEqual(slow.state.turns / 16 - 1);
    const fast = greedy(0.000_01);
    macrotask(fast.host);
    expect(fast.host.looks).toBeLessThanOrEqual(fast.state.turns / 64 + 20);
  });

  test("L3 the host's microtasks have their turn every 64 callbacks at the latest", () => {
    const { host, state } = greedy(0.000_01);
    for (let job = 0; job < 50; job++) {
      const before = state.turns;
      host.microtasks.shift()?.();
      expect(state.turns - before).toBeLessThanOrEqual(64);
      expect(host.microtasks.length).toBe(1);
    }
    expect(state.turns).toBeGreaterThan(50 * 32);
  });

  test("L3 short wakes with rests between ask for no macrotask until half the budget has gone by", () => {
    const { host, loop, log, write } = makeLoop({ maxPassMs: 2 });
    loop.callSoon(write, "first");
    host.settle(); // from here on the loop knows when the host had its turn
    for (let i = 0; i < 9; i++) {
      host.nowMs += 0.1;
      loop.callSoon(write, i);
      host.runMicrotasks();
    }
    expect([log.length, host.macrotasks.length]).toEqual([10, 0]);
  });

  test("L3 rests do not hide the time: what the host spends between wakes counts", () => {
    const { host, loop, log, write } = makeLoop({ maxPassMs: 2 });
    // Each wake comes from the same host job: no macrotask runs between.
    for (let i = 0; i < 100; i++) {
      host.nowMs += 0.5;
      loop.callSoon(write, i);
      host.runMicrotasks();
    }
    expect(log.length).toBeLessThan(20);
    expect(host.macrotasks.length).toBe(1);
    host.settle();
    expect(log.length).toBe(100);
  });

  test("L3 a due timer fires at the next macrotask of a loop that is never idle", () => {
    const { host, loop, log, write } = greedy(0.1);
    loop.callLater(5, write, "timer");
    for (let i = 0; i < 10 && log.length === 0; i++) macrotask(host);
    expect(log).toEqual(["timer"]);
    expect(host.nowMs).toBeLessThan(10);
  });

  test("L3 a pass longer than the budget goes on after the host's turn, in order", () => {
    const { host, loop, log, write } = makeLoop();
    for (let i = 0; i < 1_000; i++) {
      loop.callSoon((n: number) => {
        host.nowMs += 0.1;
        write(n);
      }, i);
    }
    host.settle();
    expect(log).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(host.macrotasksRun).toBeGreaterThan(20);
  });

  test("maxPassMs must be a number, 0 or more", () => {
    expect(() => new EventLoop({ maxPassMs: Number.NaN })).toThrow(RangeError);
    const message = "Cannot make a loop: maxPassMs is -1; pass a number, 0 or more.";
    expect(() => new EventLoop({ maxPassMs: -1 })).toThrow(new RangeError(message));
    for (const maxPassMs of [0, 0.5, Number.POSITIVE_INFINITY]) new EventLoop({ maxPassMs });
    expect(() => new EventLoop({ maxPassMs: "2" as never })).toThrow(TypeError);
  });

  test.each([null, 5, {}])("%s is no host", (host) => {
    expect(() => new EventLoop({ host: host as never })).toThrow(/^Cannot make a loop: host.now is undefined; /);
  });

  test("a host of one's own: inside animation frames", () => {
    const frames: (() => void)[] = [];
    const host = new ManualHost();
    host.macrotask = (run) => void frames.push(run);
    const loop = new EventLoop({ host, maxPassMs: 8 });
    loop.start();
    let turns = 0;
    const turn = () => {
      turns++;
      host.nowMs += 1;
      loop.callSoon(turn);
    };
    loop.callSoon(turn);
    host.runMicrotasks();
    const first = turns;
    frames.shift()?.();
    host.runMicrotasks();
    expect([first > 4 && first < 12, turns - first > 4 && turns - first < 12]).toEqual([true, true]);
  });
});
