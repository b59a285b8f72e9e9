/*
 * The leak check of `runTest` knows channels and runs of streams: what outlives a test fails it, with its kind, its name
 * and where it was born.
 */
import { openWatch, run, sleep, until, use } from "@skein/coroutine";
import { type Leak, LeakError, runTest, type TestBody, VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { broadcast, channel, from, interval, merge, type Reader } from "../src/index.ts";
import { toReadableStream } from "../src/web/index.ts";

const leaksOf = async (body: TestBody<unknown>): Promise<readonly Leak[]> => {
  const failure = await runTest(body).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(LeakError);
  return (failure as LeakError).leaks;
};
const here = expect.stringMatching(/leaks\.test\.ts:\d+:\d+$/);

/** Never ends by itself, and needs no task. */
const endless = () =>
  from({
    *[Symbol.iterator]() {
      for (let n = 0; ; n++) yield n;
    },
  });

describe("a leak", () => {
  test("of a channel that is open on both sides", async () => {
    const leaks = await leaksOf(function* () {
      channel<number>(1, { name: "jobs" });
      const { sender } = channel<number>(1);
      sender.clone();
      sender.close(); // the clone is open
    });
    expect(leaks).toEqual([
      { kind: "channel", name: "jobs", bornAt: here },
      { kind: "channel", name: "anonymous", bornAt: here },
    ]);
  });

  test("of a channel that was made in a callback of the test's loop", async () => {
    const leaks = await leaksOf(function* (_root, t) {
      t.loop.callSoon(() => void channel(1, { name: "late" }));
      yield* t.untilIdle();
    });
    expect(leaks).toEqual([{ kind: "channel", name: "late", bornAt: here }]);
  });

  test("of a subscription to a broadcast that goes on", async () => {
    const leaks = await leaksOf(function* () {
      const prices = broadcast<number>(1, { name: "prices" });
      prices.subscribe();
      prices.subscribe().close();
    });
    expect(leaks).toEqual([{ kind: "channel", name: 'broadcast "prices"', bornAt: here }]);
  });

  test("of an iterator that was neither finished nor returned", async () => {
    const leaks = await leaksOf(function* () {
      const items = endless()[Symbol.asyncIterator]();
      yield* until(() => items.next());
    });
    expect(leaks).toEqual([{ kind: "stream", name: "for await", bornAt: here }]);
  });

  test("of a run with tasks of its own, as a stream and as their task", async () => {
    const leaks = await leaksOf(function* () {
      void merge(interval(1_000), interval(700))[Symbol.asyncIterator]().next();
      yield* sleep(1);
    });
    expect(leaks.map(({ kind, name }) => `${kind} ${name}`)).toContain("stream for await");
  });

  test("of a reader that nobody released", async () => {
    const leaks = await leaksOf(function* () {
      const reader = (yield* endless().reader().acquire()) as Reader<number>;
      yield* reader.next();
    });
    expect(leaks).toEqual([{ kind: "stream", name: "reader", bornAt: here }]);
  });

  test("of a ReadableStream that nobody cancelled", async () => {
    const leaks = await leaksOf(function* () {
      const reader = toReadableStream(endless()).getReader();
      yield* until(() => reader.read());
    });
    expect(leaks).toEqual([{ kind: "stream", name: "ReadableStream", bornAt: here }]);
  });
});

describe("no leak", () => {
  const clean = (name: string, body: TestBody<unknown>): void => {
    test(name, async () => {
      await runTest(body);
      expect(openWatch).toBeNull();
    });
  };

  clean("is a channel that is closed on either side, or has failed", function* () {
    channel(1).sender.close();
    channel(1).receiver.close();
    channel(1).sender.fail(new Error("over"));
  });

  clean("is a channel whose ends are used", function* () {
    const { sender, receiver } = channel<number>(1);
    yield* use({ acquire: () => from([sender]).first(), release: (used) => used.close() });
    sender.trySend(1);
    expect(receiver.tryReceive()).toEqual({ done: false, value: 1 });
  });

  clean("is a channel whose receiver has had enough", function* () {
    const { sender, receiver } = channel<number>(1);
    sender.trySend(1);
    expect(yield* receiver.first()).toBe(1);
  });

  clean("is an iterator that was made and never asked, returned or run to its end", function* () {
    endless()[Symbol.asyncIterator]();
    const left = endless()[Symbol.asyncIterator]();
    yield* until(() => left.next());
    yield* until(() => left.return?.() as Promise<unknown>);
    const ended = from([1])[Symbol.asyncIterator]();
    yield* until(() => ended.next());
    yield* until(() => ended.next());
  });

  clean("is a reader that is used, and a terminal", function* (root) {
    root.spawn(function* () {
      const reader = yield* use(endless().reader());
      yield* reader.next();
    });
    yield* merge(from([1]), from([2])).drain();
  });

  clean("is what another loop's task has made meanwhile", function* () {
    const loop = new VirtualLoop();
    run(
      function* () {
        channel<number>(1);
        void endless()[Symbol.asyncIterator]().next();
      },
      { loop },
    );
    loop.runUntilIdle();
  });
});

test("thousands of channels that are closed are not kept, and those that are open are not forgotten", async () => {
  const leaks = await leaksOf(function* () {
    for (let n = 0; n < 5_000; n++) {
      const { sender } = channel(1, { name: String(n) });
      if (n % 1_000 !== 0) sender.close();
    }
  });
  expect(leaks.map(({ name }) => name)).toEqual(["0", "1000", "2000", "3000", "4000"]);
});
