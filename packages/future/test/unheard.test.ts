import { describe, expect, test } from "vitest";
import {
  all,
  any,
  asCompleted,
  type Completions,
  EventLoop,
  Future,
  race,
  settled,
  shield,
  wait,
  withTimeout,
} from "../src/index.ts";
import { Probe, VirtualLoop } from "../src/testing/index.ts";
import { drive, waitFor } from "./support/drive.ts";
import { lab, thrown } from "./support/lab.ts";

const error = new Error("no");

describe("F7 unheard rejections", () => {
  test("FUT-015 F7 one that nobody listens to is reported exactly once, by name, one pass later", () => {
    const log: unknown[] = [];
    const loop = new VirtualLoop({ onError: (reported, info) => log.push([reported, info]) });
    const { reject } = Future.withResolvers({ loop, name: "lost" });
    const note = (entry: string): void => void log.push(entry);
    loop.callSoon(() => {
      loop.callSoon(note, "next pass, before");
      reject(error);
      loop.callSoon(note, "next pass, after");
      note("settled");
    });
    loop.callSoon(note, "same pass");
    loop.runUntilIdle();
    loop.runUntilIdle();
    expect(log).toEqual([
      "settled",
      "same pass",
      "next pass, before",
      [error, { what: "unheard rejection", name: "lost" }],
      "next pass, after",
    ]);
  });

  test("DEBUG-001 F7 in debug mode the report says where the future was made", () => {
    const { loop, reports } = lab({ debug: true });
    Future.reject(error, { loop });
    loop.runUntilIdle();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.[1].scheduledAt).toContain("unheard.test.ts");
  });

  const listeners: Record<string, (future: Future<unknown>, loop: ReturnType<typeof lab>["loop"]) => void> = {
    "reads outcome": (future) => void future.outcome,
    "reads result()": (future) => {
      try {
        future.result();
      } catch {}
    },
    "adds a done callback": (future) => future.addDoneCallback(() => {}),
    "calls catch": (future) => void future.catch(() => {}),
    "waits in a task": (future, loop) => {
      const task = new Probe(loop);
      try {
        task.park(task.step(future));
      } catch {}
    },
    "combines it": (future) => void all([future]).catch(() => {}),
  };
  for (const [name, listen] of Object.entries(listeners)) {
    test(`FUT-016 F7 nothing is reported when somebody ${name}, before it settles or later in the same pass`, () => {
      for (const when of ["before", "same pass"]) {
        const { loop, reports } = lab();
        const { future, reject } = Future.withResolvers({ loop });
        if (when === "before") {
          if (name.startsWith("reads")) continue; // there is nothing to read yet
          listen(future, loop);
          loop.runUntilIdle();
        }
        loop.callSoon(() => reject(error));
        loop.callSoon(() => when === "same pass" && listen(future, loop));
        loop.runUntilIdle();
        expect(reports).toEqual([]);
      }
    });
  }

  test("F7 what `then` returns takes the duty over: the end of a chain is reported, its beginning is not", () => {
    const { loop, reports } = lab();
    const future = Future.reject(error, { loop, name: "begin" });
    const end = future.then(() => 1).finally(() => {});
    expect(end.name).toBe("future-1");
    loop.runUntilIdle();
    expect(reports).toEqual([[error, { what: "unheard rejection", name: "future-1" }]]);
  });

  test("FUT-018 once heard, always heard: there is nothing that switches reporting on again", () => {
    const { loop, reports } = lab();
    const { future, reject } = Future.withResolvers({ loop });
    reject(error);
    void future.outcome;
    future.peek();
    loop.runUntilIdle();
    expect(reports).toEqual([]);
  });

  test("F7 only to look is not to listen: peek, toSignal, inspect", async () => {
    const { inspect } = await import("node:util");
    const { loop, reports } = lab();
    const { future, reject } = Future.withResolvers({ loop });
    future.toSignal();
    reject(error);
    future.peek();
    inspect(future);
    loop.runUntilIdle();
    expect(reports.map(([seen]) => seen)).toEqual([error]);
  });

  test("F7 who has stopped listening does not count: a task that gave up, a callback removed, a `then` cancelled", () => {
    const { loop, reports } = lab();
    const { future, reject } = Future.withResolvers({ loop });
    const task = drive(loop, () => waitFor(future));
    loop.runUntilIdle();
    task.interrupt(new Error("gave up"));
    const callback = () => {};
    future.addDoneCallback(callback);
    future.removeDoneCallback(callback);
    future.then(() => {}).cancel();
    reject(error);
    loop.runUntilIdle();
    expect(reports.map(([seen]) => seen)).toEqual([error]);
  });

  test("F7 a cancellation is not a failure: nothing is reported", () => {
    const { loop, reports } = lab();
    const { future } = Future.withResolvers({ loop });
    future.then(() => 1).finally(() => {});
    future.catch((cancelled) => {
      throw cancelled;
    });
    future.cancel();
    loop.runUntilIdle();
    expect(reports).toEqual([]);
  });

  test("F7 a native await counts, although it calls `then` in a microtask of its own", async () => {
    const reports: unknown[] = [];
    const loop = new EventLoop({ onError: (reported) => reports.push(reported) });
    loop.start();
    const seen: unknown[] = [];
    for (let time = 0; time < 3; time++) {
      try {
        await Future.reject(error, { loop });
      } catch (caught) {
        seen.push(caught);
      }
    }
    Future.reject("nobody", { loop });
    await new Promise((resolve) => setImmediate(resolve));
    loop.close();
    expect([seen, reports]).toEqual([[error, error, error], ["nobody"]]);
  });

  test("F7 so it does on a virtual loop that has a host, also where a run rejects it; what nobody awaits is reported", async () => {
    const reports: unknown[] = [];
    const seen: unknown[] = [];
    const loop = new VirtualLoop({ onReady: () => {}, onError: (reported) => reports.push(reported) });
    const awaited = async () => {
      try {
        await Future.reject(error, { loop });
      } catch (caught) {
        seen.push(caught);
      }
    };
    loop.callSoon(() => {
      void awaited();
      Future.reject("nobody", { loop });
    });
    for (let job = 0; job < 2; job++) {
      loop.runUntilIdle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([seen, reports]).toEqual([[error], ["nobody"]]);
  });

  test("GW-010 F7 the second failure of a combined future counts as taken", () => {
    const { loop, reports } = lab();
    const made = [1, 2, 3].map(() => Future.withResolvers<number>({ loop }));
    const members = made.map(({ future }) => future);
    for (const combined of [all(members), race(members)]) combined.catch(() => {});
    for (const { reject } of made) {
      reject(error);
      loop.runUntilIdle();
    }
    expect(reports).toEqual([]);
  });

  test("F7 after a time limit the member is on its own again: its later failure is reported", () => {
    const { loop, reports } = lab();
    for (const start of [
      (f: Future<number>) => withTimeout(f, 10),
      (f: Future<number>) => wait([f], { timeoutMs: 10 }),
    ]) {
      const { future, reject } = Future.withResolvers<number>({ loop });
      start(future).catch(() => {});
      loop.advance(10);
      reject(error);
      loop.runUntilIdle();
    }
    expect(reports.map(([seen]) => seen)).toEqual([error, error]);
  });

  test("GW-013 F7 `wait` listens while it waits: what failed meanwhile may be looked at whenever the caller has the time", () => {
    const { loop, reports } = lab();
    const made = [1, 2].map(() => Future.withResolvers<number>({ loop }));
    const waited = wait(made.map(({ future }) => future));
    for (const { reject } of made) {
      reject(error);
      loop.advance(10);
    }
    expect([waited.result().done.size, reports]).toEqual([2, []]);
  });

  test("GW-019 F7 `asCompleted` listens while it waits; the future that it gives takes the duty over", () => {
    const { loop, reports } = lab();
    const made = [1, 2].map(() => Future.withResolvers<number>({ loop }));
    const items = asCompleted(made.map(({ future }) => future));
    for (const { reject } of made) reject(error);
    loop.runUntilIdle();
    expect(reports).toEqual([]);
    const [first, second] = [items.next().value, items.next().value];
    expect(thrown(() => first?.result())).toBe(error);
    loop.runUntilIdle();
    expect(reports).toEqual([[error, { what: "unheard rejection", name: second?.name }]]);
  });

  /** Combines a native promise on a loop of its own, and has it fail after that; gives what is reported. */
  async function failLate(combine: (native: Promise<number>, quick: Future<number>) => () => void) {
    const { loop, reports } = lab();
    let fail: (error: Error) => void = () => {};
    const native = new Promise<number>((_, reject) => {
      fail = reject;
    });
    const leave = combine(native, Future.resolve(1, { loop }));
    loop.advance(10);
    leave();
    fail(error);
    await native.catch(() => {});
    loop.runUntilIdle();
    return reports.map(([seen, { what }]) => [seen, what]);
  }

  const leftAlone: [string, Parameters<typeof failLate>[0]][] = [
    ["withTimeout, too late", (native, { loop }) => ignoring(withTimeout(native, 10, { loop }))],
    ["wait, after the time limit", (native, quick) => ignoring(wait([native, quick], { timeoutMs: 10 }))],
    ["wait, until the first", (native, quick) => ignoring(wait([native, quick], { until: "first" }))],
    ["asCompleted, closed", (native, quick) => closing(asCompleted([native, quick]))],
    ["settled, cancelled", (native, quick) => cancelling(settled([native, quick]))],
    ["shield, cancelled", (native, { loop }) => cancelling(shield(native, { loop }))],
    ["all, cancelled before it had an answer", (native, quick) => cancelling(all([native, quick]))],
  ];
  test.each(leftAlone)("F7 a promise that fails after it was left by %s is reported, once", async (_, combine) => {
    expect(await failLate(combine)).toEqual([[error, "late rejection"]]);
  });

  const takenOver: [string, Parameters<typeof failLate>[0]][] = [
    ["all", (native, { loop }) => ignoring(all([native, Future.reject(new Error("first"), { loop })]))],
    ["race", (native, quick) => ignoring(race([native, quick]))],
    ["any", (native, quick) => ignoring(any([native, quick]))],
  ];
  test.each(takenOver)("F7 a promise that fails after %s had its answer is nobody's", async (_, combine) => {
    expect(await failLate(combine)).toEqual([]);
  });
});

const ignoring = (future: Future<unknown>) => {
  future.catch(() => {});
  return () => {};
};
const cancelling = (future: Future<unknown>) => () => void future.cancel();
const closing = (items: Completions<unknown>) => () => items.close();
