/**
 * Every system of a row runs in the same process, in turns: A B C, B C A, … So a machine that slows down halfway
 * slows all of them, and the ratio of the medians holds where a single absolute time does not. No garbage is
 * collected by force between rounds: that throws away what the engine has learnt of one side (ours), and nothing of
 * its own built-ins. Two rounds come first, unmeasured.
 */

import type { Floor } from "./floors.ts";

/** What one system did in one round: the figure for one operation, in the row's unit. */
export type Round = () => number | Promise<number>;

export interface Row {
  readonly id: string;
  readonly what: string;
  readonly unit: "ns" | "bytes";
  readonly systems: Readonly<Record<string, Round>>;
  readonly must?: readonly Floor[];
}

export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Measured {
  readonly id: string;
  readonly what: string;
  readonly unit: "ns" | "bytes";
  readonly systems: Record<string, Figures>;
}

/** Runs `row`, warming each system up first. */
export async function measure(row: Row, rounds: number): Promise<Measured> {
  const names = Object.keys(row.systems);
  const seen = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + names.length * 4) % names.length] as string;
      const figure = await (row.systems[name] as Round)();
      if (round >= 0) seen.get(name)?.push(figure);
    }
  }
  const systems: Record<string, Figures> = {};
  for (const [name, figures] of seen) systems[name] = summary(figures);
  return { id: row.id, what: row.what, unit: row.unit, systems };
}

function summary(figures: readonly number[]): Figures {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  return { median: median as number, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** Nanoseconds that one of `count` operations took. */
export async function perOperation(count: number, work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / count;
}

/** Lets everything that is ready run, and the host's timers. */
export const hostTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Bytes of heap that one of `count` things keeps; `make` gives what ends them. */
export async function heapPer(count: number, make: (kept: unknown[]) => Promise<() => Promise<void>>): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("Cannot measure memory: start node with --expose-gc.");
  await hostTurn();
  gc();
  const before = process.memoryUsage().heapUsed;
  const kept: unknown[] = [];
  const end = await make(kept);
  gc();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  await end();
  return bytes;
}
