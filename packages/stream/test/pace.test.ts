import { type Operation, receiver, run, type Scheduler, sleep, use } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import { channel, delay, from, interval, map, mapAsync, merge, type Stream, unfold } from "../src/index.ts";
import { Pace } from "../src/run/pace.ts";
import { toReadableStream } from "../src/web/index.ts";
import { BusyLoop, finish, thrownBy } from "./support.ts";

/** Pumps for a while, each item taking `itemMs`, and gives the length of each turn. */
function turns(itemMs: (item: number) => number, count: number): number[] {
  let now = 0;
  const pace = new Pace({ now: () => now } as Scheduler);
  const lengths: number[] = [];
  let began = 0;
  for (let item = 0; item < count; ) {
    for (let left = pace.budget; left > 0; left--) now += itemMs(item++);
    if (!pace.tired()) continue;
    lengths.push(now - began);
    began = now;
    pace.rested();
  }
  return lengths;
}

describe("S8 the pace of a run", () => {
  test("items of 1 ms each hold the loop for 12 ms at most, from the first on", () => {
    const lengths = turns(() => 1, 1000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
    expect(lengths.at(-1)).toBeLessThanOrEqual(3);
  });

  test("items that take nothing are pumped for about a millisecond at a time", () => {
    const lengths = turns(() => 0.0001, 1_000_000);
    expect(lengths.length).toBeLessThan(500);
    expect(Math.max(...lengths)).toBeLessThan(2.5);
  });

  test("it slows down when the items do", () => {
    const lengths = turns((item) => (item < 10_000 ? 0.001 : 1), 30_000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(130);
    expect(lengths.slice(-100).every((length) => length <= 3)).toBe(true);
  });

  /** Bursts of `burst` items, each of `itemMs`, with a wait after each: the longest turns, and how often it looked. */
  function bursts(burst: number, itemMs: number): { turns: number[]; looks: number } {
    let now = 0;
    let looks = 0;
    const look = (): number => {
      looks++;
      return now;
    };
    const pace = new Pace({ now: look } as Scheduler);
    const turns: number[] = [];
    for (let round = 0; round < 100; round++) {
      let turn = 0;
      for (let left = burst; left > 0; ) {
        const items = Math.min(left, pace.budget);
        left -= items;
        turn += items;
        now += items * itemMs;
        if (left === 0 && items < pace.budget) break; // it waits in the middle of a pump
        if (!pace.tired()) continue;
        turns.push(turn);
        turn = 0;
        pace.rested();
      }
      turns.push(turn);
      pace.rested();
    }
    return { turns, looks };
  }

  test.each([1, 2, 4, 8])(
    "a source that waits after every %i quick items looks at the clock in few bursts",
    (burst) => {
      expect(bursts(burst, 0.0001).looks).toBeLessThan(25);
    },
  );

  test.each([4, 8, 9])("and where its bursts of %i are slow that is seen: soon a turn is an item or two", (burst) => {
    const { turns } = bursts(burst, 5);
    expect(Math.max(...turns)).toBeLessThanOrEqual(10);
    expect(Math.max(...turns.slice(100))).toBeLessThanOrEqual(2);
  });

  test("where the clock stands still, a turn ends all the same", () => {
    expect(turns(() => 0, 1_000_000).length).toBeGreaterThan(10);
  });
});

const ITEMS = 200;
/** Items that take a millisecond each, and how many were made. */
function costly(loop: BusyLoop): Stream<number> {
  return from(Array.from({ length: ITEMS }, (_, i) => i)).pipe(
    map((n) => {
      loop.work(1);
      return n;
    }),
  );
}

describe("S8 a map of 1 ms an item lets others run after 20 of them at the latest", () => {
  const inTask: Record<string, (stream: Stream<number>) => Operation<unknown>> = {
    toArray: (stream) => stream.toArray(),
    "forEach, of operations that do not wait": (stream) => stream.forEach(function* () {}),
    "pipeTo a channel with room": (stream) => stream.pipeTo(channel<number>(ITEMS).sender),
    "pipeTo a receiver": (stream) =>
      stream.pipeTo(
        receiver(function* (): Generator<void, void, number> {
          for (;;) yield;
        })(),
      ),
    "a reader": function* (stream) {
      const reader = yield* use(stream.reader());
      while (!(yield* reader.next()).done);
    },
    mapAsync: (stream) =>
      stream
        .pipe(
          mapAsync(
            function* (n) {
              return n;
            },
            { limit: 100 },
          ),
        )
        .drain(),
    "mapAsync without a limit": (stream) =>
      stream
        .pipe(
          mapAsync(
            function* (n) {
              return n;
            },
            { limit: Number.POSITIVE_INFINITY },
          ),
        )
        .drain(),
    delay: (stream) => stream.pipe(delay(0)).drain(),
  };
  test.each(Object.entries(inTask))("%s", (_, use) => {
    const loop = new BusyLoop();
    let most = 0;
    let seen = 0;
    const other = (): void => {
      most = Math.max(most, loop.workedMs - seen);
      seen = loop.workedMs;
      if (task.state === "pending") loop.callSoon(other);
    };
    const task = run(() => use(costly(loop)), { loop });
    loop.callSoon(other);
    loop.runUntilIdle();
    expect([task.state, loop.workedMs]).toEqual(["done", ITEMS]);
    expect(most).toBeLessThanOrEqual(20);
  });

  const ticking: Record<string, [ticks: Stream<unknown>, turns: number]> = {
    "a timer": [interval(3), 1],
    "a generator, which the timer wakes for its next step": [
      from(function* () {
        for (;;) {
          yield* sleep(3);
          yield "tick";
        }
      }),
      2,
    ],
  };
  describe.each(Object.entries(ticking))("STR-15 merge: beside an input without end, %s", (_, [ticks, turns]) => {
    test.each([0.0001, 0.001, 0.01, 0.1, 1])(
      "with %d ms an item a tick comes within so many turns of its time",
      (itemMs) => {
        const loop = new BusyLoop();
        const endless = unfold(0, (n) => {
          loop.work(itemMs);
          return [null, n + 1] as const;
        });
        let seen = 0;
        let longestMs = 0;
        const other = (): void => {
          longestMs = Math.max(longestMs, loop.now() - seen);
          seen = loop.now();
          if (task.state === "pending") loop.callSoon(other);
        };
        const lateMs: number[] = [];
        let dueMs = 3;
        const enough = new Error("five ticks");
        const task = run(
          () =>
            merge(endless, ticks).forEach((item) => {
              if (item === null) return;
              lateMs.push(loop.now() - dueMs);
              dueMs = turns === 1 ? 3 * Math.floor(loop.now() / 3) + 3 : loop.now() + 3;
              if (lateMs.length === 5) throw enough;
            }),
          { loop },
        );
        loop.callSoon(other);
        expect(thrownBy(() => finish(loop, task))).toBe(enough);
        expect(longestMs).toBeLessThanOrEqual(3 + 11 * itemMs); // ten that are not measured, and one too many
        expect(Math.max(...lateMs)).toBeLessThanOrEqual(turns * longestMs + itemMs);
      },
    );
  });

  const outside: Record<string, (stream: Stream<number>, loop: Scheduler) => () => Promise<unknown>> = {
    "for await": (stream) => {
      const iterator = stream[Symbol.asyncIterator]();
      return () => iterator.next();
    },
    toReadableStream: (stream, loop) => {
      const reader = toReadableStream(stream, { loop }).getReader();
      return () => reader.read();
    },
  };
  test.each(Object.entries(outside))("%s", async (_, open) => {
    const loop = new BusyLoop();
    let next: () => Promise<unknown> = () => Promise.resolve();
    loop.callSoon(() => {
      next = open(costly(loop), loop);
    });
    loop.runUntilIdle();
    let most = 0;
    for (let seen = 0; loop.workedMs < ITEMS; ) {
      let answered = false;
      const asked = next().then(() => {
        answered = true;
      });
      for (let turn = 0; turn < 20 && !answered; turn++) await undefined;
      if (answered) continue;
      most = Math.max(most, loop.workedMs - seen);
      seen = loop.workedMs;
      loop.runUntilIdle();
      await asked;
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(20);
  });
});
