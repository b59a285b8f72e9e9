import { EventEmitter } from "node:events";
import { run, sleep } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  buffer,
  coalesce,
  type Emitter,
  type End,
  fromCallback,
  fromEvent,
  groupBy,
  map,
  type Operator,
  OverflowError,
  take,
  WAIT,
} from "../src/index.ts";
import { checkSource } from "../src/testing/index.ts";
import { finish, outcomeOf, play, thrownBy } from "./support.ts";

const error = new Error("source");

describe("S6 the cleanup of fromCallback hears `failed` only where it has failed itself", () => {
  const error = new Error("of a step after it");
  const endOf = (start: (emit: Emitter<number>) => void, operator: Operator<number, unknown>): unknown => {
    const ends: End[] = [];
    const source = fromCallback<number>((emit) => {
      start(emit);
      return (end) => void ends.push(end);
    });
    expect(play(() => outcomeOf(source.pipe(operator).drain()))).toEqual({ error });
    expect(ends.length).toBe(1);
    return ends[0];
  };
  const fails = () => {
    throw error;
  };
  test.each<[string, Operator<number, unknown>]>([
    ["map", map(fails)],
    ["groupBy", groupBy(fails)],
    ["buffer", buffer(1, { overflow: coalesce<number>(fails) })],
  ])("%s throws", (_, operator) => {
    const pushing = (emit: Emitter<number>) => {
      emit.push(1);
      emit.push(2);
    };
    expect(endOf(pushing, operator)).toEqual({ kind: "stopped", by: "consumer", reason: error });
  });
  test("emit.fail()", () => {
    expect(
      endOf(
        (emit) => emit.fail(error),
        map((n) => n),
      ),
    ).toEqual({ kind: "failed", error });
  });
});

describe("fromCallback", () => {
  test("starts at the first demand of each run, and cleans up once, whatever the end", () => {
    const seen: unknown[] = [];
    const source = fromCallback<number>((emit) => {
      seen.push("start");
      for (const n of [1, 2, 3]) emit.push(n);
      emit.end();
      return (end) => void seen.push(end);
    });
    expect(play(() => source.toArray())).toEqual([1, 2, 3]);
    expect(play(() => source.first())).toBe(1);
    expect(seen).toEqual(["start", { kind: "done" }, "start", { kind: "stopped", by: "consumer" }]);
  });

  test("what is pushed later arrives; a failure comes after it; after the end nothing counts", () => {
    const answers: unknown[] = [];
    const source = fromCallback<number>((emit) => {
      queue.push(
        () => emit.push(1),
        () => emit.push(2),
        () => emit.fail(error),
        () => emit.push(3),
        () => emit.end(),
      );
    });
    const queue: (() => unknown)[] = [];
    const got = play(function* (root, loop) {
      root.spawn(function* () {
        yield* sleep(1);
        for (const step of queue) answers.push(step());
      });
      const items: unknown[] = [];
      const outcome = yield* outcomeOf(source.forEach((n) => void items.push([n, loop.now()])));
      return [items, outcome];
    });
    expect(got).toEqual([
      [
        [1, 1],
        [2, 1],
      ],
      { error },
    ]);
    expect(answers).toEqual([true, true, undefined, false, undefined]);
  });

  test("S1 push tells when it is enough, and onDemand when there is room again: nothing is lost", () => {
    let next = 0;
    let calls = 0;
    const source = fromCallback<number>(
      (emit) => {
        emit.onDemand(() => {
          calls++;
          while (next < 7 && emit.push(next++));
          if (next === 7) emit.end();
        });
      },
      { capacity: 3 },
    );
    const seen: number[][] = [];
    play(() => source.forEach((n) => void seen.push([n, next])));
    // Each row: the item, and how many were made by then.
    expect(seen).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 6],
      [4, 6],
      [5, 6],
      [6, 7],
    ]);
    expect(calls).toBe(3);
  });

  test("onDemand is called once until something is pushed, however often the consumer looks", () => {
    let calls = 0;
    let emitter: Emitter<number> | undefined;
    const source = fromCallback<number>((emit) => {
      emitter = emit;
      emit.onDemand(() => calls++);
    });
    const host = { waiting: true, owner: null, scheduler: new VirtualLoop(), wake: () => {} };
    const run = source.open(host, { push: () => true });
    const seen = [run.pump(1), run.pump(1), calls];
    emitter?.push(1);
    run.pump(1);
    seen.push(run.pump(1), calls);
    run.close({ kind: "stopped", by: "consumer" });
    expect(seen).toEqual([WAIT, WAIT, 1, WAIT, 2]);
    expect([emitter?.push(2), emitter?.room]).toEqual([false, 0]); // nobody is left to take it
  });

  test("what is pushed into a full buffer is the overflow policy's; the default ends it with an OverflowError", () => {
    const pushing = (emit: Emitter<number>) => {
      expect([emit.room, emit.push(1), emit.push(2), emit.room]).toEqual([2, true, false, 0]);
      emit.push(3);
      emit.end();
    };
    expect(play(() => outcomeOf(fromCallback(pushing, { capacity: 2 }).toArray()))).toEqual({
      error: new OverflowError("event source", 2),
    });
    expect(play(() => fromCallback(pushing, { capacity: 2, overflow: "dropOldest" }).toArray())).toEqual([2, 3]);
    expect(play(() => fromCallback(pushing, { capacity: 2, overflow: "latest" }).toArray())).toEqual([3]);
  });

  test("S4 a close while it waits cleans up, waits for that, and an error of it comes out", () => {
    const loop = new VirtualLoop();
    const seen: unknown[] = [];
    const source = fromCallback<number>(() => (end: End) => {
      seen.push(end);
      return sleep(5);
    });
    const task = run(() => source.drain(), { loop });
    loop.runUntilIdle();
    task.cancel("enough");
    loop.advance(4);
    const before = task.state;
    thrownBy(() => finish(loop, task));
    expect([before, loop.now(), seen]).toEqual(["pending", 5, [{ kind: "stopped", by: "user", reason: "enough" }]]);
    const failing = fromCallback<number>((emit) => {
      emit.push(1);
      return () => {
        throw error;
      };
    });
    expect(play(() => outcomeOf(failing.first()))).toEqual({ error });
  });

  test("a cleanup may give back whatever it likes: only an operation or a promise is waited for", async () => {
    const seen: string[] = [];
    const emitter = new EventEmitter();
    const promise = Promise.resolve().then(() => void seen.push("promise"));
    for (const given of [null, 5, "done", emitter, [1], new Map(), Symbol("s")]) {
      const source = fromCallback<number>((emit) => {
        emit.push(1);
        return () => given;
      });
      expect(play(() => source.first())).toBe(1);
    }
    const waiting = fromCallback<number>((emit) => {
      emit.end();
      return () => promise;
    });
    await waiting.drain();
    expect(seen).toEqual(["promise"]);
  });

  test("closed before it was asked for anything, it never starts", () => {
    let started = false;
    play(() =>
      fromCallback(() => {
        started = true;
      })
        .pipe(take(0))
        .drain(),
    );
    expect(started).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN])("a capacity of %d is a RangeError", (capacity) => {
    expect(() => fromCallback(() => {}, { capacity })).toThrow(RangeError);
  });

  for (const { id, name, run } of checkSource((loop) => ({
    stream: fromCallback<number>((emit) => {
      emit.push(1);
      loop.callLater(3, () => {
        emit.push(2);
        emit.push(3);
        emit.fail(error);
      });
    }),
    items: [1, 2, 3],
    failure: { error },
  }))) {
    test(`${id} ${name}`, run);
  }
});

