import { describe, expect, test } from "vitest";
import {
  all,
  any,
  asCompleted,
  CancelledError,
  Future,
  type Member,
  race,
  settled,
  shield,
  TimeoutError,
  wait,
  withTimeout,
} from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { drive } from "./support/drive.ts";
import { lab, thrown } from "./support/lab.ts";

/** A lab with `count` pending futures of numbers. */
function members(count: number) {
  const made = lab();
  const parts = Array.from({ length: count }, (_, index) =>
    Future.withResolvers<number>({ loop: made.loop, name: `m${index}` }),
  );
  return { ...made, parts, futures: parts.map(({ future }) => future) };
}

const error = new Error("no");
const waiters = (futures: readonly Future<unknown>[]) => futures.map((future) => countWaiters(future));

describe("all", () => {
  test("GW-001 gives the values in the order of the arguments, once the last is there", () => {
    const { loop, futures, parts } = members(3);
    const combined = all(futures);
    for (const index of [1, 0, 2]) {
      expect(combined.state).toBe("pending");
      parts[index]?.resolve(index * 10);
    }
    expect(combined.result()).toEqual([0, 10, 20]);
    expect(combined.loop).toBe(loop);
  });

  test("GW-003 the first failure is its failure; the others go on, unowned and without a waiter", () => {
    const { futures, parts } = members(3);
    const combined = all(futures);
    parts[1]?.reject(error);
    expect(combined.outcome).toEqual({ status: "rejected", reason: error });
    expect(futures.map((future) => future.state)).toEqual(["pending", "done", "pending"]);
    expect(waiters(futures)).toEqual([0, 0, 0]);
  });

  test("a cancelled member cancels it, with the same reason and error", () => {
    const { futures } = members(2);
    const combined = all(futures);
    futures[0]?.cancel("enough");
    expect(combined.outcome).toEqual({ status: "cancelled", reason: "enough" });
    expect(thrown(() => combined.result())).toBe(thrown(() => futures[0]?.result()));
  });

  test("GW-006 F5 cancelling it cancels no member, and takes the waiters out", () => {
    const { futures } = members(3);
    const combined = all(futures);
    expect(waiters(futures)).toEqual([1, 1, 1]);
    combined.cancel();
    expect(waiters(futures)).toEqual([0, 0, 0]);
    expect(futures.map((future) => future.state)).toEqual(["pending", "pending", "pending"]);
  });

  test("GW-007 once its members are done, cancel() comes too late", () => {
    const { loop, futures, parts } = members(2);
    const combined = all(futures);
    for (const { resolve } of parts) resolve(1);
    expect(combined.cancel()).toBe(false);
    loop.runUntilIdle();
    expect(combined.result()).toEqual([1, 1]);
  });

  test("GW-009 the same member several times fills every slot", () => {
    const { futures, parts } = members(1);
    const [one] = futures as [Future<number>];
    const combined = all([one, one, one]);
    parts[0]?.resolve(4);
    expect(combined.result()).toEqual([4, 4, 4]);
  });

  test("of nothing is done at once", () => {
    expect(all([]).result()).toEqual([]);
    expect(settled([]).result()).toEqual([]);
  });

  test("takes promises and any iterable; native await and yield* work on it", async () => {
    const made = new Set([Promise.resolve(1), Future.resolve(2)]);
    expect(await all(made)).toEqual([1, 2]);
    expect(await Promise.all([all([Future.resolve(3)]), 4])).toEqual([[3], 4]);
    const { loop, futures, parts } = members(2);
    const task = drive(loop, function* () {
      return yield* all(futures);
    });
    for (const { resolve } of parts) resolve(9);
    loop.runUntilIdle();
    expect(task.value).toEqual([9, 9]);
  });

  test("GW-024 in input order also for mapped work, first failure out (mapAll, which owns, is a layer up)", () => {
    const { loop, futures, parts } = members(3);
    const doubled = all(futures.map((future) => future.then((value) => value * 2)));
    for (const [index, { resolve }] of parts.entries()) resolve(index);
    loop.runUntilIdle();
    expect(doubled.result()).toEqual([0, 2, 4]);
  });
});

