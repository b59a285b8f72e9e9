import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { all, any, asCompleted, Future, race, settled, shield, wait, withTimeout } from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { lab } from "./support/lab.ts";

const MANY = 100_000;

test("F4 100,000 races of one long-lived future leave no waiter on it", () => {
  const { loop } = lab();
  const longLived = Future.withResolvers<never>({ loop }).future;
  for (let round = 0; round < MANY; round++) {
    const short = Future.withResolvers<number>({ loop });
    const combined = race([longLived, short.future]);
    short.resolve(round);
    if (combined.result() !== round) throw new Error("the short one should have won");
  }
  expect(longLived.firstWaiter).toBe(null);
});

test("F4 100,000 futures of one AbortSignal leave no listener on it, settled or cancelled", async () => {
  const { signal } = new AbortController();
  const { loop } = lab();
  let most = 0;
  for (let round = 0; round < MANY; round++) {
    const future = Future.from(Promise.resolve(round), { loop, signal });
    if (round % 2 === 0) future.cancel();
    if (round % 1000 === 999) {
      most = Math.max(most, getEventListeners(signal, "abort").length);
      await null;
      await null;
    }
  }
  await null;
  expect(most).toBe(1);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(loop.holds).toEqual([]);
});

test("F4 the same for every combinator, whether it is answered, times out or is cancelled", () => {
  const { loop } = lab();
  const longLived = Future.withResolvers<number>({ loop }).future;
  const failed = () => Future.reject(new Error("no"), { loop });
  for (let round = 0; round < 100; round++) {
    const watchers = [
      any([longLived, Future.resolve(1, { loop })]),
      all([longLived, failed()]).catch(() => {}),
      wait([longLived, Future.resolve(1, { loop })], { until: "first" }),
      withTimeout(longLived, 5).catch(() => {}),
      wait([longLived], { timeoutMs: 5 }),
    ];
    const cancelled = [
      all([longLived]),
      any([longLived]),
      race([longLived]),
      settled([longLived]),
      shield(longLived),
      wait([longLived]),
      longLived.then(() => 1),
      Future.from(longLived, { loop }),
    ];
    const items = asCompleted([longLived, Future.resolve(1, { loop })], { timeoutMs: 100 });
    items.next();
    loop.advance(5);
    for (const watcher of cancelled) watcher.cancel();
    items.close();
    expect(watchers).toHaveLength(5);
  }
  expect(countWaiters(longLived)).toBe(0);
  expect(loop.timers).toBe(0);
});

describe("the heap stays flat", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  /** 30 bytes a round: less than the smallest waiter, and ten times what the measurement itself sways by. */
  const FLAT_BYTES = MANY * 30;

  /** How much more the heap holds after 100,000 rounds than after the first thousand. */
  async function growth(round: (index: number) => unknown): Promise<number> {
    const heap = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
      return process.memoryUsage().heapUsed;
    };
    for (let index = 0; index < 1_000; index++) await round(index);
    const before = await heap();
    for (let index = 0; index < MANY; index++) await round(index);
    return (await heap()) - before;
  }

  test("F4 100,000 races of one long-lived future, awaited", async () => {
    const longLived = Future.withResolvers<never>().future;
    expect(await growth((index) => race([longLived, Future.resolve(index)]))).toBeLessThan(FLAT_BYTES);
    expect(countWaiters(longLived)).toBe(0);
  });

  test("F4 100,000 races of one long-lived native promise, awaited", async () => {
    const longLived = new Promise<never>(() => {});
    expect(await growth((index) => race([longLived, Future.resolve(index)]))).toBeLessThan(FLAT_BYTES);
  });

  test("F4 100,000 Future.from of one AbortSignal, awaited", async () => {
    const { signal } = new AbortController();
    expect(await growth((index) => Future.from(async () => index, { signal }))).toBeLessThan(FLAT_BYTES);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("F4 100,000 time limits and given up waits on one long-lived future", async () => {
    const longLived = Future.withResolvers<never>().future;
    const grown = await growth(() => {
      withTimeout(longLived, 1e6).cancel();
      longLived.then(() => {}).cancel();
      longLived.toSignal();
    });
    expect(grown).toBeLessThan(FLAT_BYTES);
    expect(countWaiters(longLived)).toBe(1); // its signal
  });
});
