import { isCancelled, Lock, moveOnAfter, type Operation, run, scope, sleep, until, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  BrokenError,
  type Channel,
  ClosedError,
  channel,
  chunk,
  coalesce,
  from,
  type Overflow,
  OverflowError,
  take,
  WAIT,
} from "../../src/index.ts";
import { finish, hostTurns, outcomeOf, play, thrownBy } from "../support.ts";

const DONE = { done: true, value: undefined };
const item = <T>(value: T) => ({ done: false, value });

/** Everything that can be received without waiting. */
function drained<T>({ receiver }: Channel<T>): T[] {
  const items: T[] = [];
  for (let next = receiver.tryReceive(); next !== undefined && !next.done; next = receiver.tryReceive()) {
    items.push(next.value);
  }
  return items;
}

describe("without waiting", () => {
  test("STREAM-001 a channel of 2 takes two items, and gives them in order; then each side would wait", () => {
    const { sender, receiver } = channel<number>(2);
    expect([sender.trySend(1), sender.trySend(2), sender.trySend(3)]).toEqual([true, true, false]);
    expect([receiver.tryReceive(), receiver.tryReceive(), receiver.tryReceive()]).toEqual([
      item(1),
      item(2),
      undefined,
    ]);
  });

  test.each([-1, 0.5, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])(
    "STREAM-003 a capacity of %d is a RangeError",
    (n) => {
      expect(() => channel(n)).toThrow(RangeError);
    },
  );

  test.each([Number.POSITIVE_INFINITY, "unbounded"] as const)("STREAM-003 a capacity of %s never waits", (capacity) => {
    const ends = channel<number>(capacity);
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    for (const n of numbers) expect(ends.sender.trySend(n)).toBe(true);
    expect(drained(ends)).toEqual(numbers);
  });

  test("STREAM-016 undefined, null and a done-like object are items as any other", () => {
    const ends = channel<unknown>(4);
    const odd = [undefined, null, { done: true, value: 1 }, false];
    for (const each of odd) ends.sender.trySend(each);
    expect(drained(ends)).toEqual(odd);
    expect(
      play(function* (root) {
        const receiving = root.spawn(() => ends.receiver.receive());
        yield* sleep(1);
        ends.sender.trySend(undefined);
        return yield* receiving;
      }),
    ).toEqual(item(undefined));
  });
});