describe("race", () => {
  test("ends as the first to settle, whichever way; no member keeps a waiter", () => {
    for (const how of ["resolve", "reject", "cancel"] as const) {
      const { futures, parts } = members(3);
      const combined = race(futures);
      if (how === "cancel") futures[1]?.cancel(1);
      else parts[1]?.[how](1);
      expect(combined.outcome).toEqual(futures[1]?.outcome);
      expect(waiters(futures)).toEqual([0, 0, 0]);
      expect(futures[0]?.state).toBe("pending");
    }
  });

  test("among members that are settled already the first in the list wins, and the rest is not even asked", () => {
    const { loop, futures } = members(1);
    const combined = race([...futures, Future.resolve("a", { loop }), Future.resolve("b", { loop })]);
    expect(combined.result()).toBe("a");
    expect(waiters(futures)).toEqual([0]);
  });

  test("of nothing is an error: it would never end", () => {
    expect(thrown(() => race([]))).toBeInstanceOf(RangeError);
  });

  test("F4 a promise that lost holds the loop no longer, and its late failure is nobody's", async () => {
    const { loop, futures, parts, reports } = members(1);
    let fail: (error: Error) => void = () => {};
    const native = new Promise<number>((_, reject) => {
      fail = reject;
    });
    const combined = race([native, ...futures]);
    expect(loop.holds).toHaveLength(1);
    parts[0]?.resolve(1);
    expect(loop.holds).toEqual([]);
    fail(error);
    await native.catch(() => {});
    loop.runUntilIdle();
    expect([combined.result(), reports]).toEqual([1, []]);
  });
});

describe("any", () => {
  test("is the first value; failures before it do not matter", () => {
    const { futures, parts } = members(3);
    const combined = any(futures);
    parts[0]?.reject(error);
    futures[1]?.cancel();
    expect(combined.state).toBe("pending");
    parts[2]?.resolve(3);
    expect(combined.result()).toBe(3);
    expect(waiters(futures)).toEqual([0, 0, 0]);
  });

  test("without any value it has all errors in the order of the members", () => {
    const { futures, parts } = members(2);
    const combined = any(futures);
    futures[1]?.cancel("b");
    parts[0]?.reject(error);
    const failure = thrown(() => combined.result()) as AggregateError;
    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure.errors[0]).toBe(error);
    expect(failure.errors[1]).toBeInstanceOf(CancelledError);
    expect((thrown(() => any([]).result()) as AggregateError).errors).toEqual([]);
  });
});

describe("settled", () => {
  test("GW-004 collects values, errors and cancellations, and waits for all", () => {
    const { futures, parts } = members(3);
    const combined = settled(futures);
    parts[2]?.reject(error);
    futures[1]?.cancel("why");
    expect(combined.state).toBe("pending");
    parts[0]?.resolve(1);
    expect(combined.result()).toEqual([
      { status: "fulfilled", value: 1 },
      { status: "cancelled", reason: "why" },
      { status: "rejected", reason: error },
    ]);
  });
});

describe("wait", () => {
  const names = (set: Set<Member<unknown>>) => [...set].map((member) => (member as Future<unknown>).name);
  const split = ({ done, pending }: { done: Set<Member<unknown>>; pending: Set<Member<unknown>> }) =>
    `${names(done).join()} | ${names(pending).join()}`;

  test("GW-013 waits for all and sorts; on done members it takes no time; errors are not thrown", () => {
    const { futures, parts } = members(2);
    const first = wait(futures);
    parts[0]?.reject(error);
    expect(first.state).toBe("pending");
    parts[1]?.resolve(1);
    expect(split(first.result())).toBe("m0,m1 | ");
    expect(split(wait(futures).result())).toBe("m0,m1 | ");
  });

  test("until the first: those done by then, and the others, which go on without a waiter", () => {
    const { futures, parts } = members(3);
    const waiting = wait(futures, { until: "first" });
    parts[1]?.resolve(1);
    expect(split(waiting.result())).toBe("m1 | m0,m2");
    expect(waiters(futures)).toEqual([0, 0, 0]);
  });

  test("GW-015 until the first error, also one that was there before; a cancelled member is none", () => {
    const { futures, parts } = members(3);
    const waiting = wait(futures, { until: "firstError" });
    parts[0]?.resolve(0);
    futures[1]?.cancel();
    expect(waiting.state).toBe("pending");
    parts[2]?.reject(error);
    expect(split(waiting.result())).toBe("m0,m1,m2 | ");
    const again = members(1);
    expect(split(wait([...again.futures, ...futures], { until: "firstError" }).result())).toBe("m0,m1,m2 | m0");
  });

  test("GW-016 a time limit is no error: what is unfinished is in pending and goes on", () => {
    const { loop, futures, parts } = members(2);
    const waiting = wait(futures, { timeoutMs: 50 });
    parts[0]?.resolve(1);
    loop.advance(49);
    expect(waiting.state).toBe("pending");
    loop.advance(1);
    expect(split(waiting.result())).toBe("m0 | m1");
    expect([waiters(futures), loop.timers]).toEqual([[0, 0], 0]);
    parts[1]?.resolve(2);
    expect(futures[1]?.result()).toBe(2);
  });

  test("F4 answered in time, its timer is gone", () => {
    const { loop, futures, parts } = members(1);
    const waiting = wait(futures, { timeoutMs: 50 });
    expect(loop.timers).toBe(1);
    parts[0]?.resolve(1);
    expect([waiting.state, loop.timers]).toEqual(["done", 0]);
  });

  test("GW-018 nothing to wait for, a single future or an unknown mode are errors", () => {
    const { futures } = members(1);
    expect(thrown(() => wait([]))).toBeInstanceOf(RangeError);
    expect(thrown(() => wait(futures[0] as never))).toBeInstanceOf(TypeError);
    expect((thrown(() => wait(futures, { until: "last" as never })) as Error).message).toBe(
      'Cannot wait: until is "last"; give "first", "firstError" or "all"',
    );
    expect(waiters(futures)).toEqual([0]);
  });

  test("GW-009 a member given twice is there once, and promises are given back as they came", async () => {
    const { futures } = members(1);
    const native = Promise.resolve(1);
    const { done, pending } = await wait([native, native, Future.resolve(2)], { until: "all" });
    expect([done.has(native), done.size, pending.size]).toEqual([true, 2, 0]);
    expect(futures).toHaveLength(1);
  });
});

