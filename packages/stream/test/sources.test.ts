import {
  all,
  any,
  Condition,
  ContextVar,
  coroutine,
  ensure,
  Future,
  failAfter,
  group,
  Lock,
  mapAll,
  moveOnAfter,
  race,
  retry as retryOperation,
  run,
  Semaphore,
  scope,
  settled,
  shield,
  sleep,
  use,
} from "@skein/coroutine";
import { dump } from "@skein/coroutine/inspect";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { channel, concat, type End, from, map, merge, retry, take } from "../src/index.ts";
import { finish, hostTurns, play, playOnHost, thrownBy } from "./support.ts";

/** One of each kind that @skein/coroutine makes. */
const operations = (): [name: string, operation: unknown][] => [
  ["all", all([])],
  ["race", race([sleep(1)])],
  ["any", any([])],
  ["settled", settled([])],
  ["mapAll", mapAll([], () => sleep(1), { limit: 1 })],
  ["use", use(new Lock())],
  ["ensure", ensure(() => {})],
  ["scope", scope(() => sleep(1))],
  ["group", group(() => sleep(1))],
  ["shield", shield(() => sleep(1))],
  ["moveOnAfter", moveOnAfter(1, () => sleep(1))],
  ["failAfter", failAfter(1, () => sleep(1))],
  ["retry of an operation", retryOperation(() => sleep(1))],
  ["a context variable's run", new ContextVar("language").run("en", () => sleep(1))],
  ["a condition's wait", new Condition(new Lock()).wait()],
  ["a semaphore's acquire", new Semaphore(2).acquire(2)],
  ["a send", channel(1).sender.send(1)],
  ["a coroutine's next", coroutine(function* () {})().next()],
  ["a terminal", from([]).toArray()],
];

/** Gives 1; its return() fails some turns of the host later. */
const failsToReturn = (error: unknown, turns: number) =>
  from(
    new ReadableStream({
      start: (controller) => controller.enqueue(1),
      cancel: () => hostTurns(turns).then(() => Promise.reject(error)),
    }),
  );

