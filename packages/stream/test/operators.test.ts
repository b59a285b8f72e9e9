import { Future, run, sleep } from "@skein/coroutine";
import { describe, expect, test } from "vitest";
import {
  chunk,
  concat,
  distinct,
  drop,
  dropWhile,
  END,
  type End,
  empty,
  filter,
  flatMap,
  from,
  map,
  mapAsync,
  merge,
  type RetryOptions,
  retry,
  StalledError,
  type Stream,
  scan,
  stream,
  take,
  takeWhile,
  tap,
  timeout,
  unfold,
  zip,
} from "../src/index.ts";
import { Probe } from "../src/testing/probe.ts";
import { BusyLoop, finish, outcomeOf, play, thrownBy } from "./support.ts";

const items = <T>(stream: Stream<T>): T[] => play(() => stream.toArray());

/** Gives each item after its pause of `ms`, then fails with `error` if there is one. */
function paced<T>(list: readonly T[], ms: number, error?: Error): Stream<T> {
  return from(function* () {
    for (const item of list) {
      yield* sleep(ms);
      yield item;
    }
    if (error !== undefined) throw error;
  }) as Stream<T>;
}

describe("one by one", () => {
  test("map, filter, tap, scan, drop, dropWhile, take and takeWhile do as the iterator helpers do", () => {
    const tapped: number[] = [];
    const numbers = from([1, 2, 3, 4]);
    expect(items(numbers.pipe(map((n) => n * 2)))).toEqual([2, 4, 6, 8]);
    expect(items(numbers.pipe(filter((n) => n % 2 === 0)))).toEqual([2, 4]);
    expect(items(numbers.pipe(tap((n) => tapped.push(n))))).toEqual(tapped);
    expect(items(numbers.pipe(scan((sum, n) => sum + n, 10)))).toEqual([11, 13, 16, 20]);
    expect(items(numbers.pipe(drop(3)))).toEqual([4]);
    expect(items(numbers.pipe(dropWhile((n) => n < 3)))).toEqual([3, 4]);
    expect(items(numbers.pipe(take(2)))).toEqual([1, 2]);
    expect(items(numbers.pipe(take(9)))).toEqual([1, 2, 3, 4]);
    expect(items(numbers.pipe(takeWhile((n) => n < 3)))).toEqual([1, 2]);
  });

  test("state is a run's own: the same stream can be run again", () => {
    const stream = from([1, 2, 3]).pipe(
      drop(1),
      scan((sum, n) => sum + n, 0),
      distinct(),
      chunk(2),
    );
    expect(items(stream)).toEqual(items(stream));
    expect(items(stream)).toEqual([[2, 5]]);
  });

  test("steps before an operator that opens several inputs are each input's own", () => {
    const add = (text: string) => map((n: number | string) => `${n}${text}`);
    const joined = concat(from([1]).pipe(add("a"), add("b")), from([2]), from([3]).pipe(add("c")));
    expect(items(joined.pipe(add("!"), add("?")))).toEqual(["1ab!?", "2!?", "3c!?"]);
    const seen: unknown[] = [];
    const counted = from([1, 2, 3]).pipe(scan((sum, n) => sum + n, 0));
    const both = merge(counted, counted.pipe(drop(1))).pipe(tap((n) => void seen.push(n)));
    expect(items(both).sort()).toEqual([1, 3, 3, 6, 6]);
    expect(seen).toHaveLength(5);
  });

  test("distinct leaves out what was seen, by its key, as far as it remembers", () => {
    expect(items(from([1, 2, 1, 3, 2]).pipe(distinct()))).toEqual([1, 2, 3]);
    expect(items(from(["a", "A", "b"]).pipe(distinct((s) => s.toLowerCase())))).toEqual(["a", "b"]);
    expect(items(from([1, 1, 2, 1]).pipe(distinct((n) => n, { remember: 1 })))).toEqual([1, 2, 1]);
  });

  test("chunk gathers, gives the rest at the end, and what it has before a failure", () => {
    expect(items(from([1, 2, 3, 4, 5]).pipe(chunk(2)))).toEqual([[1, 2], [3, 4], [5]]);
    const error = new Error("source");
    const seen: unknown[] = [];
    const caught = thrownBy(() =>
      play(() =>
        paced([1, 2, 3], 1, error)
          .pipe(chunk(2))
          .forEach((c) => void seen.push(c)),
      ),
    );
    expect([caught, seen]).toEqual([error, [[1, 2], [3]]]);
  });

  test.each([-1, 1.5, Number.NaN])("a count of %d is a RangeError at the call", (n) => {
    for (const make of [
      () => take(n),
      () => drop(n),
      () => chunk(n),
      () => retry(n),
      () => distinct((a) => a, { remember: n }),
    ]) {
      expect(make).toThrow(RangeError);
    }
  });

  test.each([0, -1, 1.5, Number.NaN])("a limit of %d is a RangeError at the call", (n) => {
    for (const make of [() => chunk(n), () => mapAsync(() => sleep(1), n), () => distinct((a) => a, { remember: n })]) {
      expect(make).toThrow(RangeError);
    }
  });
});

