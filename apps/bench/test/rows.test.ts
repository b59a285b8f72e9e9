import { expect, test } from "vitest";
import { systemOf } from "../src/floors.ts";
import { rows } from "../src/rows/index.ts";

/** The ids that tools read: those of the design, and those that came later. */
const known = [
  "switch-1k switch-100k spawn-join spawn-join-eager ping-pong await-done memory-parked resume-1 resume-10 resume-100 call cancel-100k timers-cancel timers-fire semaphore-16k stream-sync stream-sync-mixed stream-10-mixed stream-bursty stream-bursty-generator stream-for-await stream-open channel channel-0 bundle-loop bundle-future bundle-coroutine bundle-stream",
  "callbacks callbacks-chain timers-cancel-1k timers-cancel-100k timers-held-1k timers-held-100k timers-held timers-fire-1k timers-fire-100k future-handoff future-then race-long-lived memory-race memory-future memory-timer stream-bursty-channel",
  "switch-10k spawn-join-1k spawn-join-10k cancel-1k cancel-10k semaphore-1k semaphore-4k memory-parked-1k memory-parked-10k",
  "stream-merge share-1 share-100 share-10k web-in web-out sse-encode memory-slow-reader",
].flatMap((ids) => ids.split(" "));

test("the table has every row that it is known for, once, and each has Skein in it", () => {
  expect(rows.map((row) => row.id).sort()).toEqual([...known].sort());
  for (const row of rows) expect(Object.keys(row.systems)[0], row.id).toBe("skein");
});

test("every floor names a peer that is measured beside it", () => {
  for (const row of rows)
    for (const floor of row.must ?? []) expect(Object.keys(row.systems), row.id).toContain(systemOf(floor));
});

test("the rows of tasks stand beside native async/await, Effect, Effection and redux-saga, and show growth at three sizes", () => {
  const kinds = ["switch-", "spawn-join", "cancel-", "semaphore-", "memory-parked", "resume-"];
  const peers = ["native", "effect", "effection", "redux-saga"];
  for (const kind of kinds) {
    const ofKind = rows.filter(({ id }) => id.startsWith(kind) && id !== "spawn-join-eager");
    expect(ofKind, kind).toHaveLength(3);
    for (const row of ofKind) expect(Object.keys(row.systems), row.id).toEqual(expect.arrayContaining(peers));
  }
});
