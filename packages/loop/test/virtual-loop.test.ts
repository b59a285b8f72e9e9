import { describe, expect, test } from "vitest";
import type { LoopError } from "../src/index.ts";
import { seededRandom, VirtualLoop, type VirtualLoopOptions } from "../src/testing/index.ts";

function makeLoop(options?: VirtualLoopOptions) {
  const loop = new VirtualLoop(options);
  const log: unknown[] = [];
  return { loop, log, write: (entry: unknown) => void log.push(entry) };
}

describe("time", () => {
  test("LOOP-043 stands still until it is moved, and then moves exactly", () => {
    const { loop } = makeLoop();
    loop.runUntilIdle();
    expect(loop.now()).toBe(0);
    loop.advance(1.5);
    loop.advance(0);
    loop.advance(2);
    expect(loop.now()).toBe(3.5);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "LOOP-043 cannot advance by %s",
    (ms) => {
      const { loop } = makeLoop();
      expect(() => loop.advance(ms)).toThrow(RangeError);
      expect(loop.now()).toBe(0);
    },
  );

  test("cannot advance by what is no number", () => {
    expect(() => makeLoop().loop.advance("1" as never)).toThrow(TypeError);
  });

  test("L4 stands at each deadline exactly while its timers run", () => {
    const { loop, log } = makeLoop();
    const stamp = () => void log.push(loop.now());
    loop.callLater(0.1, stamp);
    loop.callLater(7, stamp);
    loop.callLater(3, () => {
      stamp();
      loop.callLater(2, stamp);
      loop.callLater(0, stamp);
    });
    loop.advance(10);
    expect([log, loop.now()]).toEqual([[0.1, 3, 3, 5, 7], 10]);
  });

  test("runs a timer at the very end of the span, and none after it", () => {
    const { loop, log, write } = makeLoop();
    loop.callLater(5, write, "5");
    loop.callLater(5.001, write, "5.001");
    loop.advance(5);
    expect(log).toEqual(["5"]);
  });

  test("does not go back for a deadline in the past", () => {
    const { loop, log } = makeLoop();
    loop.advance(10);
    loop.callAt(3, () => log.push(loop.now()));
    loop.advance(0);
    expect(log).toEqual([10]);
  });

  test("LOOP-045 what is ready runs before time jumps", () => {
    const { loop, log } = makeLoop();
    loop.callLater(5, () => log.push(["timer", loop.now()]));
    loop.callSoon(() => loop.callSoon(() => log.push(["ready", loop.now()])));
    expect(loop.advanceToNext()).toBe(true);
    expect(log).toEqual([
      ["ready", 0],
      ["timer", 5],
    ]);
  });

  test("advanceToNext jumps one deadline at a time, and says when there is none", () => {
    const { loop, log, write } = makeLoop();
    loop.callLater(5, write, "5");
    loop.callLater(5, write, "5 too");
    loop.callLater(9, write, "9");
    loop.callLater(Number.POSITIVE_INFINITY, write, "never");
    const jumps = [loop.advanceToNext(), [...log], loop.advanceToNext(), [...log], loop.advanceToNext(), loop.now()];
    expect(jumps).toEqual([true, ["5", "5 too"], true, ["5", "5 too", "9"], false, 9]);
  });

  test("runUntilIdle runs what is ready, at any depth, and no timer that is not due", () => {
    const { loop, log, write } = makeLoop();
    loop.callLater(1, write, "timer");
    loop.callSoon(() => loop.callSoon(() => loop.callSoon(write, "deep")));
    loop.runUntilIdle();
    expect([log, loop.idle, loop.timers, loop.nextDeadlineMs]).toEqual([["deep"], true, 1, 1]);
  });

  test("L4 a timer that is due now is not idle: runUntilIdle fires it, after all that is ready, and what is due by it", () => {
    const { loop, log, write } = makeLoop();
    loop.callLater(0, () => {
      write("due");
      loop.callLater(-1, write, "due by that");
    });
    const before = loop.idle;
    loop.callSoon(() => loop.callSoon(write, "ready"));
    loop.runUntilIdle();
    expect([before, log, loop.idle, loop.now()]).toEqual([false, ["ready", "due", "due by that"], true, 0]);
  });

  test("a timer that is due again and again is told of", () => {
    const { loop } = makeLoop({ maxCallbacks: 100 });
    const forever = () => void loop.callLater(0, forever);
    forever();
    expect(() => loop.runUntilIdle()).toThrow(/100 callbacks ran and time still stands at 0 ms/);
  });
});

describe("holds", () => {
  test("a held loop is not idle, and time does not jump; advance moves it all the same", () => {
    const { loop, log, write } = makeLoop();
    loop.callLater(5, write, "timer");
    const hold = loop.hold("fetch");
    expect([loop.idle, loop.holds, loop.advanceToNext(), loop.now()]).toEqual([false, ["fetch"], false, 0]);
    loop.advance(5);
    hold.release();
    hold.release();
    expect([log, loop.idle, loop.holds]).toEqual([["timer"], true, []]);
  });

  test("L4 what is due now fires all the same: time need not move for it", () => {
    const { loop, log, write } = makeLoop();
    loop.hold("fetch");
    loop.callLater(0, write, "run");
    loop.runUntilIdle();
    loop.callLater(0, write, "jump");
    loop.callLater(1, write, "later");
    expect([loop.advanceToNext(), loop.advanceToNext(), log, loop.now()]).toEqual([true, false, ["run", "jump"], 0]);
  });
});

describe("misuse", () => {
  test("LOOP-018 running it from inside a callback is refused", () => {
    const { loop, log } = makeLoop();
    for (const act of [() => loop.advance(1), () => loop.advanceToNext(), () => loop.runUntilIdle()]) {
      loop.callSoon(() => {
        try {
          act();
        } catch (error) {
          log.push((error as LoopError).code);
        }
      });
    }
    loop.runUntilIdle();
    expect(log).toEqual(["LOOP_BUSY", "LOOP_BUSY", "LOOP_BUSY"]);
  });

  test("a callback that re-posts itself for ever is told of", () => {
    const { loop } = makeLoop({ maxCallbacks: 100 });
    const forever = () => loop.callSoon(forever);
    forever();
    expect(() => loop.runUntilIdle()).toThrow(/100 callbacks ran and time still stands at 0 ms/);
  });

  test("and loses nothing of the pass it breaks off", () => {
    const { loop, log, write } = makeLoop({ maxCallbacks: 3 });
    for (let i = 0; i < 6; i++) loop.callSoon(write, i);
    expect(() => loop.runUntilIdle()).toThrow(/3 callbacks ran/);
    loop.runUntilIdle();
    expect(log).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("many callbacks are fine while time moves", () => {
    const { loop, log, write } = makeLoop({ maxCallbacks: 10 });
    for (let i = 0; i < 100; i++) loop.callLater(i, write, i);
    loop.advance(100);
    expect(log.length).toBe(100);
  });

  test("an order there is not is refused", () => {
    expect(() => new VirtualLoop({ order: "lifo" as never })).toThrow(RangeError);
    const message = 'Cannot make a VirtualLoop: order is object; pass "fifo", "random" or "pct".';
    expect(() => new VirtualLoop({ order: Object.create(null) })).toThrow(new RangeError(message));
    expect(() => new VirtualLoop({ maxCallbacks: Number.NaN })).toThrow(RangeError);
    for (const option of ["seed", "maxCallbacks", "onReady", "onError"]) {
      expect(() => new VirtualLoop({ [option]: "x" })).toThrow(`Cannot make a loop: ${option} is "x"; pass a `);
    }
    expect(() => new VirtualLoop({ onError: 1 as never })).toThrow(TypeError);
    for (const maxCallbacks of [0, -1]) expect(() => new VirtualLoop({ maxCallbacks })).toThrow(RangeError);
  });
});

describe("errors", () => {
  const thrower = (error: Error) => {
    throw error;
  };

  test("L5 without onError the running call throws what callbacks threw, when all is done", () => {
    const { loop, log, write } = makeLoop();
    const error = new Error("one");
    loop.callSoon(thrower, error);
    loop.callSoon(write, "next");
    expect(() => loop.advance(5)).toThrow(error);
    expect([log, loop.now()]).toEqual([["next"], 5]);
    loop.advance(1); // told once
  });

  test("L5 several errors come as one AggregateError, in order", () => {
    const { loop } = makeLoop();
    const errors = [new Error("one"), new Error("two")] as const;
    for (const error of errors) loop.callLater(1, thrower, error);
    expect(() => loop.advance(5)).toThrow(expect.objectContaining({ name: "AggregateError", errors }));
  });

  test("L5 an error reported between two calls is thrown by the next", () => {
    const { loop } = makeLoop();
    const error = new Error("reported");
    loop.reportError(error, {});
    expect(() => loop.runUntilIdle()).toThrow(error);
  });

  test("L5 onError gets them, with where they were scheduled in debug; what it throws comes out", () => {
    const seen: unknown[] = [];
    const second = new Error("second");
    const { loop } = makeLoop({
      debug: true,
      onError: (_, info) => {
        seen.push(info);
        throw second;
      },
    });
    loop.callSoon(thrower, new Error("first"));
    expect(() => loop.runUntilIdle()).toThrow(second);
    expect(seen).toMatchObject([{ what: "callback", name: expect.stringMatching(/^thrower/) }]);
    expect(seen).toMatchObject([{ scheduledAt: expect.stringContaining("virtual-loop.test.ts") }]);
  });
});

describe("order", () => {
  /** Five tasks of ten interleaving steps, as in LOOP-042. */
  function trace(options: VirtualLoopOptions): string {
    return traceOn(makeLoop(options));
  }

  function traceOn({ loop, log }: ReturnType<typeof makeLoop>): string {
    const step = (task: { name: string; left: number }) => {
      log.push(task.name);
      if (--task.left > 0) loop.callSoon(step, task);
    };
    for (const name of "abcde") loop.callSoon(step, { name, left: 10 });
    loop.runUntilIdle();
    return log.join("");
  }

  test("L2 fifo is the order of a real loop", () => {
    expect(trace({})).toBe("abcde".repeat(10));
  });

  test.each(["random", "pct"] as const)("LOOP-042 %s: one seed, one trace; other seeds, other traces", (order) => {
    const seeded = Array.from({ length: 10 }, () => trace({ order, seed: 7 }));
    expect(new Set(seeded).size).toBe(1);
    const others = Array.from({ length: 10 }, (_, seed) => trace({ order, seed }));
    expect(new Set(others).size).toBeGreaterThanOrEqual(9); // two of 120 orders may be the same
    const unseeded = Array.from({ length: 10 }, () => makeLoop({ order }));
    expect(new Set(unseeded.map(({ loop }) => loop.seed)).size).toBeGreaterThanOrEqual(9); // of 2³²
    for (const made of unseeded) expect(traceOn(made)).toBe(trace({ order, seed: made.loop.seed }));
  });

  test.each(["random", "pct"] as const)(
    "L3 %s stays inside a pass: nobody has a second turn before all had one",
    (order) => {
      for (let seed = 0; seed < 20; seed++) {
        const passes = trace({ order, seed }).match(/.{5}/g) ?? [];
        expect(passes.map((pass) => [...pass].sort().join(""))).toEqual(Array(10).fill("abcde"));
      }
    },
  );

  test("random: every order of a pass comes up about as often", () => {
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < 6_000; seed++) {
      const { loop, log, write } = makeLoop({ order: "random", seed });
      for (const name of "abc") loop.callSoon(write, name);
      loop.runUntilIdle();
      const key = log.join("");
      counts[key] = (counts[key] ?? 0) + 1;
    }
    expect(Object.keys(counts).length).toBe(6);
    for (const count of Object.values(counts)) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  });

  test("pct: a task keeps its rank from pass to pass, but for a few moments", () => {
    const passes = trace({ order: "pct", seed: 3 }).match(/.{5}/g) ?? [];
    expect(new Set(passes).size).toBeLessThanOrEqual(4);
  });

  test("pct: what one task has ready keeps its own order", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { loop, log } = makeLoop({ order: "pct", seed });
      const task = { name: "task" };
      for (let i = 0; i < 5; i++) loop.callSoon(() => {});
      for (let i = 0; i < 5; i++) loop.callSoon((_: object) => log.push(i), task);
      loop.runUntilIdle();
      expect(log).toEqual([0, 1, 2, 3, 4]);
    }
  });

  test("the numbers of a seed are spread evenly and never leave 0…1", () => {
    const random = seededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] as number) + 1;
    }
    expect(tenths.length).toBe(10);
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

describe("onReady: the loop has a host", () => {
  function hosted() {
    const { log, write } = makeLoop();
    const loop: VirtualLoop = new VirtualLoop({ onReady: () => write("ready") });
    return { loop, log, write };
  }

  test("it is called once for what is queued from outside, and not for what a run queues", () => {
    const { loop, log } = hosted();
    loop.callSoon(() => loop.callSoon(() => {}));
    loop.callSoon(() => {});
    loop.callLater(0, () => {});
    expect(log).toEqual(["ready"]);
    loop.runUntilIdle();
    loop.callSoon(() => {});
    expect(log).toEqual(["ready", "ready"]);
  });

  test("L4 it is called for a timer that is due at once, and for no other", () => {
    const { loop, log } = hosted();
    loop.callLater(1, () => {});
    expect(log).toEqual([]);
    loop.callAt(0, () => {});
    loop.callSoon(() => {});
    expect(log).toEqual(["ready"]);
  });

  test("L4 as on a real loop, a timer that a run sets for now fires after the host's microtasks", async () => {
    const { loop, log, write } = hosted();
    loop.callSoon(() => {
      loop.callLater(0, write, "timer");
      Promise.resolve("microtask").then(write);
    });
    loop.runUntilIdle();
    await Promise.resolve();
    loop.runUntilIdle();
    expect(log).toEqual(["ready", "ready", "microtask", "timer"]);
  });

  test("callAfterMicrotasks queues after the host's microtasks; without a host there is no such thing", async () => {
    const { loop, log, write } = hosted();
    loop.callSoon(() => {
      loop.callAfterMicrotasks?.(write, "after");
      Promise.resolve("microtask").then(write);
    });
    loop.runUntilIdle();
    await Promise.resolve();
    loop.runUntilIdle();
    expect(log).toEqual(["ready", "ready", "microtask", "after"]);
    expect(new VirtualLoop().callAfterMicrotasks).toBeUndefined();
  });
});