describe("asCompleted", () => {
  test("GW-019 gives the results in the order of completion, in whichever order they are awaited", async () => {
    const { loop, futures, parts } = members(3);
    const items = [...asCompleted(futures)];
    for (const index of [2, 0, 1]) parts[index]?.resolve(index);
    expect(items.map((item) => item.result())).toEqual([2, 0, 1]);
    loop.runUntilIdle();
    const made = [30, 10, 20].map((value) => Future.resolve(value));
    const seen: number[] = [];
    for await (const value of asCompleted(made)) seen.push(value);
    expect(seen).toEqual([30, 10, 20]);
  });

  test("GW-019 in a task: for … of with yield*", () => {
    const { loop, futures, parts } = members(3);
    const task = drive(loop, function* () {
      const seen: number[] = [];
      for (const next of asCompleted(futures)) seen.push(yield* next);
      return seen;
    });
    loop.runUntilIdle();
    for (const index of [1, 2, 0]) {
      parts[index]?.resolve(index);
      loop.runUntilIdle();
    }
    expect(task.value).toEqual([1, 2, 0]);
  });

  test("GW-021 a time limit: results so far, and then a TimeoutError", () => {
    const { loop, futures, parts } = members(3);
    const items = asCompleted(futures, { timeoutMs: 20 });
    const [first, second] = [items.next().value, items.next().value];
    parts[1]?.resolve(1);
    loop.advance(20);
    expect(first?.result()).toBe(1);
    for (const late of [second, items.next().value]) {
      expect(thrown(() => late?.result())).toMatchObject({ code: "TIMEOUT", timeoutMs: 20 });
    }
    expect(items.next()).toEqual({ done: true, value: undefined });
    expect(waiters(futures)).toEqual([0, 0, 0]);
  });

  test("GW-022 left after two of four, it goes on with the other two", async () => {
    const { futures, parts } = members(4);
    const items = asCompleted(futures);
    for (const [index, { resolve }] of parts.entries()) resolve(index);
    const seen: number[] = [];
    for (const next of items) if (seen.push(next.result()) === 2) break;
    for (const next of items) seen.push(next.result());
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(items.left).toBe(0);
  });

  test("a future that was cancelled has taken nothing: its place is given again", () => {
    const { futures, parts } = members(2);
    const items = asCompleted(futures);
    const [given, next] = [items.next().value, items.next().value];
    given?.cancel();
    parts[0]?.resolve(0);
    parts[1]?.resolve(1);
    expect([next?.result(), items.next().value?.result(), items.left]).toEqual([0, 1, 0]);
  });

  test("close() stops watching: waiters go, given futures are cancelled, none follow", () => {
    const { futures } = members(2);
    const items = asCompleted(futures);
    const given = items.next().value;
    items.close();
    expect([waiters(futures), given?.state, items.next().done]).toEqual([[0, 0], "cancelled", true]);
    expect(items.left).toBe(0);
    expect([...asCompleted([])]).toEqual([]);
  });
});