describe("fromEvent", () => {
  test("an EventTarget's events, from the first demand to the end, with no listener left", () => {
    const target = new EventTarget();
    let listeners = 0;
    const counting = {
      addEventListener: (type: string, listener: (event: Event) => void) => {
        listeners++;
        target.addEventListener(type, listener);
      },
      removeEventListener: (type: string, listener: (event: Event) => void) => {
        listeners--;
        target.removeEventListener(type, listener);
      },
    };
    const seen = play(function* (root) {
      const reading = root.spawn(() =>
        fromEvent<Event>(counting, "tick", { endOn: "close", failOn: "error" })
          .pipe(
            map(({ type }) => type),
            take(2),
          )
          .toArray(),
      );
      target.dispatchEvent(new Event("tick")); // nobody listens yet
      yield* sleep(1);
      const during = listeners;
      for (let n = 0; n < 3; n++) target.dispatchEvent(new Event("tick"));
      return [yield* reading, during];
    });
    expect([...seen, listeners]).toEqual([["tick", "tick"], 3, 0]);
  });

  test("an emitter's, ended by one event and failed by another", () => {
    const emitter = new EventEmitter();
    const listen = () => fromEvent<number>(emitter, "data", { endOn: "close", failOn: "error" });
    const emitting = (last: string, what?: unknown) =>
      play(function* (root) {
        const items: number[] = [];
        const reading = root.spawn(() => outcomeOf(listen().forEach((n) => void items.push(n))));
        yield* sleep(1);
        emitter.emit("data", 1);
        emitter.emit("data", 2);
        emitter.emit(last, what);
        return [items, yield* reading];
      });
    expect(emitting("close")).toEqual([[1, 2], { value: undefined }]);
    expect(emitting("error", error)).toEqual([[1, 2], { error }]);
    expect(emitting("error", { type: "error", error })).toEqual([[1, 2], { error }]);
    expect(emitter.eventNames()).toEqual([]);
  });

  test("a slow consumer: more events than there is room for fail it, or are dropped as it says", () => {
    const emitter = new EventEmitter();
    const burst = (options: object) =>
      play(function* (root) {
        const reading = root.spawn(() =>
          outcomeOf(fromEvent<number>(emitter, "data", options).pipe(take(2)).toArray()),
        );
        yield* sleep(1);
        for (let n = 0; n < 300; n++) emitter.emit("data", n);
        return yield* reading;
      });
    expect(burst({ capacity: 2, overflow: "dropOldest" })).toEqual({ value: [298, 299] });
    expect(burst({ capacity: 1 })).toEqual({ error: expect.any(OverflowError) });
    expect(burst({})).toEqual({ value: [0, 1] });
  });

  test("what has no events is a TypeError at the call", () => {
    for (const what of [null, {}, 5]) expect(() => fromEvent(what as never, "x")).toThrow(TypeError);
  });
});
