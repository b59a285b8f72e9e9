import {
  type CancelledError,
  checkpoint,
  failAfter,
  isCancelled,
  type Operation,
  receiver,
  run,
  scope,
  sleep,
  use,
  type Wait,
} from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  channel,
  EmptyError,
  type End,
  filter,
  from,
  MORE,
  map,
  type Reader,
  type Stream,
  stream,
  WAIT,
} from "../src/index.ts";
import { finish, hostTurns, outcomeOf, play, thrownBy } from "./support.ts";

describe("terminals", () => {
  test("give what they say, by yield* and by await", async () => {
    const numbers = from([3, 1, 2]);
    const all = () =>
      [
        numbers.toArray(),
        numbers.reduce((sum, n) => sum + n, 0),
        numbers.count(),
        numbers.first(),
        numbers.last(),
        numbers.drain(),
      ] as const;
    const expected = [[3, 1, 2], 6, 3, 3, 2, undefined];
    expect(
      play(function* () {
        const seen: unknown[] = [];
        for (const terminal of all()) seen.push(yield* terminal as ReturnType<typeof numbers.count>);
        return seen;
      }),
    ).toEqual(expected);
    expect(await Promise.all(all())).toEqual(expected);
  });

  test("first and last of nothing throw EmptyError, unless there is a default", () => {
    const nothing = from<number>([]);
    for (const terminal of [nothing.first(), nothing.last()]) {
      expect(thrownBy(() => play(() => terminal))).toBeInstanceOf(EmptyError);
    }
    expect(play(() => nothing.first({ default: undefined }))).toBeUndefined();
    expect(play(() => nothing.last({ default: 7 }))).toBe(7);
  });

  test("forEach waits for what its function returns before it asks again", () => {
    const seen: unknown[] = [];
    play(function* (_root, loop) {
      yield* from([1, 2]).forEach(function* (n) {
        seen.push([n, loop.now()]);
        yield* sleep(10);
      });
      seen.push(["end", loop.now()]);
    });
    expect(seen).toEqual([
      [1, 0],
      [2, 10],
      ["end", 20],
    ]);
  });

  test("forEach waits for promises too, and for nothing that is only data", async () => {
    const seen: unknown[] = [];
    await from([1, 2]).forEach(async (n) => {
      await hostTurns(1);
      seen.push(n);
    });
    const pushed = (n: number) => [seen.push(n)];
    await from([3]).forEach(pushed);
    expect(seen).toEqual([1, 2, 3]);
  });

  test("an error of what forEach waits for is the consumer's", () => {
    const ends: End[] = [];
    const error = new Error("consumer");
    const stream = from([1, 2]).onEnd((end) => void ends.push(end));
    const caught = thrownBy(() =>
      play(() =>
        stream.forEach(function* () {
          yield* sleep(1);
          throw error;
        }),
      ),
    );
    expect(caught).toBe(error);
    expect(ends).toEqual([{ kind: "stopped", by: "consumer", reason: error }]);
  });

  test("by await, the loop and the name are those given, and the signal stops it with its reason", async () => {
    const loop = new VirtualLoop();
    const controller = new AbortController();
    const forever = from(function* () {
      yield* sleep(1_000);
      yield loop.now();
    });
    const value = forever.first({ loop, name: "mine" });
    const stopped = forever.toArray({ loop, signal: controller.signal });
    const seen: unknown[] = [];
    value.then((n) => seen.push(n));
    stopped.then(undefined, (error) => seen.push(isCancelled(error) && error.reason));
    loop.advance(10);
    controller.abort("enough");
    loop.advance(1_000);
    await hostTurns();
    expect(seen).toEqual(["enough", 1000]);
  });

  test("a signal that is aborted already opens nothing", () => {
    let opened = 0;
    const stream = from(function* () {
      opened++;
      yield 1;
    });
    const caught = thrownBy(() => play(() => stream.toArray({ signal: AbortSignal.abort("no") })));
    expect([isCancelled(caught) && caught.reason, opened]).toEqual(["no", 0]);
  });

  test("a deadline around the run stops the source by the deadline", () => {
    const ends: End[] = [];
    const value = play(function* (_root, loop) {
      return yield* scope(
        () =>
          from(function* () {
            yield* sleep(1_000);
            yield 1;
          })
            .onEnd((end) => void ends.push(end))
            .toArray(),
        { deadlineMs: loop.now() + 5 },
      );
    });
    expect(value).toBeUndefined();
    expect(ends).toEqual([{ kind: "stopped", by: "deadline", reason: undefined }]);
  });
});

