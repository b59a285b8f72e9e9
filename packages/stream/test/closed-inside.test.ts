/** S4 A run that is closed by a callback of its own: what starts in that very moment is closed as well, or not started. */
import { currentScheduler, type Operation, sleep } from "@skein/coroutine";
import { describe, expect, test, vi } from "vitest";
import {
  debounce,
  END,
  type End,
  flatMap,
  from,
  fromCallback,
  type Iteration,
  map,
  mapAsync,
  type Operator,
  type RetryOptions,
  retry,
  type Stream,
  stream,
  switchMap,
  tap,
  timeout,
  unfold,
  WAIT,
} from "../src/index.ts";
import { Probe } from "../src/testing/probe.ts";
import { play, thrownBy } from "./support.ts";

const LEFT: End = { kind: "stopped", by: "consumer", reason: "inside" };
const DONE = { done: true, value: undefined };

/** Runs what `make` makes of a function that closes the run; gives the items, the last answer, and how long it took. */
const closing = (make: (close: () => void) => Stream<unknown>): { items: unknown[]; pumped: unknown; atMs: number } => {
  const [items, pumped, loop] = play(function* (root, loop) {
    let closed: Operation<void> | undefined;
    const probe: Probe<unknown> = new Probe(
      make(() => {
        closed ??= probe.source.close(LEFT);
      }),
      loop,
      root,
    );
    yield* probe.drain();
    if (closed !== undefined) yield* closed;
    return [probe.items, probe.pump(10), loop] as const;
  });
  return { items, pumped, atMs: loop.now() };
};

describe("while it is opened", () => {
  /** A run that is left by the function that opens it, by `return()`. */
  const leaving = async (open: (leave: () => void) => Stream<unknown>) => {
    let left: Promise<unknown> | undefined;
    const run: Iteration<unknown> = open(() => {
      left = run.return();
    })[Symbol.asyncIterator]();
    return [await run.next(), await left, await run.next()];
  };

  test("what is opened is closed before it was pumped", async () => {
    const seen: string[] = [];
    const generator = leaving((leave) =>
      from(function made() {
        leave();
        return {
          *[Symbol.iterator]() {
            seen.push("ran");
            yield 1;
          },
        };
      }),
    );
    const closes: End[] = [];
    const owned = leaving((leave) =>
      stream(() => {
        leave();
        return {
          pump: () => (seen.push("pumped") > 0 ? END : END),
          close: (end) => void closes.push(end) as undefined,
        };
      }, false),
    );
    expect([await generator, await owned, seen]).toEqual([[DONE, DONE, DONE], [DONE, DONE, DONE], []]);
    expect(closes).toEqual([{ kind: "stopped", by: "consumer" }]);
  });

  test("an error of the opening comes out of return()", async () => {
    const error = new Error("open");
    let left: Promise<unknown> | undefined;
    const reported: unknown[] = [];
    const run: Iteration<unknown> = stream((host) => {
      vi.spyOn(host.scheduler, "reportError").mockImplementation((error) => void reported.push(error));
      left = run.return();
      throw error;
    }, false)[Symbol.asyncIterator]();
    expect(await run.next()).toEqual(DONE);
    await expect(left).rejects.toBe(error);
    expect(reported).toEqual([error]); // as `for await` may drop it
    vi.restoreAllMocks();
  });
});

describe("by a function that makes a stream of an item", () => {
  type Flatten = (fn: () => Stream<number> | ReadableStream<number>) => Operator<number, number>;
  const flattening: [name: string, flatten: Flatten][] = [
    ["flatMap", flatMap],
    ["switchMap", switchMap],
  ];

  test.each(flattening)("%s: that stream is not opened", (_name, flatten) => {
    const readable = new ReadableStream<number>();
    let opened = 0;
    const got = closing((close) =>
      from([1, 2]).pipe(
        flatten(() => {
          close();
          return readable;
        }),
      ),
    );
    const counted = closing((close) =>
      from([1, 2]).pipe(
        flatten(() => {
          close();
          return from(() => [opened++]);
        }),
      ),
    );
    expect([got.items, got.pumped, counted.items, opened, readable.locked]).toEqual([[], END, [], 0, false]);
  });

  test.each(flattening)("%s: or, closed by its opening, it is closed and waited for", (_name, flatten) => {
    const closes: End[] = [];
    const got = closing((close) =>
      from([1, 2]).pipe(
        flatten(() =>
          stream<number>((_host, sink) => {
            close();
            return {
              pump: () => (sink.push(1) ? END : END),
              close(end) {
                closes.push(end);
                return sleep(3);
              },
            };
          }, false),
        ),
      ),
    );
    expect([got, closes.length]).toEqual([{ items: [], pumped: END, atMs: 3 }, 1]);
  });
});