describe("from", () => {
  test("takes arrays, iterables, strings, streams, functions and streams of the platform", async () => {
    const stream = from([1, 2]);
    expect(from(stream)).toBe(stream);
    expect(await from(new Set([1, 2])).toArray()).toEqual([1, 2]);
    expect(await from("añ").toArray()).toEqual(["a", "ñ"]);
    expect(await from(() => [1, 2]).toArray()).toEqual([1, 2]);
    expect(await from(() => stream).toArray()).toEqual([1, 2]);
    expect(
      await from(async function* () {
        yield 1;
        yield 2;
      }).toArray(),
    ).toEqual([1, 2]);
    const readable = () =>
      new ReadableStream<number>({
        start(controller) {
          controller.enqueue(1);
          controller.enqueue(2);
          controller.close();
        },
      });
    expect(await from(readable).toArray()).toEqual([1, 2]);
    expect(await from(readable()).toArray()).toEqual([1, 2]);
  });

  test("undefined, futures, promises, symbols and arrays are items", async () => {
    const items = [undefined, Future.resolve(1), Promise.resolve(2), Symbol("s"), [3]];
    const same = (given: unknown[]) => given.length === items.length && given.every((item, at) => item === items[at]);
    expect(same(await from(items).toArray())).toBe(true);
    const generated = from(function* () {
      yield* items;
    });
    expect(same(await generated.toArray())).toBe(true);
  });

  test.each([
    ["a number", 5],
    ["null", null],
    ["an object", {}],
    ["a promise", Promise.resolve(1)],
    ["a future", Future.resolve(1)],
    ["an operation", sleep(1)],
    ...operations(),
  ])("%s is a TypeError that says what to do", (_name, source) => {
    expect(() => from(source as never)).toThrow(TypeError);
    expect(() => from(source as never)).toThrow(/^Cannot make a stream: .*; .*\.$/);
    expect(thrownBy(() => play(() => from((() => source) as never).toArray()))).toBeInstanceOf(TypeError);
  });

  test("a function is called anew for each run; what can be used once refuses a second run, by its name", () => {
    let calls = 0;
    const numbers = from(function* () {
      calls++;
      yield calls;
    });
    expect(play(() => numbers.toArray())).toEqual([1]);
    expect(play(() => numbers.toArray())).toEqual([2]);
    const generator = (function* () {
      yield 1;
      yield 2;
    })();
    const once = from(generator);
    expect(play(() => once.pipe(take(1)).toArray())).toEqual([1]);
    const error = thrownBy(() => play(() => once.toArray()));
    expect(error).toMatchObject({ name: "UsedError" });
    expect((error as Error).message).toMatch(/Generator/);
  });

  test("a ReadableStream refuses a second run, and is not used up by one that could not open it", async () => {
    const readable = new ReadableStream<number>({
      start(controller) {
        controller.enqueue(1);
        controller.enqueue(2);
      },
    });
    const stream = from(readable);
    const reader = readable.getReader();
    await expect(stream.first()).rejects.toThrow(TypeError);
    reader.releaseLock();
    expect(await stream.first()).toBe(1);
    await expect(stream.toArray()).rejects.toMatchObject({
      name: "UsedError",
      message: expect.stringMatching(/ReadableStream/),
    });
  });

  test("the iterator that a function gives is a producer, whoever wrote it: it may wait, and is told of the end", () => {
    const seen: unknown[] = [];
    const counting = () => {
      let n = 0;
      let waiting: ReturnType<typeof sleep> | null = null;
      let steps: { next(value?: unknown): IteratorResult<unknown, unknown> } | null = null;
      return {
        next(value?: unknown): IteratorResult<number, undefined> {
          if (n === 3) return { done: true, value: undefined };
          waiting ??= sleep(5);
          steps ??= waiting[Symbol.iterator]();
          const step = steps.next(value);
          if (!step.done) return step as IteratorResult<number, undefined>;
          waiting = steps = null;
          return { value: ++n };
        },
        return(value?: unknown) {
          seen.push("return");
          return { done: true as const, value };
        },
      };
    };
    const source = from(counting as unknown as () => Iterable<number>);
    const numbers = play(function* (_root, loop) {
      return [yield* source.toArray(), loop.now(), yield* source.pipe(take(1)).toArray()];
    });
    expect([numbers, seen]).toEqual([[[1, 2, 3], 15, [1]], ["return"]]);
    expect(play(() => from(() => new Map([[1, 2]]).values()).toArray())).toEqual([2]);
  });

  test("an iterator that answers later, by a promise or an operation, is a TypeError and no endless stream", () => {
    const later = [Promise.resolve({ done: true }), sleep(1)].map((answer) =>
      from((() => ({ next: () => answer })) as never),
    );
    for (const source of later) expect(thrownBy(() => play(() => source.toArray()))).toBeInstanceOf(TypeError);
  });

  test("a generator that waits, given instead of its function, says so", () => {
    const iterator = (function* () {
      yield* sleep(1);
      yield 1;
    })();
    const error = thrownBy(() => play(() => from(iterator).toArray())) as Error;
    expect(error.message).toMatch(/give from\(\) the generator function/);
  });

  test("a generator source's own failure, while it waited, comes out as it is", () => {
    const error = new Error("late");
    const failing = from(function* () {
      yield 1;
      yield* sleep(5);
      throw error;
    });
    expect(thrownBy(() => play(() => failing.toArray()))).toBe(error);
  });

  test("S4 items yielded while closing are dropped, and the code after a cut call does not run", () => {
    const seen: string[] = [];
    const stubborn = from(function* () {
      try {
        yield 1;
        seen.push("after");
      } finally {
        yield 2;
        seen.push("after the late item");
      }
    });
    expect(play(() => stubborn.pipe(take(1)).toArray())).toEqual([1]);
    expect(seen).toEqual([]);
  });

  test("S4 closing inside yield* [1, 2, 3] is no error", () => {
    const seen: string[] = [];
    const delegating = from(function* () {
      try {
        yield* [1, 2, 3];
      } finally {
        seen.push("finally");
      }
    });
    expect(play(() => delegating.first())).toBe(1);
    expect(seen).toEqual(["finally"]);
  });
});

test("S7 stopped inside yield* [1, 2, 3] before a finally that waits, a source is cancelled, and has not failed", () => {
  const ends: End[] = [];
  let opened = 0;
  const delegating = from(function* () {
    opened++;
    try {
      yield* [1, 2, 3];
    } finally {
      yield* sleep(3);
    }
  }).onEnd((end) => void ends.push(end));
  const joined = concat(delegating.pipe(take(1)), [7]).pipe(retry(2));
  expect(play(() => joined.toArray())).toEqual([1, 7]);
  expect([opened, ends]).toEqual([1, [{ kind: "stopped", by: "consumer" }]]);
});