test("S6 a signal that ran out of time stops the source by the deadline; one that was aborted, by the user", () => {
  const ends: End[] = [];
  const forever = from(function* (): Generator<Wait, void, unknown> {
    yield* sleep(1_000);
  }).onEnd((end) => void ends.push(end));
  const reasons = [new DOMException("too slow", "TimeoutError"), new DOMException("no", "AbortError")];
  for (const reason of reasons) {
    const loop = new VirtualLoop();
    const controller = new AbortController();
    const task = run(() => forever.drain({ signal: controller.signal }), { loop });
    loop.runUntilIdle();
    controller.abort(reason);
    expect(thrownBy(() => finish(loop, task))).toHaveProperty("reason", reason);
  }
  expect(ends).toEqual([
    { kind: "stopped", by: "deadline", reason: reasons[0] },
    { kind: "stopped", by: "user", reason: reasons[1] },
  ]);
});

describe("pipeTo", () => {
  test("sends each item to a receiver coroutine, and closes it at the end", () => {
    const seen: string[] = [];
    const printer = receiver(function* (): Generator<void, void, string> {
      try {
        for (;;) seen.push(yield);
      } finally {
        seen.push("closed");
      }
    });
    play(() => from(["Call", " me", " Ishmael"]).pipeTo(printer()));
    expect(seen).toEqual(["Call", " me", " Ishmael", "closed"]);
  });

  test("a receiver that ends by itself stops the source", () => {
    const ends: End[] = [];
    const two = receiver(function* (): Generator<void, void, number> {
      yield;
      yield;
    });
    play(() =>
      from([1, 2, 3])
        .onEnd((end) => void ends.push(end))
        .pipeTo(two()),
    );
    expect(ends).toEqual([{ kind: "stopped", by: "consumer" }]);
  });

  test("fills a channel with back-pressure, and passes the failure on", () => {
    const error = new Error("source");
    const { sender, receiver: output } = channel<number>(1);
    const seen = play(function* (root) {
      const source = from(function* () {
        yield 1;
        yield 2;
        throw error;
      });
      const piping = root.spawn(() => outcomeOf(source.pipeTo(sender)));
      yield* sleep(5);
      const parked = sender.statistics().waitingSenders;
      const items: unknown[] = [];
      const outcome = yield* outcomeOf(output.forEach((n) => void items.push(n)));
      return [parked, items, outcome, yield* piping];
    });
    expect(seen).toEqual([1, [1, 2], { error }, { error }]);
  });

  test("a promise that its target gives back at the end is waited for, and its rejection comes out", async () => {
    const error = new Error("cannot close");
    const seen: unknown[] = [];
    const target = (close: () => unknown) => ({ send: () => sleep(0), close });
    const slow = async () => {
      await hostTurns(1);
      seen.push("closed");
    };
    await from([1]).pipeTo(target(slow));
    expect(seen).toEqual(["closed"]);
    await expect(from([1]).pipeTo(target(() => Promise.reject(error)))).rejects.toBe(error);
    const source = new Error("source");
    const failing = from(function* (): Generator<number, void> {
      throw source;
    });
    const failed = failing.pipeTo({ ...target(slow), fail: () => Promise.reject(error) });
    await expect(failed).rejects.toBe(error);
    expect(error.cause).toBe(source);
  });
});

