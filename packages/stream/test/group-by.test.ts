import { checkpoint, group, isCancelled, type Operation, run, scope, sleep, use, type Wait } from "@skein/coroutine";
import { sweepCancel, VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  type End,
  flatMap,
  from,
  type Group,
  groupBy,
  map,
  mapAsync,
  type Operator,
  type Stream,
  take,
  unfold,
  window,
} from "../src/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

const error = new Error("source");
const numbers = from([1, 2, 3, 4, 5, 6, 7]);
const parity = (n: number): string => (n % 2 === 0 ? "even" : "odd");
const sideBySide = { limit: Number.POSITIVE_INFINITY, ordered: false } as const;

describe("groupBy", () => {
  test("gives a stream for each key, with its items in order, to be read side by side", () => {
    const sums = numbers.pipe(
      groupBy(parity, { capacity: 1 }),
      mapAsync(function* (group: Group<string, number>) {
        return [group.key, yield* group.toArray()] as const;
      }, sideBySide),
    );
    expect(new Map(play(() => sums.toArray()))).toEqual(
      new Map([
        ["odd", [1, 3, 5, 7]],
        ["even", [2, 4, 6]],
      ]),
    );
  });

  test("items flow for whoever asks, also when no further group is asked for", () => {
    const got = play(function* (root) {
      const items: number[] = [];
      yield* from([1, 3, 5])
        .pipe(groupBy(parity))
        .forEach((group) => void root.spawn(() => group.forEach((n) => void items.push(n))));
      return items;
    });
    expect(got).toEqual([1, 3, 5]);
  });

  test("items flow for a group's reader alone", () => {
    const got = play(() =>
      scope(function* () {
        const reader = yield* use(
          from([1, 3, 5])
            .pipe(groupBy(parity, { capacity: 1 }))
            .reader(),
        );
        const first = yield* reader.next();
        return yield* (first.value as Group<string, number>).toArray();
      }),
    );
    expect(got).toEqual([1, 3, 5]);
  });

  test("an item that was held back when the source ended is given before the end", () => {
    const got = play(function* (root) {
      const groups: Group<string, number>[] = [];
      const source = from([1, 3, 5, 7]).pipe(take(3), groupBy(parity, { capacity: 2 }));
      root.spawn(() => source.forEach((group) => void groups.push(group)));
      yield* sleep(1);
      return yield* (groups[0] as Group<string, number>).toArray();
    });
    expect(got).toEqual([1, 3, 5]);
  });

  test("S1 what nobody asks for is not made: a full group holds all up, unless its overflow says otherwise", () => {
    const run2 = (overflow: "wait" | "dropOldest") =>
      play(function* (root) {
        let made = 0;
        const groups: Group<string, number>[] = [];
        const source = unfold(1, (n) => {
          if (n > 20) return undefined;
          made++;
          return [n, n + 1] as const;
        });
        root.spawn(() =>
          source.pipe(groupBy(parity, { capacity: 2, overflow })).forEach((group) => void groups.push(group)),
        );
        yield* sleep(1);
        const before = made;
        const odd = root.spawn(() => (groups[0] as Group<string, number>).toArray());
        yield* sleep(1);
        const between = made;
        const even = yield* (groups[1] as Group<string, number>).toArray();
        return [before, between, yield* odd, even];
      });
    // Both shelves of two, and one more in hand.
    expect(run2("wait").slice(0, 2)).toEqual([5, 6]);
    expect(run2("wait").slice(2)).toEqual([
      [1, 3, 5, 7, 9, 11, 13, 15, 17, 19],
      [2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
    ]);
    expect(run2("dropOldest")).toEqual([20, 20, [17, 19], [18, 20]]);
  });

  test("a group that was left gets no more items, and holds nothing up", () => {
    const firsts = numbers.pipe(
      groupBy(parity, { capacity: 1 }),
      mapAsync((group) => group.first(), sideBySide),
    );
    expect(play(() => firsts.toArray())).toEqual([1, 2]);
  });

  test("a failure reaches every group, after its items, and the run", () => {
    const failing = from(function* () {
      yield* [1, 2, 3];
      throw error;
    }) as Stream<number>;
    const seen: unknown[] = [];
    const outcome = play(function* (root) {
      return yield* outcomeOf(
        failing.pipe(groupBy(parity)).forEach((group) => {
          root.spawn(function* () {
            const items: unknown[] = [];
            const how = yield* outcomeOf(group.forEach((n) => void items.push(n)));
            seen.push([group.key, ...items, how]);
          });
        }),
      );
    });
    expect(outcome).toEqual({ error });
    expect(new Set(seen)).toEqual(
      new Set([
        ["odd", 1, 3, { error }],
        ["even", 2, { error }],
      ]),
    );
  });

  test("S6 when the run is closed, a group that is still read ends with a StoppedError; nothing is left", () => {
    const loop = new VirtualLoop();
    const ends: End[] = [];
    const groupEnds: End[] = [];
    const task = run(
      function* (root) {
        const source = from(function* () {
          yield 1;
          yield* sleep(1000);
        }).onEnd((end) => void ends.push(end));
        const [group] = yield* source.pipe(groupBy(parity), take(1)).toArray();
        root.spawn(() => outcomeOf((group as Group<string, number>).onEnd((end) => void groupEnds.push(end)).drain()));
      },
      { loop },
    );
    finish(loop, task);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
    expect(groupEnds).toEqual([{ kind: "stopped", by: "consumer" }]);
  });

  test("cancelled while its groups are read, it stops its source at once", () => {
    const loop = new VirtualLoop();
    const ends: End[] = [];
    const source = from(function* () {
      for (let n = 0; ; n++) {
        yield* sleep(1);
        yield n;
      }
    }).onEnd((end) => void ends.push(end));
    const task = run(
      () =>
        source
          .pipe(
            groupBy((n) => n % 3),
            mapAsync((group) => group.count(), sideBySide),
          )
          .drain(),
      { loop },
    );
    loop.advance(10);
    task.cancel("enough");
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    expect([ends, loop.timers]).toEqual([[{ kind: "stopped", by: "user", reason: "enough" }], 0]);
  });

  describe("S7 who reads a group, and is cancelled by the close that ends the group, has not failed", () => {
    function* turns(count: number): Generator<Wait, void, unknown> {
      for (let n = 0; n < count; n++) yield* checkpoint();
    }
    /** Twelve items, one every `turns`. */
    const twelve = (every: number, key: (n: number) => string) =>
      from(function* () {
        for (let n = 0; n < 12; n++) {
          yield n;
          yield* turns(every);
        }
      }).pipe(groupBy(key)) as Stream<Group<string, number>>;
    type Read = (group: Group<string, number>) => Operation<unknown>;
    const readers: Record<string, (read: Read) => (group: Group<string, number>) => Operation<unknown>> = {
      "in the task of mapAsync": (read) => read,
      "in a group of it": (read) => (each) => group((g) => g.spawn(() => read(each))),
    };
    test.each(Object.keys(readers))("%s", (where) => {
      const errors: unknown[] = [];
      for (let every = 0; every < 6; every++) {
        for (let late = 0; late < 8; late++) {
          const read: Read = function* (each) {
            if (each.key === "odd") return yield* each.toArray();
            yield* each.first();
            yield* turns(late);
            return "first";
          };
          const results = twelve(every, parity).pipe(mapAsync(readers[where]?.(read) as Read, sideBySide));
          const outcome = play(() => outcomeOf(results.first()));
          if ("error" in outcome) errors.push(outcome.error);
        }
      }
      expect(errors).toEqual([]);
    });

    test.each<[string, Operator<Group<string, number>, unknown>]>([
      ["in the task of mapAsync", mapAsync((each) => each.toArray(), sideBySide)],
      [
        "in a generator",
        flatMap((each) =>
          from(function* () {
            yield yield* each.toArray();
          }),
        ),
      ],
    ])("%s, however it is cancelled", async (_where, operator) => {
      const sweep = (body: () => Operation<unknown>) => sweepCancel(body, { pairs: false });
      await sweep(() =>
        twelve(1, () => "all")
          .pipe(operator)
          .drain(),
      );
      await sweep(function* () {
        const reader = yield* use(
          twelve(1, () => "all")
            .pipe(operator)
            .reader(),
        );
        yield* reader.next();
      });
    });
  });

  test("max: the group that had no item for longest ends for a new one, and its key begins anew", () => {
    const got: Stream<string[]> = from(["a1", "b1", "a2", "c1", "b2"]).pipe(
      groupBy((text: string) => text.charAt(0), { max: 2 }),
      mapAsync((group) => group.toArray(), sideBySide),
    );
    expect(play(() => got.toArray()).map(String)).toEqual(["b1", "a1,a2", "b2", "c1"]);
  });

  test("a group runs once", () => {
    const outcome = play(function* () {
      const group = yield* numbers.pipe(groupBy(parity)).first();
      yield* outcomeOf(group.drain());
      return yield* outcomeOf(group.drain());
    });
    expect(outcome).toMatchObject({ error: { code: "STREAM_USED" } });
  });

  test("a key function that throws fails the run", () => {
    const throwing = numbers.pipe(
      groupBy((): string => {
        throw error;
      }),
    );
    expect(play(() => outcomeOf(throwing.drain()))).toEqual({ error });
  });
});

describe("window", () => {
  const windows = (count: number, options?: Parameters<typeof window>[1], items = [1, 2, 3, 4, 5]) =>
    play(() => from(items).pipe(window(count, options), map(String)).toArray());

  test("slides over the items", () => {
    expect(windows(2)).toEqual(["1,2", "2,3", "3,4", "4,5"]);
    expect(windows(1)).toEqual(["1", "2", "3", "4", "5"]);
    expect(windows(3, { every: 2 })).toEqual(["1,2,3", "3,4,5"]);
    expect(windows(2, { every: 3 })).toEqual(["1,2", "4,5"]);
    expect(windows(6)).toEqual([]);
    expect(windows(6, { partial: true })).toEqual(["1,2,3,4,5"]);
    expect(windows(5, { partial: true })).toEqual(["1,2,3,4,5"]);
    expect(windows(2, { partial: true }, [])).toEqual([]);
  });

  test("windows are arrays of their own", () => {
    const [first, second] = play(() => from([1, 2, 3]).pipe(window(2)).toArray());
    expect([first, second, first === second]).toEqual([[1, 2], [2, 3], false]);
  });
});

test.each([0, -1, 1.5, Number.NaN])("a limit of %d is a RangeError at the call", (n) => {
  for (const make of [
    () => window(n),
    () => window(1, { every: n }),
    () => groupBy(parity, { capacity: n }),
    () => groupBy(parity, { max: n }),
  ]) {
    expect(make).toThrow(RangeError);
  }
});

test("a group whose reader leaves after its first item holds nobody up: the others' readers wait for more", () => {
  const source = from(function* () {
    for (let n = 1; n <= 9; n++) {
      yield* sleep(1);
      yield n;
    }
  });
  const sums = source.pipe(
    groupBy((n) => n % 3),
    mapAsync(function* (group) {
      return group.key === 0 ? [yield* group.first()] : yield* group.toArray();
    }, 3),
  );
  expect(play(() => sums.toArray())).toEqual([[1, 4, 7], [2, 5, 8], [3]]);
});

test("nor does a group that nobody reads, as long as its buffer has room", () => {
  const source = from([1, 2, 3, 4, 5, 6]).pipe(
    groupBy((n) => n % 3),
    mapAsync(function* (group) {
      return group.key === 0 ? undefined : yield* group.toArray();
    }, 3),
  );
  expect(play(() => source.toArray())).toEqual([[1, 4], [2, 5], undefined]);
});