describe("by a step before", () => {
  test.each<[string, (called: () => void) => Operator<number, unknown>]>([
    ["flatMap", (called) => flatMap(() => [called()])],
    ["switchMap", (called) => switchMap(() => [called()])],
    [
      "mapAsync",
      (called) =>
        mapAsync(function* () {
          called();
          yield* sleep(100);
        }),
    ],
    ["debounce", () => debounce(50)],
  ])("%s does not begin with the item in hand", (_name, operator) => {
    let calls = 0;
    const got = closing((close) =>
      from([1, 2]).pipe(
        tap(close),
        operator(() => calls++),
      ),
    );
    expect([got, calls]).toEqual([{ items: [], pumped: END, atMs: 0 }, 0]);
  });
});

describe("by a callback of its own, that asks when to go on", () => {
  const cut = new Error("cut");
  const flaky = (opened: () => void = () => {}) =>
    from(function* (): Generator<number, void> {
      opened();
      yield 1;
      throw cut;
    });

  test.each<[string, (close: () => void) => RetryOptions<number>]>([
    ["when", (close) => ({ when: () => close() === undefined, delayMs: 50 })],
    [
      "delayMs",
      (close) => ({
        delayMs: () => {
          close();
          return 50;
        },
      }),
    ],
    [
      "from",
      (close) => ({
        from: () => {
          close();
          return from([2]);
        },
        delayMs: 50,
      }),
    ],
  ])("retry: %s; it is not tried again, and no timer outlives it", (_name, options) => {
    let opened = 0;
    const got = closing((close) => flaky(() => opened++).pipe(retry(options(close))));
    expect([got, opened]).toEqual([{ items: [1], pumped: END, atMs: 0 }, 1]);
  });

  test("retry: or by the cleanup of the failed run", () => {
    let asked = 0;
    const got = closing((close) =>
      stream<number>(
        () => ({
          pump() {
            throw cut;
          },
          close: () => void close() as undefined,
        }),
        false,
      ).pipe(retry({ from: () => from([++asked]), delayMs: () => ++asked })),
    );
    expect([got, asked]).toEqual([{ items: [], pumped: END, atMs: 0 }, 0]);
  });

  test("retry: or by what opens it again; that is closed, and waited for", () => {
    const closes: End[] = [];
    const got = closing((close) =>
      flaky().pipe(
        retry({
          from: () =>
            stream<number>((_host, sink) => {
              close();
              return {
                pump: () => (sink.push(2) ? END : END),
                close(end) {
                  closes.push(end);
                  return sleep(3);
                },
              };
            }, false),
        }),
      ),
    );
    expect([got, closes]).toEqual([{ items: [1], pumped: END, atMs: 3 }, [LEFT]]);
  });

  test("timeout: by a step before it, when nothing more is there; no timer is set", () => {
    const got = closing((close) =>
      fromCallback<number>((emit) => {
        emit.push(1);
      }).pipe(tap(close), timeout({ betweenMs: 50, totalMs: 70 })),
    );
    expect([got.pumped, got.atMs]).toEqual([END, 0]);
    const silent = closing((close) =>
      stream<number>(
        () => ({
          pump: () => (close() === undefined ? WAIT : WAIT),
          close: () => undefined,
        }),
        false,
      ).pipe(timeout({ firstMs: 50, totalMs: 70 })),
    );
    expect([silent.pumped, silent.atMs]).toEqual([END, 0]);
  });
});