describe("reader", () => {
  test("gives items one by one, then done for ever; its run is closed with the block that uses it", () => {
    const seen: unknown[] = [];
    const source = from(function* () {
      try {
        yield 1;
        yield* sleep(5);
        yield 2;
        yield 3;
      } finally {
        yield* sleep(5);
        seen.push("finally");
      }
    });
    play(function* (_root, loop) {
      yield* scope(function* () {
        const reader = yield* use(source.reader());
        seen.push(yield* reader.next(), yield* reader.next(), loop.now());
      });
      seen.push(loop.now());
      const reader = yield* use(from(["x"]).reader());
      for (let n = 0; n < 3; n++) seen.push(yield* reader.next());
    });
    const item = (value: unknown) => ({ done: false, value });
    const done = { done: true, value: undefined };
    expect(seen).toEqual([item(1), item(2), 5, "finally", 10, item("x"), done, done]);
  });

  test("S6 S7 how the block was left is how the run ends, and the source sees the reason", () => {
    const error = new Error("the block's");
    const leave = (body: (reader: Reader<number>) => Operation<unknown>, ms = 1000) =>
      play(function* (root) {
        const seen: unknown[] = [];
        const source = from(function* () {
          yield 1;
          try {
            yield* sleep(1e6);
          } catch (stop) {
            seen.push((stop as CancelledError).reason);
            throw stop;
          }
        }).onEnd((end) => void seen.push(end)) as Stream<number>;
        const reading = failAfter(ms, function* () {
          const reader = yield* use(source.reader());
          yield* reader.next();
          root.spawn(() => outcomeOf(reader.next()));
          yield* sleep(1);
          yield* body(reader);
        });
        const task = root.spawn(() => outcomeOf(reading));
        yield* sleep(2);
        task.cancel("R");
        yield* task.join();
        return seen;
      });
    const stopped = (by: string, reason?: unknown) => [reason, { kind: "stopped", by, reason }];
    expect(leave((reader) => reader.next())).toEqual(stopped("user", "R"));
    expect(leave((reader) => reader.next(), 1.5)).toEqual(stopped("deadline"));
    expect(
      leave(function* () {
        throw error;
      }),
    ).toEqual(stopped("consumer", error));
    expect(leave(function* () {})).toEqual(stopped("consumer"));
  });

  test("answers several tasks in their order, and a cancelled one has taken nothing", () => {
    const { sender, receiver: output } = channel<number>(0);
    const seen = play(function* (root) {
      const reader = yield* use(output.reader());
      const take = () => root.spawn(() => reader.next());
      const [first, second, third] = [take(), take(), take()];
      yield* sleep(1);
      second.cancel();
      yield* sleep(1);
      yield* sender.send(1);
      yield* sender.send(2);
      return [(yield* first).value, (yield* third).value];
    });
    expect(seen).toEqual([1, 2]);
  });

  /** A source that gives what it is told to, in the order in which it is told; until then it waits. */
  function told() {
    const pushed: number[] = [];
    const wakes: (() => void)[] = [];
    let budget = 0; // of pumps that have nothing, and yet say that they could go on
    const source = stream<number>((host, sink) => {
      wakes.push(() => host.wake());
      return {
        pump() {
          if (budget-- > 0) return MORE;
          const item = pushed.shift();
          if (item === undefined) return WAIT;
          sink.push(item);
          return MORE;
        },
        close: () => undefined,
      };
    }, false);
    const give = (...items: number[]) => {
      pushed.push(...items);
      for (const wake of wakes) wake();
    };
    const spin = (pumps: number) => {
      budget = pumps;
    };
    return { source, give, spin };
  }

  test("S2 who comes in the turn in which a parked task is woken does not take its item", () => {
    const got = play(function* (root) {
      const { source, give } = told();
      const reader = yield* use(source.reader());
      const first = root.spawn(() => reader.next());
      yield* sleep(1);
      give(1);
      const second = root.spawn(() => reader.next(), { eager: true });
      first.cancel(); // too late: it was woken
      yield* sleep(1);
      give(2);
      yield* first.join();
      return [first.peek(), (yield* second).value];
    });
    expect(got).toMatchObject([{ status: "fulfilled", value: { value: 1 } }, 2]);
  });

  test("S2 S9 a wake for nothing does not put the first in line behind the others", () => {
    const got = play(function* (root) {
      const { source, give } = told();
      const reader = yield* use(source.reader());
      const tasks = [1, 2, 3].map(() => root.spawn(() => reader.next()));
      yield* sleep(1);
      give();
      give();
      yield* sleep(1);
      give(1, 2, 3);
      const values: unknown[] = [];
      for (const task of tasks) values.push((yield* task).value);
      return values;
    });
    expect(got).toEqual([1, 2, 3]);
  });

  test("S2 S8 who gives the others a turn keeps its place, and leaves it when it is cancelled", () => {
    for (const cancelled of [false, true]) {
      const got = play(function* (root) {
        const { source, give, spin } = told();
        const reader = yield* use(source.reader());
        give(1, 2);
        spin(1e6);
        const [first, second] = [root.spawn(() => reader.next()), root.spawn(() => reader.next())];
        yield* checkpoint();
        if (cancelled) first.cancel();
        return [(yield* first.join()).status, (yield* second).value];
      });
      expect(got).toEqual(cancelled ? ["cancelled", 1] : ["fulfilled", 2]);
    }
  });

  test.each([1, 2, 3, 4])(
    "S9 cancelled in any of its turns, here the %d., it leaves the next in line asking",
    (turns) => {
      const got = play(function* (root) {
        const { source, give, spin } = told();
        const reader = yield* use(source.reader());
        give(1);
        spin(1e6);
        const [first, second] = [root.spawn(() => reader.next()), root.spawn(() => reader.next())];
        for (let turn = 0; turn < turns; turn++) yield* checkpoint();
        first.cancel();
        return [(yield* first.join()).status, (yield* second).value];
      });
      expect(got).toEqual(["cancelled", 1]);
    },
  );

  test("throws the source's failure once, and is done then", () => {
    const error = new Error("source");
    const seen = play(function* () {
      const reader = yield* use(
        from(function* (): Generator<number, void> {
          yield 1;
          throw error;
        }).reader(),
      );
      return [yield* outcomeOf(reader.next()), yield* outcomeOf(reader.next()), yield* outcomeOf(reader.next())];
    });
    expect(seen.slice(1)).toEqual([{ error }, { value: { done: true, value: undefined } }]);
  });
});

