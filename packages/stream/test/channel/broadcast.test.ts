import { moveOnAfter, sleep } from "@skein/coroutine";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BrokenError,
  broadcast,
  ClosedError,
  coalesce,
  type Overflow,
  OverflowError,
  type Receiver,
  take,
} from "../../src/index.ts";
import { play, thrownBy } from "../support.ts";

/** Everything that can be received without waiting. */
function drained<T>(receiver: Receiver<T>): T[] {
  const items: T[] = [];
  for (let next = receiver.tryReceive(); next !== undefined && !next.done; next = receiver.tryReceive()) {
    items.push(next.value);
  }
  return items;
}

describe("a broadcast", () => {
  test("gives every item to everybody who is subscribed at that moment, and then the end", () => {
    const hub = broadcast<number>(4);
    expect(hub.sender.trySend(0)).toBe(true); // to nobody
    const early = hub.subscribe();
    hub.sender.trySend(1);
    const late = hub.subscribe();
    hub.sender.trySend(2);
    hub.sender.close();
    const over = hub.subscribe();
    expect(play(() => early.toArray())).toEqual([1, 2]);
    expect(play(() => late.toArray())).toEqual([2]);
    expect(play(() => over.toArray())).toEqual([]);
    expect(thrownBy(() => hub.sender.trySend(3))).toBeInstanceOf(ClosedError);
  });

  test("each run of its stream is a subscription, and is none any more when it is left", () => {
    const hub = broadcast<number>(1);
    const got = play(function* (root) {
      const all = root.spawn(() => hub.stream.toArray());
      const two = root.spawn(() => hub.stream.pipe(take(2)).toArray());
      yield* sleep(1);
      const before = hub.sender.statistics().receivers;
      for (const n of [1, 2, 3, 4]) yield* hub.sender.send(n);
      const between = hub.sender.statistics().receivers;
      hub.sender.close();
      return [before, between, yield* all, yield* two, hub.sender.statistics().receivers];
    });
    expect(got).toEqual([2, 1, [1, 2, 3, 4], [1, 2], 0]);
  });

  test("S1 with `wait` the slowest holds the sender back, and nobody is more than the capacity behind", () => {
    const hub = broadcast<number>(2);
    const got = play(function* (root, loop) {
      const fast: number[] = [];
      const slow: number[] = [];
      root.spawn(() => hub.stream.forEach((n) => void fast.push(n)));
      root.spawn(() =>
        hub.stream.forEach(function* (n) {
          slow.push(n);
          yield* sleep(10);
        }),
      );
      yield* sleep(1);
      for (let n = 0; n < 6; n++) yield* hub.sender.send(n);
      const sentAtMs = loop.now();
      hub.sender.close();
      yield* sleep(100);
      return [fast, slow, sentAtMs, hub.sender.statistics()];
    });
    expect(got.slice(0, 3)).toEqual([[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], 31]);
    expect(got[3]).toMatchObject({ peak: 2, dropped: 0 });
  });

  test("a send that waits has sent nothing to anybody; cancelled, it never does", () => {
    const hub = broadcast<number>(1);
    const [fast, slow] = [hub.subscribe(), hub.subscribe()];
    play(function* () {
      yield* hub.sender.send(1);
      expect(drained(fast)).toEqual([1]);
      expect(hub.sender.trySend(2)).toBe(false);
      yield* moveOnAfter(5, () => hub.sender.send(3));
    });
    expect([drained(fast), drained(slow)]).toEqual([[], [1]]);
    expect(hub.sender.statistics()).toMatchObject({ waitingSenders: 0, buffered: 0 });
  });

  test("parked sends keep their order, and a third that tries when room is made does not overtake them", () => {
    const hub = broadcast<number>(1);
    const receiver = hub.subscribe();
    const got = play(function* (root) {
      yield* hub.sender.send(0);
      root.spawn(() => hub.sender.send(1));
      root.spawn(() => hub.sender.send(2));
      yield* sleep(1);
      const first = receiver.tryReceive();
      const third = hub.sender.trySend(3);
      yield* sleep(1);
      const rest = drained(receiver);
      return [first?.value, third, rest];
    });
    expect(got).toEqual([0, false, [1, 2]]);
  });

  test("closing or leaving while a send is parked: what was parked is given, and then the end", () => {
    const hub = broadcast<number>(1);
    const [stays, leaves] = [hub.subscribe(), hub.subscribe()];
    const got = play(function* (root) {
      yield* hub.sender.send(1);
      const sending = root.spawn(() => hub.sender.send(2));
      yield* sleep(1);
      hub.sender.close();
      const first = drained(stays);
      const state = sending.state;
      leaves.close();
      yield* sending;
      return [first, state, yield* stays.toArray()];
    });
    expect(got).toEqual([[1], "pending", [2]]);
  });

  test("fail: everybody gets what is in his buffer and then the same error; later sends break", () => {
    const error = new Error("upstream");
    const hub = broadcast<number>(2);
    const other = hub.sender.clone();
    const receivers = [hub.subscribe(), hub.subscribe()];
    hub.sender.trySend(1);
    hub.sender.fail(error);
    for (const receiver of receivers) {
      expect(receiver.tryReceive()).toEqual({ done: false, value: 1 });
      expect(thrownBy(() => receiver.tryReceive())).toBe(error);
    }
    expect(thrownBy(() => hub.subscribe().tryReceive())).toBe(error);
    expect(thrownBy(() => other.trySend(2))).toBeInstanceOf(BrokenError);
  });

  const policies: [string, Overflow<number>, number[], object][] = [
    ["dropOldest", "dropOldest", [3, 4], { dropped: 2, coalesced: 0 }],
    ["dropNewest", "dropNewest", [1, 2], { dropped: 2, coalesced: 0 }],
    ["latest", "latest", [3, 4], { dropped: 2, coalesced: 0 }],
    ["coalesce", coalesce((last: number, n: number) => last * 10 + n), [1, 234], { dropped: 0, coalesced: 2 }],
  ];
  test.each(policies)("overflow %s costs the slow receiver alone, and is counted", (_name, overflow, left, losses) => {
    const hub = broadcast<number>(2, { overflow });
    const [fast, slow] = [hub.subscribe(), hub.subscribe()];
    const got: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      hub.sender.trySend(n);
      got.push(...drained(fast));
    }
    expect(got).toEqual([1, 2, 3, 4]);
    expect(hub.sender.statistics()).toMatchObject({ ...losses, buffered: 2, receivers: 2 });
    expect(drained(slow)).toEqual(left);
    slow.close();
    expect(hub.sender.statistics()).toMatchObject({ ...losses, receivers: 1, peak: 2 });
  });

  test("overflow error: the sender gets an OverflowError, and nobody the item", () => {
    const hub = broadcast<number>(1, { overflow: "error" });
    const [fast, slow] = [hub.subscribe(), hub.subscribe()];
    hub.sender.trySend(1);
    expect(drained(fast)).toEqual([1]);
    expect(thrownBy(() => hub.sender.trySend(2))).toEqual(new OverflowError("broadcast", 1));
    expect([drained(fast), drained(slow)]).toEqual([[], [1]]);
  });

  test("STR-27 with coalesce(concat) the slow reader has the same text in fewer items, and the fast one's times do not change", () => {
    const listening = (slowMs: number) => {
      const hub = broadcast<string>(4, { overflow: coalesce((text, more) => text + more) });
      return play(function* (root, loop) {
        const fast: [number, string][] = [];
        const slow: string[] = [];
        root.spawn(() => hub.stream.forEach((text) => void fast.push([loop.now(), text])));
        root.spawn(() =>
          hub.stream.forEach(function* (text) {
            slow.push(text);
            yield* sleep(slowMs);
          }),
        );
        for (let n = 0; n < 1000; n++) {
          yield* sleep(1);
          yield* hub.sender.send(`${n},`);
        }
        hub.sender.close();
        yield* sleep(slowMs * 10);
        return { fast, slow };
      });
    };
    const { fast, slow } = listening(100);
    expect(fast).toEqual(listening(0).fast);
    expect(slow.join("")).toBe(fast.map(([, text]) => text).join(""));
    expect(slow.length).toBeLessThan(20);
  });

  test("everybody gets everything in order, whatever their pauses and the capacity", () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(pauses, { minLength: 1, maxLength: 4 }),
        pauses,
        (capacity, readers, sending) => {
          const hub = broadcast<number>(capacity);
          const items = Array.from({ length: 20 }, (_, n) => n);
          const got = readers.map((): number[] => []);
          play(function* (root) {
            readers.forEach((pause, at) => {
              const receiver = hub.subscribe();
              root.spawn(() =>
                receiver.forEach(function* (n) {
                  got[at]?.push(n);
                  yield* sleep(pause[n % pause.length] as number);
                }),
              );
            });
            for (const n of items) {
              yield* sleep(sending[n % sending.length] as number);
              yield* hub.sender.send(n);
            }
            hub.sender.close();
          });
          for (const one of got) expect(one).toEqual(items);
          expect(hub.sender.statistics().peak).toBeLessThanOrEqual(capacity);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("a capacity of %d is a RangeError", (capacity) => {
    expect(() => broadcast(capacity)).toThrow(RangeError);
  });
});
