/** Whatever is thrown, given as a reason or is an item: it comes out as it is, and nothing is lost for its sake. */
import { isCancelled, run, sleep, type Task, use } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test } from "vitest";
import {
  cancellable,
  type End,
  from,
  fromCallback,
  fromEvent,
  mapAsync,
  merge,
  type Stream,
  share,
  takeUntil,
  timeout,
} from "../src/index.ts";
import { finish, hostTurns, outcomeOf, play } from "./support.ts";

const broken = (): never => {
  throw new Error("not to be looked at");
};
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const zoo: Record<string, () => unknown> = {
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of a function": () => revoked(() => {}),
  "an error whose name throws": () => Object.defineProperty(new Error(), "name", { get: broken }),
  "an error whose message and cause throw": () =>
    Object.defineProperties(new Error(), { message: { get: broken }, cause: { get: broken } }),
  "an object without a prototype": () => Object.create(null),
  undefined: () => undefined,
};

/** What `end` says, without a look at its values. */
const is = (end: End | undefined, kind: string, value: unknown): boolean =>
  end !== undefined &&
  kind === (end.kind === "stopped" ? end.by : end.kind) &&
  value === (end.kind === "failed" ? end.error : end.kind === "stopped" ? end.reason : undefined);

describe.each(Object.entries(zoo))("%s", (_, make) => {
  const sources: Record<string, (value: unknown) => Stream<unknown>> = {
    "a generator": (value) =>
      from(function* () {
        yield 1;
        throw value;
      }),
    "an iterator": (value) =>
      from({
        [Symbol.iterator]: () => ({
          next: () => {
            throw value;
          },
        }),
      } as Iterable<never>),
    fromCallback: (value) => fromCallback((emit) => emit.fail(value)),
    fromEvent: (value) => {
      const heard: Record<string, (value: unknown) => void> = {};
      const target = {
        on: (type: string, fn: (value: unknown) => void) => Object.assign(heard, { [type]: fn }),
        off() {},
      };
      return merge(
        fromEvent(target, "item", { failOn: "fail" }),
        from(function* () {
          yield* sleep(1);
          heard["fail"]?.(value);
        }),
      );
    },
    mapAsync: (value) =>
      from([1]).pipe(
        mapAsync(function* () {
          throw value;
        }, 1),
      ),
  };
  test.each(Object.entries(sources))("S3 S6 thrown by %s", (_name, source) => {
    const value = make();
    const ends: End[] = [];
    const watched = (): Stream<unknown> => source(value).onEnd((end) => void ends.push(end));
    const outcomes = play(function* (root) {
      const all = [yield* outcomeOf(watched().drain())];
      all.push(yield* outcomeOf(watched().pipe(share(root)).drain()));
      all.push(
        yield* outcomeOf(
          (function* () {
            const reader = yield* use(watched().reader());
            while (!(yield* reader.next()).done);
          })(),
        ),
      );
      return all;
    });
    expect(outcomes.map((outcome) => "error" in outcome && outcome.error === value)).toEqual([true, true, true]);
    expect(ends.map((end) => is(end, "failed", value))).toEqual([true, true, true]);
  });

  test("S7 thrown by the consumer, while an input has failed: that is not lost", () => {
    const value = make();
    const error = new Error("source");
    const reports: unknown[] = [];
    const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
    const ends: End[] = [];
    const failing = from(function* () {
      yield* sleep(5);
      throw error;
    });
    const task = run(
      () =>
        outcomeOf(
          merge(failing, [1])
            .onEnd((end) => void ends.push(end))
            .forEach(function* () {
              yield* sleep(10);
              throw value;
            }),
        ),
      { loop },
    );
    const outcome = finish(loop, task);
    expect("error" in outcome && outcome.error === value).toBe(true);
    expect(ends.map((end) => is(end, "consumer", value))).toEqual([true]);
    const suppressed = reports.includes(error) ? [error] : (value as { suppressed?: unknown[] }).suppressed;
    expect(suppressed).toEqual([error]);
  });

  test("S6 the reason of a cancel, of an aborted signal and of takeUntil's", () => {
    const value = make();
    const ends: End[] = [];
    const loop = new VirtualLoop();
    const watched = (): Stream<unknown> =>
      merge(
        from(function* () {
          yield* sleep(1000);
        }),
        fromCallback(() => () => {}),
      ).onEnd((end) => void ends.push(end));
    const cancelled = run(() => watched().drain(), { loop });
    const read = run(
      function* () {
        const reader = yield* use(watched().reader());
        yield* reader.next();
      },
      { loop },
    );
    const controller = new AbortController();
    const aborted = run(() => outcomeOf(watched().drain({ signal: controller.signal })), { loop });
    const until = run(() => watched().pipe(takeUntil(controller.signal)).drain(), { loop });
    loop.advance(1);
    for (const task of [cancelled, read] as Task<unknown>[]) task.cancel(value);
    controller.abort(value);
    loop.advance(1);
    expect([cancelled.state, read.state, aborted.state, until.state]).toEqual([
      "cancelled",
      "cancelled",
      "done",
      "done",
    ]);
    const reason = value === undefined ? controller.signal.reason : value;
    const outcome = aborted.result();
    expect("error" in outcome && isCancelled(outcome.error) && outcome.error.reason === reason).toBe(true);
    expect(ends.filter((end) => is(end, "user", value) || is(end, "user", reason)).length).toBe(3);
    expect([ends.length, loop.timers]).toEqual([4, 0]);
  });

  test("S7 thrown by a cleanup: the failure is not lost", () => {
    const value = make();
    const error = new Error("consumer");
    const reports: unknown[] = [];
    const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
    const source = fromCallback<number>((emit) => {
      emit.push(1);
      return () => {
        throw value;
      };
    });
    const task = run(
      () =>
        outcomeOf(
          source.forEach(() => {
            throw error;
          }),
        ),
      { loop },
    );
    const outcome = finish(loop, task) as { error: unknown };
    expect(outcome.error === value || outcome.error === error).toBe(true);
    if (!(outcome.error === value && Object(value) === value)) expect([outcome.error, ...reports]).toContain(error);
  });

  test("as an item", () => {
    const value = make();
    const got = play(function* () {
      const all: unknown[] = yield* from([value]).toArray();
      all.push(
        ...(yield* from([value])
          .pipe(timeout({ firstMs: 5 }))
          .toArray()),
      );
      all.push(...(yield* merge([value], [value]).toArray()));
      return all;
    });
    expect(got.map((item) => item === value)).toEqual([true, true, true, true]);
  });

  test("from a foreign iterator that is aborted", async () => {
    const value = make();
    const reports: unknown[] = [];
    const loop = new VirtualLoop({ onError: (error) => void reports.push(error) });
    const source = cancellable((signal: AbortSignal) => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(value))),
      }),
    }));
    const task = run(() => source.drain(), { loop });
    loop.runUntilIdle();
    await hostTurns();
    task.cancel("enough");
    for (let turn = 0; turn < 3; turn++) {
      loop.runUntilIdle();
      await hostTurns();
    }
    loop.runUntilIdle();
    expect([task.state, reports.length, reports[0] === value]).toEqual(["cancelled", 1, true]);
  });
});