describe("closing", () => {
  test("STREAM-004 after the last sender closed, what is buffered and parked is given, and then the end, for ever", () => {
    const { sender, receiver } = channel<number>(1);
    const seen = play(function* (root) {
      yield* sender.send(1);
      root.spawn(() => sender.send(2));
      yield* sleep(1);
      sender.close();
      return [yield* receiver.receive(), yield* receiver.receive(), yield* receiver.receive(), receiver.tryReceive()];
    });
    expect(seen).toEqual([item(1), item(2), DONE, DONE]);
  });

  test("STREAM-004 iteration just ends", async () => {
    const { sender, receiver } = channel<number>(2);
    sender.trySend(1);
    sender.trySend(2);
    sender.close();
    const seen: number[] = [];
    for await (const n of receiver) seen.push(n);
    expect(seen).toEqual([1, 2]);
  });

  test("STREAM-004 a run that came to the end leaves its handle open: the end, or the failure, is given for ever", () => {
    const error = new Error("upstream");
    const seen = play(function* () {
      const { sender, receiver } = channel<number>(1);
      sender.trySend(1);
      sender.close();
      const failing = channel<number>(1);
      failing.sender.fail(error);
      return [
        yield* receiver.toArray(),
        yield* receiver.receive(),
        receiver.tryReceive(),
        yield* receiver.toArray(),
        yield* outcomeOf(failing.receiver.toArray()),
        yield* outcomeOf(failing.receiver.receive()),
        yield* outcomeOf(failing.receiver.toArray()),
      ];
    });
    expect(seen).toEqual([[1], DONE, DONE, [], { error }, { error }, { error }]);
  });

  test("STREAM-004 a run that is left with an item in its hands ends early: its handle closes, a clone gets the item", async () => {
    const { sender, receiver } = channel<number>(1);
    const clone = receiver.clone();
    const iterator = receiver[Symbol.asyncIterator]();
    const next = iterator.next();
    sender.trySend(7); // handed to the run, which waits
    sender.close();
    await iterator.return();
    expect(await next).toEqual(DONE);
    expect(thrownBy(() => receiver.tryReceive())).toBeInstanceOf(ClosedError);
    expect([clone.tryReceive(), clone.tryReceive()]).toEqual([item(7), DONE]);
  });

  test("STREAM-006 a parked receive: ClosedError when its own handle closes, the end when all senders have", () => {
    const seen = play(function* (root) {
      const own = channel<number>(1);
      const closed = root.spawn(() => outcomeOf(own.receiver.receive()));
      const other = channel<number>(1);
      const clone = other.sender.clone();
      const ended = root.spawn(() => other.receiver.receive());
      yield* sleep(1);
      own.receiver.close();
      other.sender.close();
      yield* sleep(1);
      const stillParked = ended.state;
      clone.close();
      return [yield* closed, stillParked, yield* ended];
    });
    expect(seen[0]).toEqual({ error: expect.any(ClosedError) });
    expect(seen.slice(1)).toEqual(["pending", DONE]);
  });

  test("STREAM-007 closing twice does nothing more; what is done with a closed handle is a ClosedError", () => {
    const { sender, receiver } = channel<number>(1);
    const kept = { sender: sender.clone(), receiver: receiver.clone() };
    for (const handle of [sender, receiver, sender, receiver]) handle.close();
    for (const use of [
      () => sender.trySend(1),
      () => sender.clone(),
      () => receiver.tryReceive(),
      () => receiver.clone(),
      () => play(() => sender.send(1)),
      () => play(() => receiver.receive()),
      () => play(() => receiver.toArray()),
    ]) {
      expect(thrownBy(use)).toMatchObject({ name: "ClosedError", code: "STREAM_CLOSED" });
    }
    expect([kept.sender.trySend(1), kept.receiver.tryReceive()]).toEqual([true, item(1)]);
  });

  test("STREAM-009 closing one of two receivers fails only those who asked by it; senders break with the last", () => {
    const { sender, receiver } = channel<number>(0);
    const clone = receiver.clone();
    const seen = play(function* (root) {
      const byFirst = root.spawn(() => outcomeOf(receiver.receive()));
      const byClone = root.spawn(() => clone.receive());
      yield* sleep(1);
      receiver.close();
      yield* sender.send(7);
      const sending = root.spawn(() => outcomeOf(sender.send(8)));
      yield* sleep(1);
      clone.close();
      return [yield* byFirst, yield* byClone, yield* sending];
    });
    expect(seen[0]).toEqual({ error: expect.any(ClosedError) });
    expect(seen[1]).toEqual(item(7));
    expect(seen[2]).toEqual({ error: expect.any(BrokenError) });
    expect(thrownBy(() => sender.trySend(9))).toBeInstanceOf(BrokenError);
  });

  test("fail: what was sent is given first, and then the same error to each who asks; other senders break", () => {
    const error = new Error("upstream");
    const ends = channel<number>(4);
    const other = ends.sender.clone();
    const late = ends.receiver.clone();
    ends.sender.trySend(1);
    ends.sender.fail(error);
    expect(ends.receiver.tryReceive()).toEqual(item(1));
    expect(thrownBy(() => ends.receiver.tryReceive())).toBe(error);
    expect(thrownBy(() => play(() => late.receive()))).toBe(error);
    expect(thrownBy(() => other.trySend(2))).toMatchObject({ name: "BrokenError", cause: error });
  });

  test("STREAM-030 a parked receive throws the error that its channel fails with; a cancelled one is out of the way", () => {
    const error = new Error("upstream");
    const { sender, receiver } = channel<number>(0);
    const outcome = play(function* (root) {
      yield* moveOnAfter(1, () => receiver.receive());
      const receiving = root.spawn(() => outcomeOf(receiver.receive()));
      yield* sleep(1);
      sender.fail(error);
      return yield* receiving;
    });
    expect(outcome).toEqual({ error });
  });

  test("leaving a run before its end closes its handle, and a clone goes on", async () => {
    const { sender, receiver } = channel<number>(4);
    const clone = receiver.clone();
    for (const n of [1, 2, 3]) sender.trySend(n);
    for await (const n of receiver) if (n === 1) break;
    expect(thrownBy(() => receiver.tryReceive())).toBeInstanceOf(ClosedError);
    expect(clone.tryReceive()).toEqual(item(2));
  });
});

