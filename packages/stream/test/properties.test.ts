import { group, isCancelled, run, scope, sleep, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  buffer,
  channel,
  chunk,
  concat,
  delay,
  distinct,
  drop,
  dropWhile,
  type End,
  empty,
  filter,
  flatMap,
  from,
  interval,
  lines,
  map,
  mapAsync,
  merge,
  type Operator,
  race,
  rateLimit,
  retry,
  type Stream,
  scan,
  take,
  takeUntil,
  takeWhile,
  tap,
  timeout,
  window,
  zip,
} from "../src/index.ts";
import { finish, play, thrownBy } from "./support.ts";

/** An operator, and what it does to an array. */
interface Step {
  readonly name: string;
  readonly operator: Operator<number, number>;
  readonly onArray: (items: number[]) => number[];
}

const step = (name: string, operator: Operator<number, number>, onArray: Step["onArray"]): Step => ({
  name,
  operator,
  onArray,
});

const chunks = (items: number[], count: number): number[][] =>
  items.length === 0 ? [] : [items.slice(0, count), ...chunks(items.slice(count), count)];

const sumOf = (items: number[]) => items.reduce((sum, n) => sum + n, 0);

function* slow(n: number) {
  if (n % 3 !== 0) yield* sleep(Math.abs(n % 7));
  return n;
}

