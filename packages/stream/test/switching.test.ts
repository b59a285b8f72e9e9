import { Future, run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  END,
  type End,
  from,
  interval,
  MORE,
  type Stream,
  stream,
  switchMap,
  take,
  takeUntil,
  tap,
} from "../src/index.ts";
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

  test("S1 what stops it in the middle of a pump ends that: of a burst nothing more is given, nor made", () => {
    const stopped = (stop: "signal" | "future", place: "before" | "after") =>
      play(function* (_root, loop) {
        const controller = new AbortController();
        const { future, resolve } = Future.withResolvers<void>({ loop });
        const made: number[] = [];
        const given: number[] = [];
        const stopAt2 = tap((n: number) => {
          if (n === 2) stop === "signal" ? controller.abort() : resolve();
        });
        yield* from([1, 2, 3, 4])
          .pipe(
            tap((n) => made.push(n)),
            place === "before" ? stopAt2 : tap(() => {}),
            takeUntil(stop === "signal" ? controller.signal : future),
            place === "after" ? stopAt2 : tap(() => {}),
          )
          .forEach((n) => void given.push(n));
        return [made, given];
      });
    for (const stop of ["signal", "future"] as const) {
      expect(stopped(stop, "before")).toEqual([[1, 2], [1]]);
      expect(stopped(stop, "after")).toEqual([
        [1, 2],
        [1, 2],
      ]);
    }
  });

  test("S4 a signal that aborts while the source is opened ends the run before its first pump", () => {
    const controller = new AbortController();
    const source = stream<number>((_host, sink) => {
      controller.abort();
      return { pump: () => (sink.push(1) ? END : MORE), close: () => undefined };
    }, false);
    expect(play(() => source.pipe(takeUntil(controller.signal)).toArray())).toEqual([]);
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
