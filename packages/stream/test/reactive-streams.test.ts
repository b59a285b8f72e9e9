/** The rules of Reactive Streams that apply, by their numbers; `docs/decisions/reactive-streams.md` says which, and how. */
import { sleep, type TaskGroup } from "@skein/coroutine";
import type { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  buffer,
  channel,
  chunk,
  END,
  filter,
  from,
  MORE,
  map,
  mapAsync,
  merge,
  type Source,
  type Stream,
  stream,
  take,
  UsedError,
  WAIT,
} from "../src/index.ts";
import { Probe } from "../src/testing/probe.ts";
import { play, thrownBy } from "./support.ts";

const error = new Error("source");
const items = [1, 2, 3, 4, 5, 6];

function* pausing(this: unknown, failure?: Error) {
  for (const n of items) {
    if (n % 2 === 0) yield* sleep(n);
    yield n;
  }
  if (failure !== undefined) throw failure;
}
function sent(failure?: Error): Stream<number> {
  const { sender, receiver } = channel<number>(10);
  for (const n of items) sender.trySend(n);
  if (failure === undefined) sender.close();
  else sender.fail(failure);
  return receiver;
}
function* iterated(failure?: Error): Generator<number, void> {
  yield* items;
  if (failure !== undefined) throw failure;
}

/** Publishers of every kind, that give 1 to 6 and then end, or fail with `failure`. */
const publishers: readonly [name: string, make: (failure?: Error) => Stream<number>][] = [
  ["an iterable", (failure) => from({ [Symbol.iterator]: () => iterated(failure) })],
  ["a generator that waits", (failure) => from(() => pausing.call(null, failure)) as Stream<number>],
  ["a channel", sent],
  [
    "map and filter",
    (failure) =>
      sent(failure).pipe(
        map((n) => n),
        filter(() => true),
      ),
  ],
  [
    "mapAsync",
    (failure) =>
      sent(failure).pipe(
        mapAsync(function* (n) {
          yield* sleep(7 - n);
          return n;
        }, 3),
      ),
  ],
  ["merge", (failure) => merge(sent(failure), from([] as number[]))],
  ["buffer", (failure) => sent(failure).pipe(buffer(2))],
  [
    "chunk, flattened",
    (failure) =>
      sent(failure).pipe(
        chunk(1),
        map(([n]) => n as number),
      ),
  ],
];

type Body = (make: (failure?: Error) => Stream<number>, root: TaskGroup, loop: VirtualLoop) => Generator<never, void>;
const each = (name: string, body: Body): void => {
  for (const [kind, make] of publishers) {
    test(`${name}: ${kind}`, () => play((root, loop) => body(make, root, loop)));
  }
};
const run = (body: (...args: Parameters<Body>) => Generator<unknown, void, unknown>): Body => body as Body;

