/** Readers that wait in a channel's queue and cannot be handed an item, as their consumer is busy: they have to look. */
import { type Operation, run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  channel,
  combineLatest,
  from,
  type Host,
  interval,
  merge,
  race,
  type Stream,
  switchMap,
  take,
  WAIT,
  zip,
} from "../../src/index.ts";
import { finish, outcomeOf, play } from "../support.ts";

/** Sends 1 at once, and 2 while the consumer of 1 is busy. */
const busy = (pipeline: (rendezvous: Stream<number>, other: Stream<number>) => Stream<unknown>): unknown[] =>
  play(function* (root) {
    const a = channel<number>(0);
    const b = channel<number>(0);
    root.spawn(function* () {
      yield* a.sender.send(1);
      yield* sleep(1);
      yield* a.sender.send(2);
      a.sender.close();
    });
    root.spawn(function* () {
      yield* sleep(2);
      yield* b.sender.send(3);
      b.sender.close();
    });
    const got: unknown[] = [];
    yield* pipeline(a.receiver, b.receiver).forEach(function* (item) {
      got.push(item);
      yield* sleep(10);
    });
    return got;
  });

describe("S9 a rendezvous that finds its reader busy", () => {
  test("merge takes it when its turn comes", () => {
    expect(busy((a, b) => merge(a, b))).toEqual([1, 3, 2]);
  });

  test("combineLatest", () => {
    expect(busy((a, b) => combineLatest(a, merge([0], b)))).toEqual([
      [1, 0],
      [1, 3],
      [2, 3],
    ]);
  });

  test("race, before there is a winner", () => {
    expect(busy((a, b) => merge(a, race(b, interval(1000))).pipe(take(3)))).toEqual([1, 3, 2]);
  });

  test("zip", () => {
    expect(busy((a, b) => merge(zip(a, [1, 2]), b))).toEqual([[1, 1], 3, [2, 2]]);
  });

  test("switchMap, of its source and of what it opens", () => {
    expect(busy((a, b) => merge(a.pipe(switchMap((n) => [n, n])), b))).toEqual([1, 3, 2, 2]);
    expect(busy((a, b) => a.pipe(switchMap((n) => (n === 1 ? [1] : b))))).toEqual([1, 3]);
  });

  test("S10 trySend is refused all the same, and a send that was given up leaves nothing behind", () => {
    const loop = new VirtualLoop();
    const { sender, receiver } = channel<number>(0);
    const got: number[] = [];
    const task = run(
      () =>
        merge(receiver, [0]).forEach(function* (n) {
          got.push(n);
          yield* sleep(10);
        }),
      { loop },
    );
    loop.advance(5);
    const refused = sender.trySend(1);
    const given = run(() => sender.send(2), { loop });
    loop.advance(1);
    given.cancel();
    loop.advance(10);
    const taken = sender.trySend(3);
    sender.close();
    finish(loop, task);
    expect([refused, given.state, taken, got]).toEqual([false, "cancelled", true, [0, 3]]);
  });
});

describe("several busy readers of one channel", () => {
  /** A consumer that needs 10 ms for each item, of `receiver` and of something that keeps the run open. */
  const slowly = (receiver: Stream<number>, got: number[]) =>
    merge(
      receiver,
      from(function* () {
        yield 0;
        yield* sleep(50);
      }),
    ).forEach(function* (n) {
      got.push(n);
      yield* sleep(10);
    });

  test.each([0, 4])("S3 capacity %d: all of them are told the end, and the failure", (capacity) => {
    for (const error of [undefined, new Error("upstream")]) {
      const outcomes = play(function* (root) {
        const { sender, receiver } = channel<number>(capacity);
        const readers = [receiver, receiver.clone()].map((each) => root.spawn(() => outcomeOf(slowly(each, []))));
        yield* sleep(5);
        if (capacity > 0) yield* sender.send(1);
        else root.spawn(() => sender.send(1));
        yield* sleep(1);
        if (error === undefined) sender.close();
        else sender.fail(error);
        return [yield* readers[0] as Operation<object>, yield* readers[1] as Operation<object>];
      });
      expect(outcomes).toEqual(Array(2).fill(error === undefined ? { value: undefined } : { error }));
    }
  });

  test.each([0, 4])(
    "capacity %d: whoever is free first gets the item, also if another was told of it before",
    (capacity) => {
      const loop = new VirtualLoop();
      const { sender, receiver } = channel<string>(capacity);
      const got: string[] = [];
      const reader = (name: string, each: Stream<string>) => {
        const host = { waiting: false, owner: null, scheduler: loop, woken: 0, wake: () => void host.woken++ };
        const source = each.open(host as Host, { push: (item) => got.push(`${name}: ${item}`) > 0 });
        return { host, source };
      };
      const first = reader("first", receiver);
      const second = reader("second", receiver.clone());
      expect([first.source.pump(1), second.source.pump(1)]).toEqual([WAIT, WAIT]);
      const sending = run(() => sender.send("item"), { loop });
      loop.runUntilIdle();
      expect([first.host.woken, second.host.woken]).toEqual([1, 1]);
      first.source.close({ kind: "stopped", by: "consumer" });
      second.source.pump(1);
      loop.runUntilIdle();
      expect([got, sending.state]).toEqual([["second: item"], "done"]);
    },
  );

  test("S2 an item that is given back by a run that was closed wakes a busy reader", () => {
    const { sender, receiver } = channel<number>(0);
    const clone = receiver.clone();
    const got = play(function* (root, loop) {
      const host = { waiting: true, owner: null, scheduler: loop, wake: () => {} };
      const run = receiver.open(host, { push: () => true });
      run.pump(1);
      const read: number[] = [];
      const reading = root.spawn(() => slowly(clone, read));
      yield* sleep(5);
      sender.trySend(7); // handed to the first
      run.close({ kind: "stopped", by: "consumer" });
      sender.close();
      yield* reading;
      return read;
    });
    expect(got).toEqual([0, 7]);
  });
});
