/*
 * What each primitive promises, under every order of its users or thousands of them, and wherever they are cancelled.
 */
import { describe, expect, test } from "vitest";
import {
  Barrier,
  CapacityLimiter,
  Condition,
  checkpoint,
  Event,
  Lock,
  type Operation,
  ParkingLot,
  type Resource,
  Semaphore,
  scope,
  sleep,
  type TaskGroup,
  use,
} from "../../src/index.ts";
import { explore, sweepCancel, testWith } from "../../src/testing/index.ts";

const it = testWith(test);

/** Several users of one thing: never more than `most` of them at the same time. */
const users = (make: () => Resource<unknown>, most: number) =>
  function* (root: TaskGroup): Operation<void> {
    const shared = make();
    let [now, uses] = [0, 0];
    const user = () =>
      scope(function* (): Operation<void> {
        yield* use(shared);
        now++;
        try {
          if (now > most) throw new Error(`${now} at once`);
          yield* checkpoint();
          uses++;
        } finally {
          now--;
        }
      });
    const tasks = ["a", "b", "c"].map((name) => root.spawn(user, { name }));
    for (const task of tasks) yield* task;
    if (uses !== 3) throw new Error(`${uses} uses`);
  };

const exclusive: Record<string, [() => Resource<unknown>, number]> = {
  "a Lock": [() => new Lock(), 1],
  "a Semaphore": [() => new Semaphore(2), 2],
  "a CapacityLimiter": [() => new CapacityLimiter(2), 2],
};

describe.each(Object.entries(exclusive))("%s", (_name, [make, most]) => {
  test("lets no more in than it has room for, in every order", async () => {
    const { runs, complete } = await explore.exhaustive(users(make, most));
    expect(complete).toBe(true);
    expect(runs).toBeGreaterThan(50);
  });

  test("is given back wherever its users are cancelled, all or one of them", async () => {
    for (const target of [undefined, "a", "b"]) {
      for (const order of ["fifo", "random", "pct"] as const) {
        const body = function* (root: TaskGroup): Operation<void> {
          const shared = make();
          for (const name of ["a", "b", "c"]) {
            const user = () =>
              scope(function* (): Operation<void> {
                yield* use(shared);
                yield* sleep(1);
              });
            root.spawn(user, { name });
          }
        };
        await sweepCancel(body, { target, order });
      }
    }
  });
});

describe("in any order", () => {
  it.explore(
    "a Lock goes to who asked first",
    function* (root) {
      const lock = new Lock();
      const [asked, got]: string[][] = [[], []];
      for (const name of ["a", "b", "c"]) {
        root.spawn(function* (): Operation<void> {
          yield* checkpoint();
          asked?.push(name);
          yield* lock.acquire();
          got?.push(name);
          yield* checkpoint();
          lock.release();
        });
      }
      yield* sleep(1);
      expect(got).toEqual(asked);
    },
    { seeds: 500 },
  );

  it.explore(
    "a Condition loses no item between producers and consumers",
    function* (root) {
      const filled = new Condition(new Lock());
      const [items, got]: number[][] = [[], []];
      for (const half of [0, 1]) {
        root.spawn(function* producer(): Operation<void> {
          for (const n of [1, 2, 3]) {
            yield* filled.lock.acquire();
            items?.push(2 * n + half);
            filled.notify();
            filled.lock.release();
            yield* checkpoint();
          }
        });
        root.spawn(function* consumer(): Operation<void> {
          for (let n = 0; n < 3; n++) {
            yield* filled.lock.acquire();
            yield* filled.waitFor(() => (items?.length ?? 0) > 0);
            got?.push(items?.shift() as number);
            filled.lock.release();
          }
        });
      }
      yield* sleep(1);
      expect(got?.sort()).toEqual([2, 3, 4, 5, 6, 7]);
    },
    { seeds: 500 },
  );

  it.explore(
    "a Barrier lets all through together, round after round",
    function* (root) {
      const barrier = new Barrier(3);
      const rounds = [0, 0, 0];
      for (const who of [0, 1, 2]) {
        root.spawn(function* (): Operation<void> {
          for (let round = 0; round < 3; round++) {
            yield* checkpoint();
            rounds[who] = round;
            yield* barrier.wait();
            expect(Math.min(...rounds)).toBe(round); // nobody is a round behind
            yield* barrier.wait();
          }
        });
      }
    },
    { seeds: 500 },
  );

  it.explore(
    "an Event wakes all who wait, and holds up nobody who comes later",
    function* (root) {
      const event = new Event();
      let through = 0;
      for (let n = 0; n < 4; n++) {
        root.spawn(function* (): Operation<void> {
          for (let i = 0; i < n; i++) yield* checkpoint();
          yield* event.wait();
          through++;
        });
      }
      yield* checkpoint();
      yield* checkpoint();
      event.set();
      yield* sleep(1);
      expect(through).toBe(4);
    },
    { seeds: 500 },
  );

  it.explore(
    "a ParkingLot passes each wake-up on, also where who was to get it is cancelled",
    function* (root) {
      const lot = new ParkingLot();
      const woken: string[] = [];
      const tasks = ["a", "b", "c"].map((name) =>
        root.spawn(
          function* (): Operation<void> {
            yield* lot.park();
            woken.push(name);
          },
          { name, onError: "owner" },
        ),
      );
      yield* sleep(1);
      root.spawn(function* (): Operation<void> {
        yield* checkpoint();
        tasks[0]?.cancel();
      });
      root.spawn(function* (): Operation<void> {
        yield* checkpoint();
        lot.unpark(2);
      });
      yield* sleep(1);
      expect(woken).toHaveLength(2);
      lot.unpark(3);
    },
    { seeds: 200 },
  );
});