describe("Reactive Streams, the publisher", () => {
  each(
    "RS 1.1 the total number of onNext (push) is at most the total that was requested (budgets)",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { budgets: [1, 3, 2] });
      yield* probe.drain();
      expect(probe.pumps.every((count, turn) => count <= ([1, 3, 2][turn % 3] as number))).toBe(true);
      yield* probe.close();
    }),
  );
  each(
    "RS 1.2 it may signal less than requested, and then ends",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { budgets: [1_000_000] });
      yield* probe.drain();
      expect([probe.items, probe.pumped]).toEqual([items, END]);
      yield* probe.close();
    }),
  );
  each(
    "RS 1.3 its signals are serial: no push inside a push, and none outside of a pump",
    run(function* (make) {
      let [depth, deepest] = [0, 0];
      const inner = make();
      const watched = stream<number>((host, sink) => {
        const source = inner.open(host, {
          push(item) {
            deepest = Math.max(deepest, ++depth);
            expect(pumping).toBe(true);
            const more = sink.push(item);
            depth--;
            return more;
          },
        });
        let pumping = false;
        return {
          pump(budget) {
            pumping = true;
            try {
              return source.pump(budget);
            } finally {
              pumping = false;
            }
          },
          close: (end) => source.close(end),
        };
      }, inner.tasks);
      expect(yield* watched.toArray() as Iterable<never>).toEqual(items);
      expect([depth, deepest]).toEqual([0, 1]);
    }),
  );
  each(
    "RS 1.4 if it fails it signals an error, after the items before it",
    run(function* (make, root, loop) {
      const probe = new Probe(make(error), loop, root, { budgets: [2] });
      yield* probe.drain();
      expect([probe.items, probe.failure]).toEqual([items, { error }]);
      expect(probe.failure?.error).toBe(error);
      yield* probe.close();
    }),
  );
  each(
    "RS 1.5 a finite one signals its completion, with the last item or later, without a further item",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { budgets: [1] });
      yield* probe.drain();
      expect([probe.pumped, probe.failure]).toEqual([END, null]);
      yield* probe.close();
    }),
  );
  each(
    "RS 1.6, 1.7 after completion or failure nothing more is signalled",
    run(function* (make, root, loop) {
      for (const failure of [undefined, error]) {
        const probe = new Probe(make(failure), loop, root);
        yield* probe.drain();
        probe.failure = null;
        expect([probe.pump(9), probe.pump(9), probe.failure, probe.items.length]).toEqual([END, END, null, 6]);
        yield* probe.close();
      }
    }),
  );
  each(
    "RS 1.8, 3.12 a cancelled subscription is signalled no more, from that very moment",
    run(function* (make, root, loop) {
      let closing: ReturnType<Source["close"]>;
      const onPush = (source: Source): void => {
        closing ??= source.close({ kind: "stopped", by: "consumer" });
      };
      const probe = new Probe(make(), loop, root, { onPush });
      yield* probe.drain();
      if (closing !== undefined) yield* closing;
      expect(probe.items).toEqual([1]);
    }),
  );
  test("RS 1.9 subscribing twice is two runs, or is refused by name where there is one thing to read", () => {
    const twice = from(items);
    expect(
      play(function* () {
        return [yield* twice.toArray(), yield* twice.toArray()];
      }),
    ).toEqual([items, items]);
    const once = from(items.values());
    play(function* () {
      yield* once.drain();
    });
    expect(
      thrownBy(() =>
        play(function* () {
          yield* once.drain();
        }),
      ),
    ).toBeInstanceOf(UsedError);
  });
  test("RS 1.9, 1.10, 2.13 null and undefined are items: there is no sentinel in band", () => {
    const odd = [null, undefined, END, Symbol.iterator];
    expect(
      play(() =>
        from(odd)
          .pipe(map((item) => item))
          .toArray(),
      ),
    ).toEqual(odd);
  });
});

describe("Reactive Streams, the subscriber", () => {
  test("RS 2.1, 3.1 without demand nothing is given: a run that is not pumped makes nothing", () => {
    let made = 0;
    const counting = from({
      *[Symbol.iterator]() {
        for (;;) yield ++made;
      },
    });
    play(function* (root, loop) {
      const probe = new Probe(counting, loop, root);
      yield* sleep(100);
      expect(made).toBe(0);
      yield* probe.close();
    });
  });
  each(
    "RS 2.2, 2.8 a slow subscriber holds nobody up but its own source, and takes what was under way when it stops",
    run(function* (make, root) {
      const got: number[] = [];
      const slow = root.spawn(() =>
        make().forEach(function* (n) {
          got.push(n);
          yield* sleep(50);
        }),
      );
      const fast = root.spawn(() => make().toArray());
      expect(yield* fast as Iterable<never>).toEqual(items);
      expect(got.length).toBeLessThan(items.length);
      yield* slow as Iterable<never>;
      expect(got).toEqual(items);
    }),
  );
  each(
    "RS 2.6, 2.11 it cancels what it no longer needs: take(2) closes its source with the second item",
    run(function* (make) {
      const ends: unknown[] = [];
      const first = make()
        .onEnd((end) => void ends.push(end))
        .pipe(take(2));
      expect(yield* first.toArray() as Iterable<never>).toEqual([1, 2]);
      expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
    }),
  );
  each(
    "RS 2.9, 2.10 the end, or the failure, comes with or without a preceding request",
    run(function* (make, root, loop) {
      for (const failure of [undefined, error]) {
        const probe = new Probe(make(failure).pipe(filter(() => false)), loop, root);
        yield* probe.drain();
        expect([probe.items, probe.failure]).toEqual([[], failure === undefined ? null : { error }]);
        yield* probe.close();
      }
    }),
  );
});

