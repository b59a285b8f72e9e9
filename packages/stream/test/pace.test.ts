import type { Scheduler } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { Pace } from "../src/run/pace.ts";

/** Pumps for a while, each item taking `itemMs`, and gives the length of each turn. */
function turns(itemMs: (item: number) => number, count: number): number[] {
  let now = 0;
  const pace = new Pace({ now: () => now } as Scheduler);
  const lengths: number[] = [];
  let began = 0;
  for (let item = 0; item < count; ) {
    for (let left = pace.budget; left > 0; left--) now += itemMs(item++);
    if (!pace.tired()) continue;
    lengths.push(now - began);
    began = now;
    pace.rested();
  }
  return lengths;
}

describe("S8 the pace of a run", () => {
  test("items of 1 ms each hold the loop for 12 ms at most, from the first on", () => {
    const lengths = turns(() => 1, 1000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
    expect(lengths.at(-1)).toBeLessThanOrEqual(3);
  });

  test("items that take nothing are pumped thousands at a time, about a millisecond long", () => {
    const lengths = turns(() => 0.0001, 1_000_000);
    expect(lengths.length).toBeLessThan(500);
    expect(Math.max(...lengths)).toBeLessThan(2.5);
  });

  test("it slows down when the items do", () => {
    const lengths = turns((item) => (item < 10_000 ? 0.001 : 1), 30_000);
    expect(lengths.slice(-100).every((length) => length <= 3)).toBe(true);
  });

  test("where the clock stands still, a turn ends all the same", () => {
    expect(turns(() => 0, 1_000_000).length).toBeGreaterThan(10);
  });
});
