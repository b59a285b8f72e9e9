import { run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  channel,
  combineLatest,
  END,
  type End,
  empty,
  from,
  interval,
  map,
  race,
  type Stream,
  stream,
  take,
} from "../src/index.ts";
import { finish, outcomeOf, play } from "./support.ts";

const error = new Error("source");

/** Gives each item at its time, notes how it ended, and takes 2 ms to clean up. */
const timed = <T>(ends: unknown[], ...items: (readonly [atMs: number, item: T])[]): Stream<T> =>
  from(function* () {
    let now = 0;
    try {
      for (const [atMs, item] of items) {
        yield* sleep(atMs - now);
        now = atMs;
        yield item;
      }
    } finally {
      yield* sleep(2);
    }
  }).onEnd((end) => void ends.push(end)) as Stream<T>;

const failing = from(function* (): Generator<number, void> {
  throw error;
});

const stopped: End = { kind: "stopped", by: "consumer" };

describe("combineLatest", () => {
  test("gives a row at each item, once all have one, and ends with the last", () => {
    const ends: End[] = [];
    const got = play(function* (_root, loop) {
      const rows: unknown[] = [];
      yield* combineLatest(timed(ends, [1, "a"], [5, "b"]), timed(ends, [3, 1], [9, 2])).forEach(
        (row) => void rows.push([loop.now(), ...row]),
      );
      return [rows, loop.now()];
    });
    expect(got).toEqual([
      [
        [3, "a", 1],
        [5, "b", 1],
        [9, "b", 2],
      ],
      11,
    ]);
    expect(ends).toEqual([{ kind: "done" }, { kind: "done" }]);
  });

  test("rows are arrays of their own; of synchronous inputs each item counts", () => {
    expect(play(() => combineLatest([1, 2], ["a", "b"]).toArray())).toEqual([
      [1, "a"],
      [2, "a"],
      [2, "b"],
    ]);
  });

  test("an input that ends without an item ends it at once, and the others are closed and waited for", () => {
    const ends: End[] = [];
    const got = play(function* (_root, loop) {
      return [yield* combineLatest(timed(ends, [1, 1], [1000, 2]), timed(ends)).toArray(), loop.now()];
    });
    expect(got).toEqual([[], 4]);
    expect(ends).toEqual([{ kind: "done" }, stopped]);
  });

  test("S7 the first failure comes out as it is, and the others are closed", () => {
    const ends: End[] = [];
    expect(play(() => outcomeOf(combineLatest(timed(ends, [1000, 1]), failing).toArray()))).toEqual({ error });
    expect(ends).toEqual([{ ...stopped, reason: error }]);
  });

  test("of nothing it is empty", () => {
    expect(play(() => combineLatest().toArray())).toEqual([]);
  });
});

describe("race", () => {
  test("the first to give an item wins; the others are closed then and there, and have cleaned up at the end", () => {
    const ends: End[] = [];
    const got = play(function* (_root, loop) {
      const winner = timed(ends, [5, "b1"], [6, "b2"]);
      const items = yield* race(timed(ends, [9, "a"]), winner, timed(ends, [7, "c"])).toArray();
      return [items, loop.now()];
    });
    expect(got).toEqual([["b1", "b2"], 8]);
    expect(ends).toEqual([{ kind: "done" }, stopped, stopped]);
  });

  test("an end and a failure win, too", () => {
    const ends: End[] = [];
    expect(play(() => race(timed(ends, [5, 1]), empty<number>()).toArray())).toEqual([]);
    expect(play(() => outcomeOf(race(timed(ends, [5, 1]), failing).toArray()))).toEqual({ error });
    expect(ends).toEqual([stopped, { ...stopped, reason: error }]);
    expect(play(() => race().toArray())).toEqual([]);
  });

  test("S5 each input is closed once", () => {
    const closes: string[] = [];
    const noting = (name: string) =>
      stream<string>((_host, sink) => {
        let given = false;
        return {
          pump: () => {
            if (!given) sink.push(name);
            given = true;
            return END;
          },
          close: () => void closes.push(name) as undefined,
        };
      }, false);
    expect(play(() => race(noting("a"), noting("b")).toArray())).toEqual(["a"]);
    expect(closes.sort()).toEqual(["a", "b"]);
  });

  test("of sources that are ready the first named wins, and no other makes an item", () => {
    let made = 0;
    const counting = from([1, 2, 3]).pipe(map((n) => made++ + n));
    expect(play(() => race(["a", "b"], counting).toArray())).toEqual(["a", "b"]);
    expect(made).toBe(0);
  });

  test("S10 the winner's rendezvous goes on handing over", () => {
    const loop = new VirtualLoop();
    const { sender, receiver } = channel<number>(0);
    const task = run(() => race(receiver, interval(1000)).pipe(take(3)).toArray(), { loop });
    const sent = [1, 2, 3].map((n) => {
      loop.runUntilIdle();
      return sender.trySend(n);
    });
    expect([sent, finish(loop, task)]).toEqual([
      [true, true, true],
      [1, 2, 3],
    ]);
  });
});
