/** A source may fail while its consumer is busy. If that then leaves, it never comes to the failure, which must not be lost. */
import { Future, type Operation, run, sleep, type Task, use, type Wait } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  buffer,
  chunk,
  combineLatest,
  debounce,
  delay,
  from,
  fromCallback,
  mapAsync,
  merge,
  race,
  type Stream,
  zip,
} from "../src/index.ts";
import { hostTurns, outcomeOf, play, thrownBy } from "./support.ts";

const error = new Error("source");

/** Gives 1, and fails 5 ms later, whether it is asked again or not. */
const failing = () =>
  merge(
    from(function* (): Generator<Wait, void> {
      yield* sleep(5);
      throw error;
    }),
    [1],
  );
const failsAtOnce = () =>
  from(function* () {
    yield 1;
    throw error;
  });
const secondFails = (ordered: boolean) =>
  from([1, 2]).pipe(
    mapAsync(
      function* (n) {
        yield* sleep(n);
        if (n === 2) throw error;
        return n;
      },
      { limit: 2, ordered },
    ),
  );

const pipelines: Record<string, () => Stream<unknown>> = {
  "a generator that waits": failing,
  "an async iterable": () =>
    merge(
      (async function* (): AsyncGenerator<never, void> {
        throw error;
      })(),
      [1],
    ),
  fromCallback: () =>
    fromCallback((emit) => {
      emit.push(1);
      emit.fail(error);
    }),
  "mapAsync, ordered": () => secondFails(true),
  "mapAsync, unordered": () => secondFails(false),
  "mapAsync, of the source": () =>
    failsAtOnce().pipe(
      mapAsync(function* (n) {
        yield* sleep(1);
        return n;
      }, 2),
    ),
  buffer: () => failsAtOnce().pipe(buffer(4)),
  delay: () => failsAtOnce().pipe(delay(1)),
  chunk: () => failsAtOnce().pipe(chunk(4)),
  debounce: () => failsAtOnce().pipe(debounce(4)),
};

/** Reads with 10 ms an item, until `leave` says so; tells what came of it, and what was reported. */
async function read(make: () => Stream<unknown>, leave: (loop: VirtualLoop, task: () => Task<unknown>) => unknown) {
  const reports: unknown[] = [];
  const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
  const task: Task<unknown> = run(
    () =>
      outcomeOf(
        make().forEach(function* () {
          yield* sleep(10);
          yield* (leave(loop, () => task) ?? sleep(0)) as Operation<unknown>;
        }),
      ),
    { loop },
  );
  for (let turn = 0; turn < 10; turn++) {
    loop.runUntilIdle();
    await hostTurns(); // for the async iterable
    loop.advance(10);
  }
  return [task.result(), reports];
}

describe.each(Object.entries(pipelines))(
  "%s fails, and the consumer has not come to that when it leaves",
  (_, make) => {
    test("S7 by an error: that carries it", async () => {
      const left = new Error("consumer");
      const leave = () => {
        throw left;
      };
      expect(await read(make, leave)).toEqual([{ error: left }, []]);
      expect(left).toHaveProperty("suppressed", [error]);
    });

    test("C3 by a cancel: it is reported, once", async () => {
      const [outcome, reports] = await read(make, (_, task) => void task().cancel("R"));
      expect([outcome, reports]).toEqual([{ error: expect.objectContaining({ reason: "R" }) }, [error]]);
    });

    test("C3 by having had enough: it is reported, once", async () => {
      const reports: unknown[] = [];
      const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
      const first = run(
        function* () {
          const reader = yield* use(make().reader());
          yield* reader.next();
          yield* sleep(10);
        },
        { loop },
      );
      for (let turn = 0; turn < 10; turn++) {
        loop.advance(10);
        await hostTurns();
      }
      expect([first.state, reports]).toEqual(["done", [error]]);
    });

    test("if it stays, the failure comes out", async () => {
      expect(await read(make, () => undefined)).toEqual([{ error }, []]);
    });
  },
);

test("S7 of several inputs that fail in one turn the first carries the others", () => {
  const errors = [new Error("first"), new Error("second"), new Error("third")];
  const inputs = errors.map((error) =>
    from(function* (): Generator<Wait, void> {
      yield* sleep(5);
      throw error;
    }),
  );
  for (const make of [merge, zip, combineLatest, race]) {
    expect(thrownBy(() => play(() => (make as typeof merge)(...inputs).drain()))).toBe(errors[0]);
    expect(errors[0]).toHaveProperty("suppressed", errors.slice(1));
    Reflect.deleteProperty(errors[0] as Error, "suppressed");
  }
});

describe("C4 where the first is somebody else's cancellation", () => {
  const failsWith = (error: unknown) =>
    from(function* (): Generator<Wait, void> {
      yield* sleep(5);
      throw error;
    });
  const foreign = () => {
    const { future } = Future.withResolvers<never>();
    future.cancel("theirs");
    return thrownBy(() => future.result());
  };
  test("an iterator that has failed, and whose return() throws at once: both come out", async () => {
    const [failure, bad] = [new Error("next"), new Error("return")];
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(failure),
        return: () => {
          throw bad;
        },
      }),
    };
    const [outcome, reports] = await read(
      () => merge(iterable as AsyncIterable<number>, [1]),
      () => {
        throw foreign();
      },
    );
    expect([outcome, reports]).toEqual([{ error: failure }, []]);
    expect(failure).toHaveProperty("suppressed", expect.arrayContaining([bad]));
  });

  test.each(Object.entries({ merge, zip, combineLatest, race }))(
    "%s: of inputs that fail in one turn the first real error comes out, with the others behind it",
    (_, make) => {
      const cancellation = foreign();
      const errors = [new Error("first"), new Error("second")] as const;
      const run = () => (make as typeof merge)(...[cancellation, ...errors].map(failsWith));
      expect(thrownBy(() => play(() => run().drain()))).toBe(errors[0]);
      expect(errors[0]).toHaveProperty("suppressed", [cancellation, errors[1]]);
    },
  );

  test("two cancellations: the first comes out, and nothing is reported", () => {
    const cancellation = foreign();
    expect(thrownBy(() => play(() => merge(failsWith(cancellation), failsWith(foreign())).drain()))).toBe(cancellation);
  });

  test.each(Object.entries(pipelines))(
    "%s fails, and its consumer by the cancellation: the failure comes out",
    async (_, make) => {
      const leave = () => {
        throw foreign();
      };
      expect(await read(make, leave)).toEqual([{ error }, []]);
      for (const key of ["suppressed", "cause"]) Reflect.deleteProperty(error, key);
    },
  );

  test("for await, a reader: the real error comes out", async () => {
    const real = new Error("real");
    const inputs = () => merge(failsWith(foreign()), failsWith(real));
    expect(
      thrownBy(() =>
        play(function* () {
          const reader = yield* use(inputs().reader());
          yield* reader.next();
        }),
      ),
    ).toBe(real);
    const loop = new VirtualLoop();
    let seen: unknown;
    loop.callSoon(() => {
      const iterator = inputs()[Symbol.asyncIterator]();
      iterator.next().catch((error: unknown) => {
        seen = error;
      });
    });
    loop.advance(10);
    await hostTurns();
    expect(seen).toBe(real);
  });
});
