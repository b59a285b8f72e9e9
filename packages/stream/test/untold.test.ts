/** A source may fail while its consumer is busy. If that then leaves, it never comes to the failure, which must not be lost. */
import { run, sleep, type Wait } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import { buffer, chunk, debounce, delay, from, fromCallback, mapAsync, merge, type Stream } from "../src/index.ts";
import { hostTurns, outcomeOf } from "./support.ts";

const error = new Error("source");
const left = new Error("consumer");

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

/** Reads with 10 ms an item; tells what came of it, and what was reported. */
async function read(make: () => Stream<unknown>, consumer: () => void) {
  const reports: unknown[] = [];
  const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
  const task = run(
    () =>
      outcomeOf(
        make().forEach(function* () {
          yield* sleep(10);
          consumer();
        }),
      ),
    { loop },
  );
  for (let turn = 0; turn < 10; turn++) {
    loop.advance(10);
    await hostTurns();
  }
  return [task.result(), reports];
}

describe("C3 a failure that the consumer has not come to when it leaves is reported, once", () => {
  test.each(Object.keys(pipelines))("%s", async (name) => {
    const make = pipelines[name] as () => Stream<unknown>;
    const leave = () => {
      throw left;
    };
    expect(await read(make, leave)).toEqual([{ error: left }, [error]]);
    expect(await read(make, () => {})).toEqual([{ error }, []]);
  });
});
