import { describe, expect, test } from "vitest";
import { measure, type Row } from "../src/measure.ts";
import { format } from "../src/table.ts";

/** A system that is not timed, but says what a round took. */
const says = (log: string[], name: string, figures: readonly number[]) => {
  let round = 0;
  return (): number => {
    log.push(name);
    return figures[round++ % figures.length] as number;
  };
};

const row = (log: string[]): Row => ({
  id: "row",
  what: "a thing",
  unit: "ns",
  must: [{ peer: "native", max: 0.5 }],
  systems: { skein: says(log, "skein", [900, 900, 10, 30, 20]), native: says(log, "native", [900, 900, 100, 60, 80]) },
});

describe("measure", () => {
  test("gives the median, minimum and maximum of the rounds after the two that warm up", async () => {
    const { systems } = await measure(row([]), 3);
    expect(systems).toEqual({
      skein: { median: 20, min: 10, max: 30 },
      native: { median: 80, min: 60, max: 100 },
    });
  });

  test("lets the systems take turns, each first as often as the other", async () => {
    const log: string[] = [];
    await measure(row(log), 2);
    expect(log).toEqual(["skein", "native", "native", "skein", "skein", "native", "native", "skein"]);
  });
});

describe("format", () => {
  test("shows the ratio of the medians, and whether the floor is kept", async () => {
    const kept = row([]);
    expect(format(kept, await measure(kept, 3))).toContain("skein is 0.25 ×    must ≤ 0.5 ✓");
    const broken: Row = { ...row([]), must: [{ peer: "native", max: 0.2 }] };
    expect(format(broken, await measure(broken, 3))).toContain("must ≤ 0.2 ✗");
  });

  test("shows no sign on what is next to nothing", async () => {
    const even: Row = { ...row([]), systems: { skein: () => -0.001, native: () => 100 } };
    expect(format(even, await measure(even, 1))).toMatch(/skein +0\.0 ns +0\.0–0\.0\n.* skein is 0\.00 ×/);
  });

  test("shows a floor that names no peer beside Skein itself", async () => {
    const bounded: Row = { ...row([]), must: [{ most: 19 }] };
    expect(format(bounded, await measure(bounded, 3))).toMatch(/skein.*must ≤ 19 ns ✗/);
  });
});
