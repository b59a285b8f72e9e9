/* Three ways to hunt the same bug. Each gives the number of the run that has found it; undefined if none has. */

import { seededRandom } from "@skein/future/testing";
import fc from "fast-check";
import { vi } from "vitest";
import { explore, TestFailedError } from "../../../src/testing/index.ts";
import type { Io, Program } from "./exhibit.ts";

type ByPromises = (io: Io) => Promise<unknown>;

/** Until all promises that are settled have been heard. */
const hostTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many schedules a hunter may try. */
const RUNS = 1_000;

/** One run of vitest's fake timers, where each I/O takes as long as `latencyMs` says. */
async function failsByTimers(program: ByPromises, latencyMs: () => number): Promise<boolean> {
  vi.useFakeTimers();
  try {
    let ended: "well" | "badly" | undefined;
    program(() => new Promise((resolve) => setTimeout(resolve, latencyMs()))).then(
      () => (ended = "well"),
      () => (ended = "badly"),
    );
    await vi.advanceTimersByTimeAsync(1_000); // and not to the last timer: who is left of a failed program may go on for ever
    return ended !== "well"; // undefined: it hangs
  } finally {
    vi.useRealTimers();
  }
}

/** Every I/O takes 1 ms, as one writes it first. */
export async function byFakeTimers(program: ByPromises): Promise<number | undefined> {
  return (await failsByTimers(program, () => 1)) ? 1 : undefined;
}

/** Every I/O takes 1 to 10 ms, drawn by chance. */
export async function byFakeTimersAndChance(program: ByPromises, seed: number): Promise<number | undefined> {
  for (let run = 0; run < RUNS; run++) {
    const random = seededRandom(seed + run);
    if (await failsByTimers(program, () => 1 + Math.floor(10 * random()))) return run + 1;
  }
  return undefined;
}

/** The scheduler of fast-check says which I/O is over next. */
export async function byFastCheck(program: ByPromises, seed: number): Promise<number | undefined> {
  const property = fc.asyncProperty(fc.scheduler(), async (s) => {
    let ended: "well" | "badly" | undefined;
    program(s.scheduleFunction(async () => {})).then(
      () => (ended = "well"),
      () => (ended = "badly"),
    );
    // And not `waitIdle`, for the same reason.
    while (ended === undefined && s.count() > 0) await s.waitNext(1).then(hostTurn);
    return ended === "well";
  });
  const { failed, numRuns } = await fc.check(property, { seed, numRuns: RUNS, endOnFailure: true });
  return failed ? numRuns : undefined;
}

export async function bySkein(program: Program, seed: number): Promise<number | undefined> {
  const failure = await explore(program, { seed, seeds: RUNS }).catch((error: unknown) => error);
  return failure instanceof TestFailedError ? failure.run + 1 : undefined;
}