const count = fc.integer({ min: 0, max: 6 });
const small = fc.integer({ min: 1, max: 4 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  small.map((k) =>
    step(
      `map(${k})`,
      map((n) => n * k),
      (items) => items.map((n) => n * k),
    ),
  ),
  small.map((k) =>
    step(
      `filter(${k})`,
      filter((n) => n % k === 0),
      (items) => items.filter((n) => n % k === 0),
    ),
  ),
  count.map((k) => step(`take(${k})`, take(k), (items) => items.slice(0, k))),
  count.map((k) => step(`drop(${k})`, drop(k), (items) => items.slice(k))),
  small.map((k) =>
    step(
      `takeWhile(${k})`,
      takeWhile((n) => n % 5 !== k),
      (items) => {
        const at = items.findIndex((n) => n % 5 === k);
        return at < 0 ? items : items.slice(0, at);
      },
    ),
  ),
  small.map((k) =>
    step(
      `dropWhile(${k})`,
      dropWhile((n) => n % 5 !== k),
      (items) => {
        const at = items.findIndex((n) => n % 5 === k);
        return at < 0 ? [] : items.slice(at);
      },
    ),
  ),
  fc.constant(step("distinct", distinct(), (items) => [...new Set(items)])),
  fc.constant(
    step(
      "tap",
      tap(() => {}),
      (items) => items,
    ),
  ),
  fc.constant(
    step(
      "scan",
      scan((sum, n) => (sum + n) % 1000, 0),
      (items) => {
        let sum = 0;
        return items.map((n) => {
          sum = (sum + n) % 1000;
          return sum;
        });
      },
    ),
  ),
  small.map((k) =>
    step(
      `chunk(${k})`,
      (up) => map(sumOf)(chunk<number>(k)(up)),
      (items) => chunks(items, k).map(sumOf),
    ),
  ),
  small.map((k) =>
    step(
      `flatMap(${k})`,
      flatMap((n) => (n % 2 === 0 ? [n, n + 1].slice(0, k) : pausing([n, -n], [k]))),
      (items) => items.flatMap((n) => (n % 2 === 0 ? [n, n + 1].slice(0, k) : [n, -n])),
    ),
  ),
  small.map((k) =>
    step(
      `mapAsync(${k})`,
      mapAsync(function* (n) {
        if (n % 3 !== 0) yield* sleep(Math.abs(n % 7));
        return n + 1;
      }, k),
      (items) => items.map((n) => n + 1),
    ),
  ),
  small.map((k) =>
    step(
      `window(${k})`,
      (up) => map(sumOf)(window<number>(k)(up)),
      (items) => items.slice(k - 1).map((_, at) => sumOf(items.slice(at, at + k))),
    ),
  ),
  small.map((k) => step(`delay(${k})`, delay(k, { capacity: k }), (items) => items)),
  small.map((k) => step(`buffer(${k})`, buffer(k), (items) => items)),
  small.map((k) => step(`rateLimit(${k})`, rateLimit({ count: k, perMs: 2 }), (items) => items)),
  small.map((k) =>
    step(
      `concat(${k})`,
      (up) => concat(pausing([k], [k]), up, from([k, k])),
      (items) => [k, ...items, k, k],
    ),
  ),
  small.map((k) =>
    step(
      `zip(${k})`,
      (up) => map(sumOf)(zip(up, pausing([1, 2, 3, 4, 5, 6, 7, 8], [0, k]))),
      (items) => items.slice(0, 8).map((n, at) => n + at + 1),
    ),
  ),
  fc.constant(
    step(
      "merge with nothing",
      (up) => merge(up, empty<number>()),
      (items) => items,
    ),
  ),
  fc.constant(
    step(
      "race with silence",
      (up) => race(up, interval(1e9)),
      (items) => items,
    ),
  ),
  fc.constant(step("takeUntil silence", takeUntil(new AbortController().signal), (items) => items)),
  small.map((k) =>
    step(
      `mapAsync(${k}), unordered, sorted`,
      (up) =>
        flatMap((all: number[]) => [...all].sort((a, b) => a - b))(
          chunk<number>(1e6)(mapAsync(slow, { limit: k, ordered: false })(up)),
        ),
      (items) => [...items].sort((a, b) => a - b),
    ),
  ),
  fc.constant(step("timeout", timeout({ betweenMs: 1e9 }), (items) => items)),
  fc.constant(step("retry", retry(2), (items) => items)),
  fc.constant(
    step(
      "lines",
      (up) => map(Number)(lines()(map((n: number) => `${n}\n`)(up))),
      (items) => items,
    ),
  ),
);

/** Gives the items, waiting for `pauses` milliseconds before each, over and over; 0: not at all. */
function pausing(items: readonly number[], pauses: readonly number[]): Stream<number> {
  return from(function* () {
    let at = 0;
    for (const item of items) {
      const pause = pauses[at++ % pauses.length] as number;
      if (pause > 0) yield* sleep(pause);
      yield item;
    }
  });
}

/** The same items through a channel. */
function throughChannel(items: readonly number[], capacity: number): Stream<number> {
  return from(() => {
    const { sender, receiver } = channel<number>(capacity + items.length);
    for (const item of items) sender.trySend(item);
    sender.close();
    return receiver;
  });
}

const anyItems = fc.array(fc.integer({ min: -20, max: 60 }), { maxLength: 40 });
const anySource: fc.Arbitrary<{ items: number[]; source: Stream<number> }> = anyItems.chain((items) =>
  fc.oneof(
    fc.constant({ items, source: from(items) }),
    fc.constant({ items, source: from(items.values.bind(items)) as Stream<number> }),
    count.map((capacity) => ({ items, source: throughChannel(items, capacity) })),
    fc.array(count, { minLength: 1, maxLength: 5 }).map((pauses) => ({ items, source: pausing(items, pauses) })),
  ),
);

const anyPipeline = fc.record({ from: anySource, steps: fc.array(anyStep, { maxLength: 5 }) });

const piped = (source: Stream<number>, steps: readonly Step[]): Stream<number> =>
  steps.reduce((stream, { operator }) => stream.pipe(operator), source);

const runs = { numRuns: 400 };

test("any pipeline gives what the same pipeline gives over an array, however its source waits", () => {
  fc.assert(
    fc.property(anyPipeline, ({ from: { items, source }, steps }) => {
      const expected = steps.reduce((list, { onArray }) => onArray(list), items);
      expect(play(() => piped(source, steps).toArray())).toEqual(expected);
    }),
    runs,
  );
});

test("a consumer that waits, too, gets the same", () => {
  fc.assert(
    fc.property(anyPipeline, count, ({ from: { items, source }, steps }, pause) => {
      const expected = steps.reduce((list, { onArray }) => onArray(list), items);
      const got: number[] = [];
      play(() =>
        piped(source, steps).forEach(function* (n) {
          got.push(n);
          if (n % 2 === 0) yield* sleep(pause);
        }),
      );
      expect(got).toEqual(expected);
    }),
    runs,
  );
});

test("S4 cancelled at any time, a pipeline has given a prefix, ends at once and leaves nothing behind", () => {
  fc.assert(
    fc.property(anyPipeline, fc.integer({ min: 0, max: 40 }), ({ from: { items, source }, steps }, cancelAtMs) => {
      const expected = steps.reduce((list, { onArray }) => onArray(list), items);
      const loop = new VirtualLoop();
      const got: number[] = [];
      const ends: End[] = [];
      const stream = piped(source, steps).onEnd((end) => void ends.push(end));
      const task = run(() => stream.forEach((n) => void got.push(n)), { loop });
      loop.callLater(cancelAtMs, () => void task.cancel("enough"));
      loop.advance(cancelAtMs);
      loop.runUntilIdle();
      expect(got).toEqual(expected.slice(0, got.length));
      expect(task.state).not.toBe("pending");
      if (task.state === "cancelled") {
        expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
        expect(ends).toEqual([{ kind: "stopped", by: "user", reason: "enough" }]);
      } else {
        expect(ends).toEqual([{ kind: "done" }]);
        expect(got).toEqual(expected);
      }
      expect([loop.timers, loop.idle]).toEqual([0, true]);
    }),
    runs,
  );
});

test("S5 however a pipeline ends, the finally of its source has run whole before it is over, once for each run", () => {
  const pauses = fc.array(count, { minLength: 1, maxLength: 5 });
  const cancelAt = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(anyItems, pauses, fc.array(anyStep, { maxLength: 5 }), cancelAt, (items, waits, steps, cancelAtMs) => {
      let [opened, cleaned] = [0, 0];
      const source = from(function* () {
        opened++;
        try {
          yield* pausing(items, waits).forEach(() => {}) as Iterable<never>;
          yield* items;
        } finally {
          // One that has begun because the items were over may be asked to end, like any other code.
          try {
            yield* sleep(3);
          } finally {
            cleaned++;
          }
        }
      }) as Stream<number>;
      const loop = new VirtualLoop();
      const seen: unknown[] = [];
      const task = run(() => piped(source, steps).drain(), { loop });
      task.addDoneCallback(() => void seen.push(opened, cleaned));
      loop.callLater(cancelAtMs, () => void task.cancel());
      while (loop.advanceToNext());
      loop.runUntilIdle();
      expect(seen).toEqual([opened, opened]);
      expect([opened <= 1, cleaned, loop.timers, loop.idle]).toEqual([true, opened, 0, true]);
    }),
    runs,
  );
});