describe("by the source's own code", () => {
  test("fromCallback: start; what it gives back is called with the end, and waited for", () => {
    const ends: End[] = [];
    const got = closing((close) =>
      fromCallback((emit) => {
        close();
        emit.push(1);
        return function* (end: End) {
          ends.push(end);
          yield* sleep(3);
        };
      }),
    );
    expect([got, ends]).toEqual([{ items: [], pumped: END, atMs: 3 }, [LEFT]]);
  });

  test("fromCallback: start throws as well", () => {
    const error = new Error("start");
    const thrown = thrownBy(() =>
      play(function* (root, loop) {
        const probe: Probe<unknown> = new Probe(
          fromCallback(() => {
            closed = probe.source.close(LEFT);
            throw error;
          }),
          loop,
          root,
        );
        let closed: Operation<void> | undefined;
        yield* probe.drain();
        if (closed !== undefined) yield* closed;
        throw probe.failure?.error;
      }),
    );
    expect(thrown).toBe(error);
  });

  test("unfold: step", () => {
    const seen: unknown[] = [];
    const got = closing((close) =>
      unfold(1, (n) => {
        if (n === 2) close();
        return n > 5 ? undefined : [n, n + 1];
      }).pipe(tap((n) => seen.push(n))),
    );
    expect([got, seen]).toEqual([{ items: [1], pumped: END, atMs: 0 }, [1]]);
  });

  test("an iterable that closes as its iterator is made, or steps", () => {
    const seen: string[] = [];
    const got = closing((close) =>
      from({
        [Symbol.iterator]() {
          close();
          return {
            next: () => ({ done: seen.push("next") > 5, value: 1 }) as IteratorResult<number>,
            return: () => ({ done: seen.push("return") > 0, value: 1 }),
          };
        },
      }).pipe(map((n) => seen.push(`${n}`))),
    );
    expect([got.items, got.pumped, seen]).toEqual([[], END, ["return"]]);
  });

  test("a generator that waits: its finally runs, and nothing more comes of it", () => {
    const seen: unknown[] = [];
    const got = closing((close) =>
      from(function* () {
        try {
          yield 1;
          close();
          yield 2;
          seen.push("went on");
        } finally {
          yield* sleep(3);
          seen.push("finally");
        }
      }).pipe(tap((n) => seen.push(n))),
    );
    expect([got, seen]).toEqual([{ items: [1], pumped: END, atMs: 3 }, [1, "finally"]]);
  });
});

test("C3 S7 what a function throws that has closed its run is reported: nobody is left to be told", async () => {
  const error = new Error("after its close");
  const reported: unknown[] = [];
  vi.spyOn(currentScheduler(), "reportError").mockImplementation((error) => void reported.push(error));
  for (const source of [
    from([1]),
    from(function* () {
      yield 1;
    }),
  ]) {
    let left: Promise<unknown> | undefined;
    const run: Iteration<unknown> = source
      .pipe(
        map(() => {
          left = run.return();
          throw error;
        }),
      )
      [Symbol.asyncIterator]();
    expect([await run.next(), await left]).toEqual([DONE, DONE]);
  }
  expect(reported).toEqual([error, error]);
  reported.length = 0;
  let left: Promise<unknown> | undefined;
  const run: Iteration<number> = from(function* () {
    left = run.return();
    yield* sleep(1_000_000); // throws the close, which is no failure
    yield 1;
  })[Symbol.asyncIterator]();
  expect([await run.next(), await left, reported]).toEqual([DONE, DONE, []]);
  vi.restoreAllMocks();
});

test("an async iterable that closes as its iterator is made: that is told to return, and not stepped", async () => {
  const seen: string[] = [];
  let left: Promise<unknown> | undefined;
  const run: Iteration<number> = from({
    [Symbol.asyncIterator]() {
      left = run.return();
      return {
        next: () => Promise.resolve({ done: seen.push("next") > 5, value: 1 }) as Promise<IteratorResult<number>>,
        return: () => Promise.resolve({ done: seen.push("return") > 0, value: 1 }),
      };
    },
  } as AsyncIterable<number>)[Symbol.asyncIterator]();
  expect([await run.next(), await left, seen]).toEqual([DONE, DONE, ["return"]]);
});
