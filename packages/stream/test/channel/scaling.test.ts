/** Counted steps, not times: what a channel does for one of those who use it must not grow with how many there are. */
import type { WaiterNode } from "@skein/coroutine";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Conduit, type Taker } from "../../src/channel/conduit.ts";
import { broadcast, type Receiver } from "../../src/index.ts";
import { play } from "../support.ts";

afterEach(() => void vi.restoreAllMocks());

describe("closing handles of a channel whose other readers wait", () => {
  /** How often a waiting taker was looked at while `count` handles were closed, the last first. */
  const looks = (count: number, alsoLeaves: boolean): number => {
    let looks = 0;
    const conduit = new Conduit<number>(1, undefined);
    const takers = Array.from({ length: count }, (): Taker<number> => {
      const handle = { parked: 0 };
      conduit.receivers++;
      return {
        waiting: true,
        waitsIn: null,
        previousWaiter: null as WaiterNode | null,
        nextWaiter: null as WaiterNode | null,
        get receiver() {
          looks++;
          return handle;
        },
        wake: () => {},
      };
    });
    for (const taker of takers) conduit.parkTaker(taker);
    looks = 0;
    for (const taker of alsoLeaves ? takers.reverse() : takers) {
      if (alsoLeaves) conduit.unparkTaker(taker); // as a run does
      conduit.closeReceiver(taker.receiver);
    }
    return looks;
  };

  test.each([
    ["as their runs end", true],
    ["in the order in which they wait", false],
  ])("costs each the same, however many there are: %s", (_name, alsoLeaves) => {
    expect(looks(1000, alsoLeaves)).toBe(10 * looks(100, alsoLeaves));
  });
});

test("a take from a broadcast does not look at the other subscribers", () => {
  let steps = 0;
  const iterate = Set.prototype[Symbol.iterator];
  vi.spyOn(Set.prototype, Symbol.iterator).mockImplementation(function* (this: Set<unknown>) {
    for (const each of { [Symbol.iterator]: () => iterate.call(this) }) {
      steps++;
      yield each;
    }
    return undefined;
  });
  const hub = broadcast<number>(1);
  const readers = Array.from({ length: 50 }, () => hub.subscribe());
  const items = Array.from({ length: 20 }, (_, n) => n);
  const got = play(function* (root) {
    const reading = readers.map((each: Receiver<number>) => root.spawn(() => each.toArray()));
    for (const n of items) yield* hub.sender.send(n);
    hub.sender.close();
    return (yield* reading[49] as (typeof reading)[number]).length;
  });
  expect(got).toBe(20);
  expect(steps).toBeLessThanOrEqual((items.length + 1) * readers.length); // to deliver, and to end
});
