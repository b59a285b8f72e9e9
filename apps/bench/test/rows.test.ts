import { expect, test } from "vitest";
import { systemOf } from "../src/floors.ts";
import { rows } from "../src/rows/index.ts";

/** The ids that tools read: those of the design, and those that came later. */
const known = [
  "switch-1k switch-100k spawn-join spawn-join-eager ping-pong await-done memory-parked resume-1 resume-10 resume-100 call cancel-100k timers-cancel timers-fire semaphore-16k stream-sync stream-sync-mixed stream-10-mixed stream-bursty stream-bursty-channel stream-bursty-generator stream-for-await stream-open channel channel-0 bundle-loop bundle-future bundle-coroutine bundle-stream",
  "callbacks callbacks-chain timers-cancel-1k timers-cancel-100k timers-held-1k timers-held-100k timers-held timers-fire-1k timers-fire-100k future-handoff future-then race-long-lived memory-race memory-future memory-timer",
].flatMap((ids) => ids.split(" "));

test("the table has every row that it is known for, once, and each has Skein in it", () => {
  expect(rows.map((row) => row.id).sort()).toEqual([...known].sort());
  for (const row of rows) expect(Object.keys(row.systems)[0], row.id).toBe("skein");
});

test("every floor names a peer that is measured beside it", () => {
  for (const row of rows)
    for (const floor of row.must ?? []) expect(Object.keys(row.systems), row.id).toContain(systemOf(floor));
});