test("merge gives every item of each input in its order, however they wait", () => {
  const inputs = fc.array(fc.tuple(anyItems, fc.array(count, { minLength: 1, maxLength: 3 })), { maxLength: 5 });
  fc.assert(
    fc.property(inputs, (given) => {
      const streams = given.map(([items, pauses], at) => pausing(items, pauses).pipe(map((n) => [at, n] as const)));
      const got = play(() => merge(...streams).toArray());
      for (const [at, [items]] of given.entries())
        expect(got.filter(([from]) => from === at).map(([, n]) => n)).toEqual(items);
      expect(got.length).toBe(given.reduce((sum, [items]) => sum + items.length, 0));
    }),
    runs,
  );
});

test("a channel loses, doubles and reorders nothing, whatever its capacity and however its ends wait", () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyItems, count, pauses, pauses, (items, capacity, sending, receiving) => {
      const { sender, receiver } = channel<number>(capacity);
      const got: number[] = [];
      play(function* (root) {
        root.spawn(() =>
          receiver.forEach(function* (n) {
            got.push(n);
            yield* sleep(receiving[got.length % receiving.length] as number);
          }),
        );
        yield* pausing(items, sending).pipeTo(sender);
      });
      expect(got).toEqual(items);
      expect(receiver.statistics().peak).toBeLessThanOrEqual(capacity);
    }),
    runs,
  );
});

test("a reader gets the same one by one, whatever it does in between, and leaves nothing behind", () => {
  fc.assert(
    fc.property(
      anyPipeline,
      count,
      fc.integer({ min: 0, max: 50 }),
      ({ from: { items, source }, steps }, pause, most) => {
        const expected = steps.reduce((list, { onArray }) => onArray(list), items);
        const ends: End[] = [];
        const got: number[] = [];
        let over = false;
        play(() =>
          scope(function* () {
            const reader = yield* use(
              piped(source, steps)
                .onEnd((end) => void ends.push(end))
                .reader(),
            );
            while (got.length < most) {
              const next = yield* reader.next();
              over = next.done === true;
              if (next.done) break;
              got.push(next.value);
              if (next.value % 3 === 0) yield* sleep(pause);
            }
          }),
        );
        expect(got).toEqual(expected.slice(0, most));
        expect(ends.length).toBe(1);
        // Who takes exactly all there is may leave before or after the end was seen.
        if (over) expect(ends).toEqual([{ kind: "done" }]);
        else if (got.length < expected.length) expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
      },
    ),
    runs,
  );
});

test("several tasks at one reader share its items, each item once", () => {
  fc.assert(
    fc.property(anyPipeline, small, ({ from: { items, source }, steps }, readers) => {
      const expected = steps.reduce((list, { onArray }) => onArray(list), items);
      const got: number[] = [];
      play(() =>
        group(function* (g) {
          const reader = yield* use(piped(source, steps).reader());
          for (let n = 0; n < readers; n++) {
            g.spawn(function* () {
              for (let next = yield* reader.next(); !next.done; next = yield* reader.next()) {
                got.push(next.value);
                yield* sleep(n);
              }
            });
          }
        }),
      );
      expect(got).toEqual(expected);
    }),
    runs,
  );
});

/** Runs `loop` and the host's promises until nothing moves any more. */
async function settle(loop: VirtualLoop): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    loop.runUntilIdle();
    const moved = loop.advanceToNext();
    await new Promise((resolve) => setImmediate(resolve));
    quiet = moved || !loop.idle ? 0 : quiet + 1;
  }
}

test("for await gets the same; left at any item, it leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(anyPipeline, fc.integer({ min: 1, max: 50 }), async ({ from: { items, source }, steps }, most) => {
      const expected = steps.reduce((list, { onArray }) => onArray(list), items);
      const loop = new VirtualLoop();
      const ends: End[] = [];
      const got: number[] = [];
      let done = false;
      loop.callSoon(async () => {
        for await (const n of piped(source, steps).onEnd((end) => void ends.push(end))) {
          got.push(n);
          if (got.length === most) break;
        }
        done = true;
      });
      await settle(loop);
      expect(got).toEqual(expected.slice(0, most));
      expect([done, ends.length, loop.timers, loop.idle]).toEqual([true, 1, 0, true]);
    }),
    { numRuns: 100 },
  );
});