describe("withTimeout", () => {
  test("a member that is quick enough: its outcome, and no timer left", () => {
    const { loop, futures, parts } = members(1);
    const limited = withTimeout(futures[0] as Future<number>, 100);
    parts[0]?.resolve(7);
    expect([limited.result(), loop.timers]).toEqual([7, 0]);
  });

  test("C5 a member that is not: TimeoutError, never a cancellation, and the member goes on", () => {
    const { loop, futures, parts } = members(1);
    const limited = withTimeout(futures[0] as Future<number>, 100);
    loop.advance(100);
    const failure = thrown(() => limited.result()) as TimeoutError;
    expect(failure).toBeInstanceOf(TimeoutError);
    expect(failure).toMatchObject({ code: "TIMEOUT", timeoutMs: 100, message: 'future "m0" took longer than 100 ms' });
    expect([futures[0]?.state, waiters(futures)]).toEqual(["pending", [0]]);
    parts[0]?.resolve(1);
    expect(futures[0]?.result()).toBe(1);
  });

  test("TIMEOUT-018 zero or less: what is settled counts, all else is too late", () => {
    for (const timeoutMs of [0, -5]) {
      const { loop, futures } = members(1);
      const late = withTimeout(futures[0] as Future<number>, timeoutMs);
      loop.advance(0);
      expect(thrown(() => late.result())).toBeInstanceOf(TimeoutError);
      expect(withTimeout(Future.resolve(3, { loop }), timeoutMs).result()).toBe(3);
    }
  });

  test("cancelling it takes its timer and its waiter back", () => {
    const { loop, futures } = members(1);
    withTimeout(futures[0] as Future<number>, 100).cancel();
    expect([loop.timers, waiters(futures), futures[0]?.state]).toEqual([0, [0], "pending"]);
  });

  test("durations that are none are refused; Infinity is no limit", () => {
    const { loop, futures } = members(1);
    const [one] = futures as [Future<number>];
    expect(thrown(() => withTimeout(one, Number.NaN))).toBeInstanceOf(RangeError);
    for (const bad of [undefined, null, "5", {}]) {
      expect(thrown(() => withTimeout(one, bad as never))).toBeInstanceOf(TypeError);
    }
    withTimeout(one, Number.POSITIVE_INFINITY);
    expect([loop.timers, waiters(futures)]).toEqual([0, [1]]);
  });
});

describe("shield", () => {
  test("CANCEL-021 passes a value, an error and a cancellation of the member through; also of one that is done", () => {
    for (const how of ["resolve", "reject", "cancel"] as const) {
      const { futures, parts } = members(1);
      const [one] = futures as [Future<number>];
      const before = shield(one);
      if (how === "cancel") one.cancel(1);
      else parts[0]?.[how](1);
      for (const shielded of [before, shield(one)]) expect(shielded.outcome).toEqual(one.outcome);
    }
  });

  test("CANCEL-022 cancelled, it leaves the member alone and nothing behind on it", () => {
    const { futures } = members(1);
    const shielded = shield(futures[0] as Future<number>);
    shielded.cancel();
    expect([futures[0]?.state, waiters(futures)]).toEqual(["pending", [0]]);
  });
});

describe("every combinator", () => {
  const every: Record<string, (members: Iterable<Member<unknown>>) => unknown> = {
    all,
    any,
    asCompleted,
    race,
    settled,
    wait,
  };
  for (const [name, combine] of Object.entries(every)) {
    test(`GW-012 ${name} refuses what cannot be waited for, saying which, and touches nothing`, () => {
      const { futures, reports, loop } = members(2);
      for (const bad of [5, undefined, null, "x", () => 1, {}, [1]]) {
        const refusal = thrown(() => combine([...futures, bad as never])) as Error;
        expect(refusal).toBeInstanceOf(TypeError);
        expect(refusal.message).toMatch(/^Cannot .*: member 2 is .*; give futures and promises/);
      }
      for (const bad of [5, undefined, null, futures[0], {}]) {
        expect(thrown(() => combine(bad as never))).toBeInstanceOf(TypeError);
      }
      expect(waiters(futures)).toEqual([0, 0]);
      loop.runUntilIdle();
      expect(reports).toEqual([]);
    });
  }

  test("lives on the loop it was given, else on that of its first future", () => {
    const [a, b] = [lab().loop, lab().loop];
    const members = [Promise.resolve(0), Future.resolve(1, { loop: a })];
    expect([all(members).loop, all(members, { loop: b }).loop]).toEqual([a, b]);
    expect(all([Future.resolve(1, { loop: a })], { name: "both" }).name).toBe("both");
  });

  test("members of two loops are combined without mixing them", () => {
    const [a, b] = [lab().loop, lab().loop];
    const [there, here] = [Future.withResolvers<number>({ loop: a }), Future.withResolvers<number>({ loop: b })];
    const log: string[] = [];
    const combined = all([here.future, there.future]);
    combined.addDoneCallback(() => log.push("done"));
    here.resolve(1);
    there.resolve(2);
    a.runUntilIdle();
    expect(log).toEqual([]);
    b.runUntilIdle();
    expect([log, combined.result()]).toEqual([["done"], [1, 2]]);
  });

  test("100,000 combined into each other settle without running out of stack", () => {
    const { loop, futures, parts } = members(2);
    let chain: Future<number> = futures[0] as Future<number>;
    for (let link = 0; link < 100_000; link++) chain = race([chain, futures[1] as Future<number>]);
    expect(countWaiters(futures[1] as Future<number>)).toBe(100_000);
    parts[0]?.resolve(1);
    loop.runUntilIdle();
    expect(chain.result()).toBe(1);
    expect(waiters(futures)).toEqual([0, 0]);
  });
});
