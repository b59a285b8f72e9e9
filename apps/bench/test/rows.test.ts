import { expect, test } from "vitest";
import { systemOf } from "../src/floors.ts";
import { rows } from "../src/rows/index.ts";

/** The ids that tools read. */
const fixed =
  "switch-1k switch-100k spawn-join spawn-join-eager ping-pong await-done memory-parked resume-1 resume-10 resume-100 call cancel-100k timers-cancel timers-fire semaphore-16k stream-sync stream-sync-mixed stream-10-mixed stream-bursty stream-bursty-generator stream-for-await stream-open channel channel-0 bundle-loop bundle-future bundle-coroutine bundle-stream";

test("the table has every row that it is known for, each row once, and each has Skein in it", () => {
  const ids = rows.map((row) => row.id);
  expect(ids).toEqual(expect.arrayContaining(fixed.split(" ")));
  expect(ids).toEqual([...new Set(ids)]);
  for (const row of rows) expect(Object.keys(row.systems)[0], row.id).toBe("skein");
});

test("every floor names a peer that is measured beside it", () => {
  for (const row of rows)
    for (const floor of row.must ?? []) expect(Object.keys(row.systems), row.id).toContain(systemOf(floor));
});