describe("Reactive Streams, the subscription", () => {
  each(
    "RS 3.2, 3.3 asking for more inside onNext is no recursion: push answers true, and the pump goes on in its loop",
    run(function* (make, root, loop) {
      const before = Error.stackTraceLimit;
      Error.stackTraceLimit = 200;
      const depths: number[] = [];
      const onPush = (): void => void depths.push((new Error().stack ?? "").split("\n").length);
      const probe = new Probe(make(), loop, root, { onPush });
      yield* probe.drain();
      Error.stackTraceLimit = before;
      // After a wait it is the loop that goes on, from another depth; a recursion would add two frames an item.
      expect(Math.max(...depths)).toBeLessThan((depths[0] as number) + items.length);
      yield* probe.close();
    }),
  );
  each(
    "RS 3.5, 3.7 cancelling is idempotent, answers at once, and may be done before the first request",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root);
      yield* probe.close();
      yield* probe.close();
      expect([probe.pump(5), probe.items]).toEqual([END, []]);
    }),
  );
  each(
    "RS 3.6 after cancelling, further requests do nothing",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { perPump: 1 });
      yield* probe.untilFirst();
      yield* probe.close();
      expect([probe.pump(1), probe.pump(9), probe.items]).toEqual([END, END, [1]]);
    }),
  );
  each(
    "RS 3.8, 3.17 requests add up, to any number",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { budgets: [1, 2, Number.MAX_SAFE_INTEGER] });
      yield* probe.drain();
      expect(probe.items).toEqual(items);
      yield* probe.close();
    }),
  );
  test("RS 3.9 a demand that is no positive number is refused where a person gives one", () => {
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(thrownBy(() => buffer(count))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => chunk(count))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => mapAsync((n: number) => sleep(n), count))).toBeInstanceOf(RangeError);
    }
  });
  test("RS 3.10, 3.11 a request may be answered at once, item after item, or after a wait", () => {
    play(function* (root, loop) {
      const now = new Probe(from(items), loop, root);
      expect([now.pump(2), now.items]).toEqual([MORE, [1, 2]]);
      const later = new Probe(from(() => pausing.call(null)) as Stream<number>, loop, root);
      expect([later.pump(9), later.items]).toEqual([WAIT, [1]]);
      yield* later.drain();
      yield* now.close();
      yield* later.close();
    });
  });
  each(
    "RS 3.13 after cancelling, nothing is left that could call the subscriber",
    run(function* (make, root, loop) {
      const probe = new Probe(make(), loop, root, { perPump: 1 });
      yield* probe.untilFirst();
      yield* probe.close();
      yield* sleep(100) as Iterable<never>;
      expect([loop.timers, probe.items]).toEqual([0, [1]]);
    }),
  );
});

describe("Reactive Streams, the processor", () => {
  each(
    "RS 4.1, 4.2 an operator is both, and passes an upstream failure on",
    run(function* (make, root, loop) {
      const probe = new Probe(
        make(error).pipe(
          map((n) => -n),
          buffer(2),
          filter((n) => n < 0),
        ),
        loop,
        root,
      );
      yield* probe.drain();
      expect([probe.items, probe.failure?.error]).toEqual([items.map((n) => -n), error]);
      yield* probe.close();
    }),
  );
});
