import { Future, run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { type End, from, interval, type Stream, switchMap, take, takeUntil } from "../src/index.ts";
import { finish, outcomeOf, play } from "./support.ts";

describe("takeUntil", () => {
  test("ends the stream when the signal aborts, closes the source while it waits, and leaves no listener", () => {
    const loop = new VirtualLoop();
    const controller = new AbortController();
    const ends: End[] = [];
    const task = run(
      () =>
        interval(10)
          .onEnd((end) => void ends.push(end))
          .pipe(takeUntil(controller.signal))
          .toArray(),
      { loop },
    );
    loop.advance(25);
    controller.abort();
    expect(finish(loop, task)).toEqual([0, 1]);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
  });

  test("or when a future settles, even by failing; what has come already opens nothing", () => {
    const got = play(function* (_root, loop) {
      const { future, reject } = Future.withResolvers<void>({ loop });
      loop.callLater(25, () => void reject(new Error("not ours")));
      const items = yield* interval(10).pipe(takeUntil(future)).toArray();
      return [items, yield* interval(10).pipe(takeUntil(AbortSignal.abort())).toArray(), loop.now()];
    });
    expect(got).toEqual([[0, 1], [], 25]);
  });

  test("a signal that outlives a thousand runs keeps none of them", () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    play(function* () {
      for (let n = 0; n < 1000; n++) yield* from([1, 2]).pipe(takeUntil(signal), take(1)).drain();
    });
    expect(listeners).toBe(0);
  });
});

describe("switchMap", () => {
  const typed = (...times: number[]): Stream<number> =>
    from(function* () {
      let now = 0;
      for (const time of times) {
        yield* sleep(time - now);
        now = time;
        yield time;
      }
    });

  test("gives the items of the latest; the one before is closed and has cleaned up before the next is opened", () => {
    const seen: unknown[] = [];
    const got = play(function* (_root, loop) {
      const search = (query: number) =>
        from(function* () {
          seen.push(`open ${query} at ${loop.now()}`);
          try {
            for (let n = 0; n < 3; n++) {
              yield* sleep(4);
              yield `${query}.${n}`;
            }
          } finally {
            yield* sleep(1);
            seen.push(`closed ${query} at ${loop.now()}`);
          }
        });
      return yield* typed(1, 10, 12).pipe(switchMap(search)).toArray();
    });
    expect(got).toEqual(["1.0", "1.1", "12.0", "12.1", "12.2"]);
    expect(seen).toEqual([
      "open 1 at 1",
      "closed 1 at 11",
      "open 10 at 11",
      "closed 10 at 13",
      "open 12 at 13",
      "closed 12 at 26",
    ]);
  });

  test("a failure of either comes out; an empty source ends", () => {
    const error = new Error("search");
    const failing = from(function* (): Generator<number, void> {
      throw error;
    });
    expect(
      play(() =>
        outcomeOf(
          typed(1)
            .pipe(switchMap(() => failing))
            .toArray(),
        ),
      ),
    ).toEqual({ error });
    expect(play(() => outcomeOf(failing.pipe(switchMap((n) => [n])).toArray()))).toEqual({ error });
    expect(
      play(() =>
        typed()
          .pipe(switchMap((n) => [n]))
          .toArray(),
      ),
    ).toEqual([]);
  });
});
