/*
 * Channels and pipelines in thousands of orders of those who use them, and cancelled at each of their waits.
 */
import { checkpoint, type Operation, sleep, type TaskGroup, use } from "@skein/coroutine";
import { explore, sweepCancel } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  broadcast,
  buffer,
  channel,
  delay,
  type End,
  flatMap,
  from,
  interval,
  log,
  mapAsync,
  merge,
  retry,
  type Stream,
  share,
  switchMap,
  take,
  timeout,
  zip,
} from "../src/index.ts";

/** Two senders and two receivers of one channel; gives what each receiver got. */
function* traffic(root: TaskGroup, capacity: number): Operation<number[][]> {
  const { sender, receiver } = channel<number>(capacity);
  const senders = [0, 100].map((from) => {
    const mine = sender.clone();
    return root.spawn(function* send(): Operation<void> {
      for (let n = 1; n <= 4; n++) yield* mine.send(from + n);
      mine.close();
    });
  });
  sender.close();
  const got = [receiver, receiver.clone()].map((mine) => root.spawn(() => mine.toArray(), { name: "receive" }));
  for (const task of senders) yield* task;
  return [yield* got[0] as Operation<number[]>, yield* got[1] as Operation<number[]>];
}

describe.each([0, 1, 3])("a channel of capacity %d", (capacity) => {
  test.each(["random", "pct"] as const)(
    "loses nothing, doubles nothing and keeps each sender's order, in %s order",
    async (order) => {
      const shares = new Set<number>();
      await explore(
        function* (root) {
          const got = yield* traffic(root, capacity);
          expect(got.flat().sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 101, 102, 103, 104]);
          for (const items of got) {
            for (const from of [0, 100]) {
              const mine = items.filter((n) => n > from && n < from + 100);
              expect(mine).toEqual([...mine].sort((a, b) => a - b));
            }
          }
          shares.add(got[0]?.length ?? 0);
        },
        { order, seeds: 300 },
      );
      expect(shares.size).toBeGreaterThan(2); // the orders did differ
    },
  );

  test("loses nothing where a receiver is cancelled: what it did not get, the other does", async () => {
    await sweepCancel(
      function* (root) {
        const { sender, receiver } = channel<number>(capacity);
        const got: number[] = [];
        for (const [name, mine] of [
          ["quitter", receiver.clone()],
          ["stayer", receiver],
        ] as const) {
          root.spawn(
            function* (): Operation<void> {
              const open = yield* use({
                acquire: function* () {
                  return mine;
                },
                release: (used) => used.close(),
              });
              for (;;) {
                const { done, value } = yield* open.receive();
                if (done) return;
                got.push(value);
                yield* checkpoint();
              }
            },
            { name, onError: "owner" },
          );
        }
        for (let n = 1; n <= 5; n++) yield* sender.send(n);
        sender.close();
        yield* sleep(1);
        expect(got.sort()).toEqual([1, 2, 3, 4, 5]);
      },
      { target: "quitter", pairs: false },
    );
  });
});

describe("in any order", () => {
  test("every subscriber of a broadcast gets all, and every reader of a log and of a share", async () => {
    await explore(
      function* (root) {
        const prices = broadcast<number>(2);
        const events = log<number>({ keep: "unbounded" });
        const shared = from([1, 2, 3]).pipe(
          mapAsync((n) => sleepThen(n)),
          share(root, { replay: Number.POSITIVE_INFINITY }),
        );
        const readers = [prices.subscribe(), prices.subscribe(), events.read(), events.read(), shared, shared].map(
          (each) => root.spawn(() => (each as Stream<number>).toArray(), { name: "read" }),
        );
        root.spawn(function* send(): Operation<void> {
          for (const n of [1, 2, 3]) {
            events.append(n);
            yield* prices.sender.send(n);
          }
          events.end();
          prices.sender.close();
        });
        for (const reader of readers) expect(yield* reader).toEqual([1, 2, 3]);
      },
      { seeds: 300 },
    );
  });

  test("several inputs give all they have", async () => {
    await explore(
      function* () {
        const [a, b] = [from([1, 2, 3]).pipe(mapAsync(sleepThen, { limit: 2 })), from([4, 5, 6]).pipe(buffer(2))];
        expect((yield* merge(a, b).toArray()).sort()).toEqual([1, 2, 3, 4, 5, 6]);
        expect(yield* zip(a, b).toArray()).toEqual([
          [1, 4],
          [2, 5],
          [3, 6],
        ]);
      },
      { seeds: 300 },
    );
  });
});

/** Three items, and cleanup that waits. */
const tidy = (): Stream<number> =>
  from(function* () {
    try {
      for (let n = 0; n < 3; n++) {
        yield* sleep(1);
        yield n;
      }
    } finally {
      yield* sleep(1);
    }
  });

function* sleepThen(n: number): Operation<number> {
  yield* sleep(n % 2);
  return n;
}

describe("wherever it is cancelled it leaves nothing behind", () => {
  const pipelines: Record<string, () => Stream<unknown>> = {
    mapAsync: () => from([1, 2, 3]).pipe(mapAsync(sleepThen, { limit: 2 })),
    "merge, of timers": () => merge(interval(2), interval(3)).pipe(take(3)),
    zip: () => zip(from([1, 2]).pipe(mapAsync(sleepThen)), interval(1)),
    buffer: () => interval(1).pipe(buffer(2), take(3)),
    delay: () => from([1, 2]).pipe(delay(5, { capacity: 2 })),
    timeout: () => interval(1).pipe(timeout({ betweenMs: 10 }), take(2)),
    "a generator": () =>
      from(function* () {
        for (let n = 0; n < 3; n++) {
          yield* sleep(1);
          yield n;
        }
      }),
    "a generator that cleans up": tidy,
    "generators one after the other": () => from([1, 2]).pipe(flatMap(tidy)),
    "generators of which the last wins": () => interval(2).pipe(take(2), switchMap(tidy)),
    "merged generators": () => merge(tidy(), tidy()).pipe(take(4)),
    "zipped generators": () => zip(tidy(), tidy()),
    "a generator, buffered": () => tidy().pipe(buffer(1)),
    "a generator that is tried again": () => {
      let tries = 0;
      const flaky = function* () {
        yield* sleep(1);
        yield 1;
        if (++tries < 3) throw new Error("flaky");
      };
      return from(flaky).pipe(retry({ times: 3 }));
    },
  };
  test.each(Object.entries(pipelines))("%s", async (_name, make) => {
    for (const order of ["fifo", "random"] as const) {
      let ends: End[] = [];
      const { waits } = await sweepCancel(
        function* () {
          ends = [];
          return yield* make()
            .onEnd((end) => void ends.push(end))
            .drain();
        },
        {
          order,
          check({ outcome, cancelledAt }) {
            if (outcome.status !== "cancelled") return; // it had ended before
            expect(cancelledAt.map((at) => `cancelled at wait ${at}`)).toContain(outcome.reason);
            // The last is the outermost; the first may be all that the stream has heard.
            for (const end of ends)
              expect(end.kind === "done" || (end.kind === "stopped" && end.by === "user")).toBe(true);
          },
        },
      );
      expect(waits).toBeGreaterThan(0);
    }
  });
});