describe("several sources", () => {
  test("flatMap gives the items of each, one after the other", () => {
    expect(items(from([1, 2]).pipe(flatMap((n) => [n, n * 10])))).toEqual([1, 10, 2, 20]);
    expect(items(from([1, 2]).pipe(flatMap((n) => paced([n, n + 0.5], 1))))).toEqual([1, 1.5, 2, 2.5]);
    expect(items(from(["ab", "c"]).pipe(flatMap((text) => text)))).toEqual(["a", "b", "c"]);
    expect(items(from([1, 2, 3]).pipe(flatMap(() => empty<number>())))).toEqual([]);
  });

  test("concat opens each when the one before has ended and cleaned up", () => {
    const seen: unknown[] = [];
    const part = (name: string) =>
      from(function* () {
        seen.push(`${name} opened`);
        try {
          yield name;
        } finally {
          yield* sleep(5);
          seen.push(`${name} closed`);
        }
      });
    expect(items(concat(part("a").pipe(take(1)), part("b")))).toEqual(["a", "b"]);
    expect(seen).toEqual(["a opened", "a closed", "b opened", "b closed"]);
    expect(items(concat())).toEqual([]);
  });

  test("merge gives items as they come, and its first failure closes the others", () => {
    expect(items(merge(paced(["a", "b"], 10), paced(["x", "y"], 7)))).toEqual(["x", "a", "y", "b"]);
    const error = new Error("second");
    const ends: End[] = [];
    const first = paced([1, 2, 3], 10).onEnd((end) => void ends.push(end));
    const seen: unknown[] = [];
    const caught = thrownBy(() => play(() => merge(first, paced([9], 12, error)).forEach((n) => void seen.push(n))));
    expect([caught, seen]).toEqual([error, [1, 9]]);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer", reason: error }]);
    expect(items(merge())).toEqual([]);
  });

  test("zip pairs items, and ends and closes all at the first end", () => {
    const ends: End[] = [];
    const endless = from(function* () {
      for (let n = 0; ; n++) yield n;
    }).onEnd((end) => void ends.push(end));
    expect(items(zip(["a", "b"], endless))).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
    expect(items(zip(paced([1, 2, 3], 5), paced(["x", "y", "z"], 3)))).toEqual([
      [1, "x"],
      [2, "y"],
      [3, "z"],
    ]);
    expect(items(zip())).toEqual([]);
  });

  test("S7 several inputs: each is closed whatever becomes of the others, and the first error carries the rest", () => {
    const errors = [new Error("first"), new Error("second"), new Error("third")];
    const inputs = errors.map((error) =>
      from(function* (): Generator<string, void> {
        try {
          for (;;) yield error.message;
        } finally {
          throw error;
        }
      }),
    );
    for (const stream of [merge(...inputs), zip(...inputs)]) {
      expect(thrownBy(() => play(() => (stream as Stream<unknown>).pipe(take(3)).drain()))).toBe(errors[0]);
      expect(errors[0]).toHaveProperty("suppressed", errors.slice(1));
      Reflect.deleteProperty(errors[0] as Error, "suppressed");
    }
  });

  test("merge and zip read ahead by no more than one item of each input", () => {
    const made = { a: 0, b: 0 };
    const input = (name: "a" | "b") =>
      from(function* () {
        for (;;) yield ++made[name];
      });
    play(() => merge(input("a"), input("b")).pipe(take(4)).toArray());
    expect(made).toEqual({ a: 2, b: 2 });
    play(() => zip(input("a"), input("b")).pipe(take(2)).toArray());
    expect(made).toEqual({ a: 4, b: 4 });
  });
});

