import { describe, expect, test } from "vitest";
import { type Floor, tally } from "../src/floors.ts";
import type { Measured, Row } from "../src/measure.ts";

const of = (median: number) => ({ median, min: median, max: median });
const run = (id: string, must: readonly Floor[], medians: Readonly<Record<string, number>>) => {
  const row: Row = { id, what: "a thing", unit: "ns", systems: {}, must };
  const systems = Object.fromEntries(Object.entries(medians).map(([name, median]) => [name, of(median)]));
  const measured: Measured = { id, what: "a thing", unit: "ns", systems };
  return { row, measured };
};

describe("tally", () => {
  test("counts the floors that a run kept and missed, and names those it missed", () => {
    const runs = [
      run("even", [{ peer: "native", max: 1 }, { most: 10 }], { skein: 10, native: 10 }),
      run("slow", [{ peer: "native", max: 1 }, { most: 9 }], { skein: 10, native: 20 }),
      run("slower", [{ peer: "native", max: 0.4 }], { skein: 10, native: 20 }),
      run("free", [], { skein: 10, native: 1 }),
    ];
    expect(tally(runs)).toBe("floors: 3 kept, 2 missed: slow (skein), slower (native)");
  });

  test("does not judge a floor whose peer was not measured", () => {
    const runs = [run("alone", [{ peer: "effect", max: 0.5 }, { most: 10 }], { skein: 10 })];
    expect(tally(runs)).toBe("floors: 1 kept, 0 missed, 1 not measured");
  });
});
