/*
 * Each program, in several orders of the loop, left alone and then cancelled at each of its waits and at every pair of
 * them. `sweepCancel` looks for what it leaves behind; the kit for cleanups that ran twice, half or not at all.
 */
import { describe, expect, test } from "vitest";
import { type SweepEnd, type SweepOptions, sweepCancel } from "../src/testing/index.ts";
import { blocksPrograms } from "./programs/blocks.ts";
import { Kit, type Program } from "./programs/kit.ts";
import { tasksPrograms } from "./programs/tasks.ts";
import { togetherPrograms } from "./programs/together.ts";

const orders: SweepOptions<unknown>[] = [
  { order: "fifo" },
  ...Array.from({ length: 10 }, (_, seed) => ({ seed, order: "random" as const })),
  ...[1, 2, 3, 4].map((seed) => ({ seed, order: "pct" as const })),
];

async function sweep([body, gives]: Program, order: SweepOptions<unknown>): Promise<number> {
  let kit: Kit;
  const swept = await sweepCancel<unknown>(
    (root, t) => {
      kit = new Kit(t);
      return body(kit, root);
    },
    {
      ...order,
      check({ outcome, cancelledAt }: SweepEnd<unknown>) {
        expect(kit.faults()).toEqual([]);
        if (outcome.status === "fulfilled") expect(outcome.value).toEqual(gives);
        else {
          expect(outcome.status).toBe("cancelled");
          expect(cancelledAt.map((at) => `cancelled at wait ${at}`)).toContain(outcome.reason);
        }
      },
    },
  );
  expect(swept.waits).toBeGreaterThan(2);
  return swept.runs;
}

describe("sweep of whole programs", () => {
  const each = Object.entries({ ...tasksPrograms, ...blocksPrograms, ...togetherPrograms });
  test("they are twenty and more", () => expect(each.length).toBeGreaterThanOrEqual(20));

  for (const [name, program] of each) {
    test(`${name}: cancelled at every wait, and at every pair of waits, in ${orders.length} orders`, async () => {
      for (const order of orders) expect(await sweep(program, order)).toBeGreaterThan(3);
    });
  }
});