describe("waiting in line", () => {
  test.each([0, 2])(
    "capacity %d: what was handed to a run that is closed before it looked is the next one's",
    (capacity) => {
      const { sender, receiver } = channel<string>(capacity);
      const clone = receiver.clone();
      const host = { waiting: true, owner: null, scheduler: new VirtualLoop(), wake: () => {} };
      const run = receiver.open(host, { push: () => true });
      expect([run.pump(1), sender.trySend("handed"), sender.statistics().buffered]).toEqual([WAIT, true, 0]);
      run.close({ kind: "stopped", by: "consumer" });
      expect(clone.tryReceive()).toEqual(item("handed"));
    },
  );

  test("STREAM-010 five consumers and ten items: each item reaches exactly one, and every consumer gets some", () => {
    const { sender, receiver } = channel<number>(0);
    const got: number[][] = [[], [], [], [], []];
    play(function* (root) {
      for (const mine of got) {
        const own = receiver.clone();
        root.spawn(() =>
          own.forEach(function* (n: number) {
            mine.push(n);
            yield* sleep(1);
          }),
        );
      }
      receiver.close();
      yield* sleep(1);
      for (let n = 0; n < 10; n++) yield* sender.send(n);
      sender.close();
    });
    expect(got.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(got.every((mine) => mine.length > 0)).toBe(true);
  });

  test.each([0, 1])("STREAM-012 capacity %d: sent first, the cancelled receiver has the item", (capacity) => {
    const loop = new VirtualLoop();
    const { sender, receiver } = channel<string>(capacity);
    const task = run(() => receiver.receive(), { loop });
    loop.runUntilIdle();
    expect(sender.trySend("mine")).toBe(true);
    task.cancel();
    expect(finish(loop, task)).toEqual(item("mine"));
  });

  test.each([0, 1])("STREAM-012 capacity %d: cancelled first, the item is the next one's", (capacity) => {
    const loop = new VirtualLoop();
    const { sender, receiver } = channel<string>(capacity);
    const task = run(() => receiver.receive(), { loop });
    loop.runUntilIdle();
    task.cancel();
    const sent = sender.trySend("kept");
    expect(sent).toBe(capacity === 1);
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    if (!sent) run(() => sender.send("kept"), { loop });
    expect(
      finish(
        loop,
        run(() => receiver.receive(), { loop }),
      ),
    ).toEqual(item("kept"));
  });

  test("STREAM-013 a cancelled receive and a cancelled send leave no trace", () => {
    const { sender, receiver } = channel<number>(0);
    play(function* () {
      yield* moveOnAfter(1, () => receiver.receive());
      expect(sender.trySend(1)).toBe(false);
      yield* moveOnAfter(1, () => sender.send(2));
      expect(receiver.tryReceive()).toBeUndefined();
    });
    expect(sender.statistics()).toMatchObject({ waitingSenders: 0, waitingReceivers: 0, buffered: 0 });
  });

  test("STREAM-018 a send and a receive that need not wait are cancellation points all the same", () => {
    const { sender, receiver } = channel<number>(8);
    sender.trySend(0);
    const cut = (body: () => ReturnType<typeof sender.send> | ReturnType<typeof receiver.receive>) =>
      play(function* () {
        let passed = false;
        yield* scope(function* (s) {
          s.cancel();
          yield* body() as ReturnType<typeof sender.send>;
          passed = true;
        });
        return passed;
      });
    expect([cut(() => sender.send(1)), cut(() => receiver.receive())]).toEqual([false, false]);
    expect(drained({ sender, receiver })).toEqual([0]);
  });

  test("STREAM-018 they give others their turn, too", () => {
    const { sender, receiver } = channel<number>("unbounded");
    const seen: string[] = [];
    play(function* (root) {
      root.spawn(function* () {
        for (let n = 0; n < 5000; n++) yield* sender.send(n);
        seen.push("sender");
      });
      root.spawn(function* () {
        seen.push("other");
        yield* sleep(0);
      });
    });
    expect(seen).toEqual(["other", "sender"]);
    expect(receiver.statistics().peak).toBe(5000);
  });
});

describe("statistics and overflow", () => {
  test("STREAM-015 they count items, handles and waiting tasks; the peak survives draining", () => {
    const ends = channel<number>(2);
    const { sender, receiver } = ends;
    const clone = sender.clone();
    play(function* (root) {
      yield* sender.send(1);
      yield* sender.send(2);
      const third = root.spawn(() => sender.send(3));
      yield* sleep(1);
      expect(receiver.statistics()).toEqual({
        capacity: 2,
        buffered: 2,
        peak: 2,
        senders: 2,
        receivers: 1,
        waitingSenders: 1,
        waitingReceivers: 0,
        dropped: 0,
        coalesced: 0,
      });
      expect(drained(ends)).toEqual([1, 2, 3]);
      yield* third;
      clone.close();
      root.spawn(() => receiver.receive());
      yield* sleep(1);
      expect(sender.statistics()).toMatchObject({ buffered: 0, peak: 2, senders: 1, waitingReceivers: 1 });
      sender.close();
    });
  });

  const cases: [string, Overflow<number>, number[], object][] = [
    ["dropOldest", "dropOldest", [3, 4], { dropped: 2, coalesced: 0 }],
    ["dropNewest", "dropNewest", [1, 2], { dropped: 2, coalesced: 0 }],
    ["latest", "latest", [3, 4], { dropped: 2, coalesced: 0 }],
    ["coalesce", coalesce((last: number, n: number) => last * 10 + n), [1, 234], { dropped: 0, coalesced: 2 }],
  ];
  test.each(cases)("overflow %s: send never waits, and the losses are counted", (_name, overflow, left, losses) => {
    const ends = channel<number>(2, { overflow });
    play(function* (_root, loop) {
      for (const n of [1, 2, 3, 4]) yield* ends.sender.send(n);
      expect(loop.now()).toBe(0);
    });
    expect(ends.sender.statistics()).toMatchObject(losses);
    expect(drained(ends)).toEqual(left);
  });

  test("overflow latest: all that wait are lost for the new one", () => {
    const ends = channel<number>(3, { overflow: "latest" });
    for (const n of [1, 2, 3, 4, 5]) ends.sender.trySend(n);
    expect(drained(ends)).toEqual([4, 5]);
  });

  test("overflow error: the sender gets an OverflowError, and nothing is lost", () => {
    const ends = channel<number>(1, { overflow: "error", name: "orders" });
    ends.sender.trySend(1);
    const thrown = thrownBy(() => ends.sender.trySend(2)) as Error;
    expect(thrown).toBeInstanceOf(OverflowError);
    expect(thrown.message).toMatch('the channel "orders" holds 1;');
    expect(thrownBy(() => play(() => ends.sender.send(2)))).toBeInstanceOf(OverflowError);
    expect(drained(ends)).toEqual([1]);
  });

  test("capacity 0: dropNewest drops what nobody waits for; policies that need a buffer are refused", () => {
    const { sender } = channel<number>(0, { overflow: "dropNewest" });
    expect([sender.trySend(1), sender.statistics().dropped]).toEqual([true, 1]);
    for (const overflow of ["dropOldest", "latest", coalesce((a: number) => a)] as const) {
      expect(() => channel<number>(0, { overflow })).toThrow(RangeError);
    }
  });
});

describe("generators as channels", () => {
  test("STREAM-019 an exhausted generator ends the iteration; its error comes out unwrapped", async () => {
    const error = new Error("generator");
    const seen: unknown[] = [];
    for await (const n of from(function* () {
      yield 1;
    }))
      seen.push(n);
    const failing = from(function* () {
      yield 2;
      yield* until(Promise.resolve());
      throw error;
    });
    try {
      for await (const n of failing) seen.push(n);
    } catch (error) {
      seen.push(error);
    }
    expect(seen).toEqual([1, 2, error]);
  });

  test.each(["break", "throw"])(
    "STREAM-021 leaving by %s closes the generator, and its finally has run",
    async (how) => {
      const seen: string[] = [];
      const source = from(function* () {
        try {
          yield 1;
          yield 2;
        } finally {
          yield* until(Promise.resolve());
          seen.push("finally");
        }
      });
      try {
        for await (const _ of source) {
          if (how === "break") break;
          throw new Error("body");
        }
      } catch (error) {
        seen.push((error as Error).message);
      }
      expect(seen).toEqual(how === "break" ? ["finally"] : ["finally", "body"]);
    },
  );

  test("STREAM-021 an error in its finally is combined with the body's", () => {
    const [body, cleanup] = [new Error("body"), new Error("finally")];
    const source = from(function* () {
      try {
        yield 1;
      } finally {
        yield* sleep(1);
        throw cleanup;
      }
    });
    const leave = function* () {
      const reader = yield* use(source.reader());
      yield* reader.next();
      throw body;
    };
    expect(thrownBy(() => play(() => scope(leave)))).toBe(cleanup);
    expect(cleanup.cause).toBe(body);
  });

  test("STREAM-022 a reader that is left before it was asked never starts the generator, either", () => {
    const seen: string[] = [];
    play(() =>
      scope(function* () {
        yield* use(
          from(function* () {
            seen.push("started");
            yield 1;
          }).reader(),
        );
        yield* sleep(1);
      }),
    );
    expect(seen).toEqual([]);
  });

  test("STREAM-022 cancelled before the first item is asked for: the generator is never started", () => {
    const seen: string[] = [];
    play(() =>
      scope(function* (s) {
        s.cancel();
        yield* from(function* () {
          seen.push("started");
          yield 1;
        }).drain();
      }),
    );
    expect(seen).toEqual([]);
  });

  test("STREAM-024 cancelled in the middle: the body and the generator both see it, in that order", () => {
    const loop = new VirtualLoop();
    const seen: string[] = [];
    const task = run(
      () =>
        from(function* () {
          try {
            yield 1;
            yield* sleep(1000);
          } catch (error) {
            seen.push("generator");
            throw error;
          }
        }).forEach(function* () {
          try {
            yield* sleep(1000);
          } catch (error) {
            seen.push("body");
            throw error;
          }
        }),
      { loop },
    );
    loop.advance(5);
    task.cancel();
    expect(isCancelled(thrownBy(() => finish(loop, task)))).toBe(true);
    expect(seen).toEqual(["body", "generator"]);
  });

  test("STREAM-025 two consumers parked on a shared reader are given items in their order", async () => {
    const { sender, receiver } = channel<number>(0);
    const seen: unknown[] = [];
    const iterator = receiver[Symbol.asyncIterator]();
    const first = iterator.next().then(({ value }) => seen.push(["first", value]));
    const second = iterator.next().then(({ value }) => seen.push(["second", value]));
    await hostTurns();
    await run(function* () {
      yield* sender.send(1);
      yield* sender.send(2);
    });
    await Promise.all([first, second]);
    expect(seen).toEqual([
      ["first", 1],
      ["second", 2],
    ]);
    await iterator.return();
  });

  test("STREAM-027 chunks of any size within 0 ms: each is all that was queued so far, and none is empty", () => {
    const { sender, receiver } = channel<number>("unbounded");
    const batches = play(function* (root) {
      const reading = root.spawn(() => receiver.pipe(chunk(Number.POSITIVE_INFINITY, { withinMs: 0 })).toArray());
      for (const batch of [[1, 2, 3], [4], [5, 6]]) {
        for (const n of batch) sender.trySend(n);
        yield* sleep(1);
      }
      sender.close();
      return yield* reading;
    });
    expect(batches).toEqual([[1, 2, 3], [4], [5, 6]]);
  });

  test("STREAM-027 two readers that take turns alternate, and a batch wakes one of them", () => {
    const { sender, receiver } = channel<number>("unbounded");
    const turn = new Lock();
    const batches: unknown[] = [];
    function* batch(): Operation<number[]> {
      yield* turn.acquire();
      try {
        const items: number[] = [];
        for (
          let next = yield* receiver.receive();
          next !== undefined && !next.done;
          next = receiver.tryReceive() as typeof next
        )
          items.push(next.value);
        return items;
      } finally {
        turn.release();
      }
    }
    play(function* (root) {
      for (const name of ["a", "b"])
        root.spawn(function* () {
          for (let items = yield* batch(); items.length > 0; items = yield* batch()) batches.push([name, ...items]);
        });
      for (const items of [[1, 2, 3], [4], [5, 6], [7]]) {
        yield* sleep(1);
        for (const item of items) sender.trySend(item);
      }
      yield* sleep(1);
      sender.close();
    });
    expect(batches).toEqual([
      ["a", 1, 2, 3],
      ["b", 4],
      ["a", 5, 6],
      ["b", 7],
    ]);
  });

  test("STREAM-031 take(n) over an async iterator does not pull one item too many", async () => {
    let pulled = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false as const, value: ++pulled }),
        return: () => Promise.resolve({ done: true as const, value: undefined }),
      }),
    };
    expect(await from(source).pipe(take(2)).toArray()).toEqual([1, 2]);
    expect(pulled).toBe(2);
  });
});