describe("mapAsync", () => {
  test.each([5, undefined, "text", [1, 2]])(
    "a function that gives %j, and nothing to wait for, is told so",
    (given) => {
      const caught = thrownBy(() => items(from([1]).pipe(mapAsync((() => given) as never)))) as Error;
      expect(caught).toBeInstanceOf(TypeError);
      expect(caught.message).toMatch(
        /^Cannot map an item: .*; let it give an operation or a promise, or use map\(\)\.$/,
      );
    },
  );

  const waiting = function* (ms: number) {
    yield* sleep(ms);
    return ms;
  };

  test("gives results in the order of the items, with no more than the limit under way", () => {
    let now = 0;
    let most = 0;
    const results = items(
      from([30, 10, 20, 5]).pipe(
        mapAsync(
          function* (ms) {
            most = Math.max(most, ++now);
            yield* sleep(ms);
            now--;
            return ms;
          },
          { limit: 2 },
        ),
      ),
    );
    expect([results, most]).toEqual([[30, 10, 20, 5], 2]);
  });

  test("unordered, as they are ready", () => {
    expect(items(from([30, 10, 20, 5]).pipe(mapAsync(waiting, { limit: 4, ordered: false })))).toEqual([5, 10, 20, 30]);
  });

  test("the source's failure comes after the results of every item before it", () => {
    const error = new Error("source");
    const seen: unknown[] = [];
    const caught = thrownBy(() =>
      play(() =>
        paced([20, 10], 1, error)
          .pipe(mapAsync(waiting, 8))
          .forEach((n) => void seen.push(n)),
      ),
    );
    expect([caught, seen]).toEqual([error, [20, 10]]);
  });

  test("nothing is started after a failure, also while its turn has not come", () => {
    const started: number[] = [];
    const outcome = play(() =>
      outcomeOf(
        paced([1, 2, 3], 10)
          .pipe(
            mapAsync(
              function* (n) {
                started.push(n);
                if (n === 2) throw new Error("second");
                yield* sleep(100);
              },
              { limit: 4 },
            ),
          )
          .drain(),
      ),
    );
    expect([outcome, started]).toEqual([{ error: new Error("second") }, [1, 2]]);
  });

  test("an error in the cleanup of what is cancelled comes out, with the first error as its cause", () => {
    const error = new Error("first");
    const cleanupError = new Error("cleanup");
    const outcome = play(() =>
      outcomeOf(
        from([1, 2])
          .pipe(
            mapAsync(
              function* (n) {
                if (n === 1) throw error;
                try {
                  yield* sleep(100);
                } finally {
                  yield* sleep(1);
                  throw cleanupError;
                }
              },
              { limit: 2 },
            ),
          )
          .drain(),
      ),
    );
    expect(outcome).toEqual({ error: cleanupError });
    expect(cleanupError.cause).toBe(error);
  });

  test("S7 C3 what had failed as well, or the source's failure behind it, is in suppressed of the first", () => {
    const failing = (source: Stream<number>, ordered: boolean) =>
      thrownBy(() =>
        play(() =>
          source
            .pipe(
              mapAsync(
                function* (n) {
                  yield* sleep(10);
                  throw Object.assign(new Error(`failed ${n}`), n === 1 ? { suppressed: ["mine"] } : {});
                },
                { limit: 3, ordered },
              ),
            )
            .drain(),
        ),
      );
    const error = new Error("source");
    for (const ordered of [true, false]) {
      expect(failing(from([0, 2, 3]), ordered)).toMatchObject({
        message: "failed 0",
        suppressed: [{ message: "failed 2" }, { message: "failed 3" }],
      });
      expect(failing(paced([1], 1, error), ordered)).toMatchObject({ suppressed: ["mine", error] });
    }
  });

  test("C4 a cancellation of somebody else's is not put before what has really failed, but in its suppressed", () => {
    const gone = Future.withResolvers<number>().future;
    gone.cancel("foreign");
    const error = new Error("failed");
    const mapped = from([1, 2]).pipe(
      mapAsync(function* (n) {
        yield* sleep(1);
        if (n === 1) return yield* gone;
        throw error;
      }, 2),
    );
    expect(thrownBy(() => play(() => mapped.drain()))).toBe(error);
    expect(error).toMatchObject({ suppressed: [{ reason: "foreign" }] });
  });

  test("an early end cancels what is under way with the consumer's reason, and waits for it", () => {
    const seen: unknown[] = [];
    const stream = from([1, 2, 3]).pipe(
      mapAsync(
        function* (n) {
          try {
            yield* sleep(n * 10);
            return n;
          } finally {
            yield* sleep(1);
            seen.push(n);
          }
        },
        { limit: 3 },
      ),
    );
    expect(
      play(function* (_root, loop) {
        return [yield* stream.first(), loop.now()];
      }),
    ).toEqual([1, 12]);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe("timeout", () => {
  const limits = (source: Stream<number>, options: Parameters<typeof timeout>[0], spendMs = 0) =>
    play(function* (_root, loop) {
      const seen: number[] = [];
      const outcome = yield* outcomeOf(
        source.pipe(timeout(options)).forEach(function* (n) {
          seen.push(n);
          yield* sleep(spendMs);
        }),
      );
      return { seen, at: loop.now(), error: "error" in outcome ? outcome.error : undefined };
    });

  test("first: no first item in time", () => {
    const { seen, at, error } = limits(paced([1], 100), { firstMs: 10, betweenMs: 1 });
    expect([seen, at]).toEqual([[], 10]);
    expect(error).toBeInstanceOf(StalledError);
    expect(error).toMatchObject({ limit: "first", timeoutMs: 10, code: "TIMEOUT" });
  });

  test("between: a later item is late; the first is not meant", () => {
    const source = concat(paced([1], 50), paced([2], 5), paced([3], 50));
    expect(limits(source, { betweenMs: 10 })).toMatchObject({ seen: [1, 2], at: 65, error: { limit: "between" } });
  });

  test("a slow consumer is not the source's fault", () => {
    expect(limits(paced([1, 2, 3], 5), { firstMs: 10, betweenMs: 10 }, 50)).toMatchObject({
      seen: [1, 2, 3],
      error: undefined,
    });
  });

  describe("S9 behind merge, a consumer that is busy asks for nothing", () => {
    const behindMerge = (source: Stream<string>, busyMs: number) =>
      play(function* (_root, loop) {
        const seen: unknown[] = [];
        const outcome = yield* outcomeOf(
          merge(source.pipe(timeout({ firstMs: 10 })), ["b"]).forEach(function* (item) {
            seen.push([loop.now(), item]);
            yield* sleep(busyMs);
          }),
        );
        if ("error" in outcome) seen.push([loop.now(), outcome.error]);
        return seen;
      });
    const at = (ms: number) =>
      from(function* () {
        yield* sleep(ms);
        yield "a";
      }) as Stream<string>;
    test.each([5, 10, 20, 50, 59])(
      "an item that is ready after %d ms arrives when it is asked for again, or soon after",
      (ms) => {
        expect(behindMerge(at(ms), 50)).toEqual([
          [0, "b"],
          [Math.max(50, ms), "a"],
        ]);
      },
    );
    test("from then on the time counts anew", () => {
      const stalled = expect.any(StalledError);
      expect(behindMerge(at(100), 50)).toEqual([
        [0, "b"],
        [60, stalled],
      ]);
      expect(behindMerge(at(100), 0)).toEqual([
        [0, "b"],
        [10, stalled],
      ]);
    });
  });

  describe("counts only while demand is outstanding", () => {
    test("a source whose items are all left out has given none, though it never waits", () => {
      const loop = new BusyLoop();
      const endless = unfold(0, (n) => {
        if (n > 10_000) throw new Error("it goes on for ever");
        loop.work(1);
        return [n, n + 1] as const;
      });
      const limited = (wanted: (n: number) => boolean, options: Parameters<typeof timeout>[0]) =>
        finish(
          loop,
          run(() => outcomeOf(endless.pipe(filter(wanted), timeout(options)).drain()), { loop }),
        );
      expect(limited(() => false, { firstMs: 30 })).toEqual({ error: expect.objectContaining({ limit: "first" }) });
      expect(loop.now()).toBeLessThan(60);
      expect(limited((n) => n === 0, { betweenMs: 30 })).toEqual({
        error: expect.objectContaining({ limit: "between" }),
      });
      expect(loop.now()).toBeLessThan(120);
    });
  });

  test("total counts all the time", () => {
    expect(limits(paced([1, 2, 3], 5), { totalMs: 52 }, 50)).toMatchObject({ seen: [1], error: { limit: "total" } });
  });

  test("the source is stopped by a deadline, with the error as its reason", () => {
    const ends: End[] = [];
    const { error } = limits(
      paced([1], 100).onEnd((end) => void ends.push(end)),
      { firstMs: 10 },
    );
    expect(ends).toEqual([{ kind: "stopped", by: "deadline", reason: error }]);
  });
});

describe("retry", () => {
  const flaky = (failures: number, opened: { count: number }) =>
    from(function* () {
      opened.count++;
      yield opened.count;
      if (opened.count <= failures) throw new Error(`failure ${opened.count}`);
    });

  test("opens the source again, after its delay, up to so many times", () => {
    const opened = { count: 0 };
    const delays: number[] = [];
    const stream = flaky(2, opened).pipe(
      retry({
        times: 2,
        delayMs: (attempt) => {
          delays.push(attempt);
          return attempt * 10;
        },
      }),
    );
    expect(
      play(function* (_root, loop) {
        return [yield* stream.toArray(), loop.now()];
      }),
    ).toEqual([[1, 2, 3], 30]);
    expect(delays).toEqual([1, 2]);
    const again = { count: 0 };
    expect(thrownBy(() => items(flaky(3, again).pipe(retry(2))))).toMatchObject({ message: "failure 3" });
  });

  test("S6 tries again what cannot be opened, the first time as later; onEnd is told of each, and the last error comes out", () => {
    const ends: End[] = [];
    let opened = 0;
    const source = from(() => {
      if (++opened < 3) throw new Error(`open ${opened}`);
      return [opened];
    }).onEnd((end) => void ends.push(end));
    const failed = (n: number) => ({ kind: "failed", error: new Error(`open ${n}`) });
    expect([items(source.pipe(retry({ times: 2, delayMs: 5 }))), ends]).toEqual([
      [3],
      [failed(1), failed(2), { kind: "done" }],
    ]);
    opened = 0;
    expect(thrownBy(() => items(source.pipe(retry(1))))).toEqual(new Error("open 2"));
  });

  test("closes the failed run and waits for it before it opens the next", () => {
    const seen: string[] = [];
    let run = 0;
    const source = from(function* () {
      const mine = ++run;
      seen.push(`open ${mine}`);
      try {
        yield mine;
        if (mine === 1) throw new Error("once");
      } finally {
        yield* sleep(5);
        seen.push(`closed ${mine}`);
      }
    });
    expect(items(source.pipe(retry()))).toEqual([1, 2]);
    expect(seen).toEqual(["open 1", "closed 1", "open 2", "closed 2"]);
  });

  test("from resumes after the last item, and when decides", () => {
    const broken = paced([1, 2], 1, new Error("cut"));
    const resumed = items(broken.pipe(retry({ from: (last) => from([(last ?? 0) + 1]) })));
    expect(resumed).toEqual([1, 2, 3]);
    const opened = { count: 0 };
    expect(thrownBy(() => items(flaky(9, opened).pipe(retry({ when: () => false }))))).toMatchObject({
      message: "failure 1",
    });
    expect(opened.count).toBe(1);
  });

  test.each<[string, (error: Error) => RetryOptions<number>]>([
    ["when", (error) => ({ when: () => fail(error) })],
    ["delayMs", (error) => ({ delayMs: () => fail(error) })],
    ["from", (error) => ({ from: () => fail(error) })],
  ])("C3 S7 what %s throws comes out with the source's error as its cause, and ends the run", (_name, options) => {
    const error = new Error("callback");
    const cut = new Error("cut");
    let opened = 0;
    const source = stream<number>(() => {
      opened++;
      return { pump: () => fail(cut), close: () => undefined };
    }, false);
    play(function* (root, loop) {
      const probe = new Probe(source.pipe(retry(options(error))), loop, root);
      yield* probe.drain();
      expect([probe.failure?.error, error.cause]).toEqual([error, cut]);
      expect([probe.pump(1), opened]).toEqual([END, 1]);
      yield* probe.close();
    });
  });

  test.each([-1, Number.NaN])(
    "C3 a delay of %d ms is a RangeError in the run, with the source's error as its cause",
    (ms) => {
      const cut = new Error("cut");
      const thrown = thrownBy(() => items(paced([1], 1, cut).pipe(retry({ delayMs: () => ms }))));
      expect(thrown).toBeInstanceOf(RangeError);
      expect((thrown as Error).cause).toBe(cut);
    },
  );
});

const fail = (error: unknown): never => {
  throw error;
};