describe("somebody's async iterator", () => {
  test("S4 closed while a pull is pending: at once, return() is called and not waited for; its failure is reported", async () => {
    const reports: unknown[] = [];
    const loop = new VirtualLoop({
      onError: (error: unknown, info: { what?: string }) => reports.push([info.what, error]),
    });
    const error = new Error("late");
    let fail = (_error: Error): void => {};
    async function* native() {
      await new Promise((_resolve, reject) => {
        fail = reject;
      });
      yield 1;
    }
    const task = run(() => from(native).toArray(), { loop });
    loop.runUntilIdle();
    await hostTurns();
    expect(loop.holds).toEqual(["async iterable"]);
    task.cancel("enough");
    expect(thrownBy(() => finish(loop, task))).toHaveProperty("reason", "enough");
    expect(loop.idle).toBe(true);
    expect(dump()).toMatch(/orphan: .*"async iterable"/);
    fail(error);
    await hostTurns();
    expect(dump()).not.toMatch(/orphan/);
    expect(reports).toEqual([["orphaned pull", error]]);
  });

  test("S4 closed while a pull is pending, and return() throws: that comes out, and the pull is in dumps until it settles", async () => {
    const loop = new VirtualLoop();
    let answer = (_result: IteratorResult<number>): void => {};
    const foreign: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
        return() {
          throw new Error("no way back");
        },
      }),
    };
    const task = run(() => from(foreign).toArray(), { loop });
    loop.runUntilIdle();
    task.cancel("enough");
    expect(thrownBy(() => finish(loop, task))).toHaveProperty("message", "no way back");
    expect(dump()).toMatch(/orphan: .*"async iterable"/);
    answer({ done: true, value: undefined });
    await hostTurns();
    expect(dump()).not.toMatch(/orphan/);
  });

  test("S5 closed between two pulls: its return() is waited for", async () => {
    const seen: string[] = [];
    async function* native() {
      try {
        yield 1;
        yield 2;
      } finally {
        await hostTurns();
        seen.push("finally");
      }
    }
    await playOnHost(function* () {
      yield* from(native).first();
      seen.push("first answered");
    });
    expect(seen).toEqual(["finally", "first answered"]);
  });

  test("S6 a return() that throws at once fails the closing: onEnd is told, and what is beside it is closed", async () => {
    const error = new Error("return");
    const seen: unknown[] = [];
    const foreign = (): AsyncIterable<number> => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return() {
          throw error;
        },
      }),
    });
    const beside = from(function* () {
      try {
        for (;;) yield 2;
      } finally {
        seen.push("beside closed");
      }
    });
    const note = ({ kind }: End) => void seen.push(kind);
    await expect(playOnHost(() => from(foreign()).onEnd(note).first())).rejects.toBe(error);
    await expect(playOnHost(() => merge(from(foreign()).onEnd(note), beside).pipe(take(5)).drain())).rejects.toBe(
      error,
    );
    expect(seen).toEqual(["stopped", "stopped", "beside closed"]);
  });

  test("S7 a return() that fails while another's is waited for is in suppressed, and never unheard", async () => {
    const errors = [new Error("slow"), new Error("fast")];
    const merged = merge(failsToReturn(errors[0], 3), failsToReturn(errors[1], 1));
    await expect(merged.first()).rejects.toBe(errors[0]);
    expect(errors[0]).toHaveProperty("suppressed", [errors[1]]);
  });

  test("C4 … and a cancellation of somebody else's is not put before it", async () => {
    const gone = Future.withResolvers().future;
    gone.cancel("foreign");
    const error = new Error("failed");
    const foreign = thrownBy(() => gone.result());
    await expect(merge(failsToReturn(foreign, 3), failsToReturn(error, 1)).first()).rejects.toBe(error);
    expect(error).toHaveProperty("suppressed", [foreign]);
  });

  test("what native for await takes, it takes: plain results, with whatever they carry besides", async () => {
    const plain = (results: readonly unknown[]): AsyncIterable<unknown> => {
      const left = [...results];
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => left.shift() as never,
          return: () => ({ done: true, value: undefined }) as never,
        }),
      };
    };
    const odd = { done: false, value: 1, error: null };
    expect(await from(plain([odd, { value: 2 }, { done: true }])).toArray()).toEqual([1, 2]);
    expect(await from(plain([Promise.resolve(odd), odd])).first()).toBe(1);
    for (const wrong of [undefined, null, 5]) {
      await expect(from(plain([odd, wrong])).toArray()).rejects.toThrow(/^Cannot take an item: next\(\) gave /);
    }
  });

  test("its failure comes out as it is", async () => {
    const error = new Error("native");
    const failing = from(async function* () {
      yield 1;
      throw error;
    });
    await expect(failing.pipe(map(String)).toArray()).rejects.toBe(error);
  });
});