describe("for await", () => {
  test("answers concurrent next()s in order, and the failure once", async () => {
    const error = new Error("source");
    const iterator = from(function* () {
      yield 1;
      yield* sleep(1);
      yield 2;
      throw error;
    })[Symbol.asyncIterator]();
    const answers = await Promise.allSettled([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    expect(answers).toEqual([
      { status: "fulfilled", value: { done: false, value: 1 } },
      { status: "fulfilled", value: { done: false, value: 2 } },
      { status: "rejected", reason: error },
      { status: "fulfilled", value: { done: true, value: undefined } },
    ]);
  });

  test("answers a next() of the pipeline's own code behind the one that runs it, also if that has to wait or fails", async () => {
    const error = new Error("map");
    const reentrant = (source: Stream<number>, fn: (n: number) => number, ...later: (() => void)[]) => {
      let inner: Promise<unknown> | undefined;
      const iterator = source
        .pipe(
          filter((n) => {
            inner ??= iterator.next();
            return n !== 0;
          }),
          map(fn),
        )
        [Symbol.asyncIterator]() as AsyncIterator<number>;
      const answers = [iterator.next(), inner, iterator.next()];
      for (const go of later) go();
      return Promise.allSettled(answers);
    };
    const inOrder = [1, 2, 3].map((value) => ({ value: { value } }));
    expect(await reentrant(from([1, 2, 3]), (n) => n)).toMatchObject(inOrder);
    const { sender, receiver: waiting } = channel<number>(4);
    sender.trySend(0);
    const send = () => [1, 2, 3].forEach((n) => void sender.trySend(n));
    expect(await reentrant(waiting, (n) => n, send)).toMatchObject(inOrder);
    const failed = await reentrant(from([1, 2]), () => {
      throw error;
    });
    expect(failed).toMatchObject([{ reason: error }, { value: { done: true } }, { value: { done: true } }]);
  });

  test("two iterators are two runs; throw(e) closes by the consumer and throws e", async () => {
    const ends: End[] = [];
    const stream = from([1, 2, 3]).onEnd((end) => void ends.push(end));
    const [a, b] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
    expect([await a.next(), await b.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 1 },
    ]);
    const error = new Error("mine");
    await expect(a.throw(error)).rejects.toBe(error);
    await b.return();
    expect(ends).toEqual([
      { kind: "stopped", by: "consumer", reason: error },
      { kind: "stopped", by: "consumer" },
    ]);
  });

  test("S8 lets the loop have its turn, however much there is at once", async () => {
    let others = 0;
    const other = run(function* () {
      for (;;) {
        others++;
        yield* sleep(0);
      }
    });
    let count = 0;
    for await (const _ of from({
      *[Symbol.iterator]() {
        for (;;) yield 1;
      },
    })) {
      if (++count === 1_000_000 || others > 3) break;
    }
    other.cancel();
    await other.catch(() => {});
    expect(others).toBeGreaterThan(3);
  });
});

test("a run is over when the task that ran it is: nothing is left on the loop", () => {
  const loop = new VirtualLoop();
  const task = run(() => from([1, 2, 3]).toArray(), { loop });
  expect(finish(loop, task)).toEqual([1, 2, 3]);
  expect([loop.idle, loop.timers]).toEqual([true, 0]);
});
