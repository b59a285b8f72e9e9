import { currentScheduler, run } from "@skein/coroutine";
import { VirtualLoop } from "@skein/coroutine/testing";
import { describe, expect, test, vi } from "vitest";
import { cancellable, type Iteration, LeftBehindError } from "../src/index.ts";
import { hostTurns } from "./support.ts";

/** Runs `source` on virtual time; cancels it with `reason` once it has given one item and waits. */
async function cancelled(
  make: () => ReturnType<typeof cancellable<number>>,
  { graceMs = 0, reason = "enough" as unknown } = {},
) {
  const errors: unknown[] = [];
  const loop = new VirtualLoop({ onError: (error) => void errors.push(error) });
  const got: number[] = [];
  const task = run(() => make().forEach((n) => void got.push(n)), { loop });
  task.addDoneCallback(() => {});
  for (let turn = 0; turn < 5; turn++) {
    loop.runUntilIdle();
    await hostTurns(1);
  }
  task.cancel(reason);
  loop.runUntilIdle();
  await hostTurns();
  loop.runUntilIdle();
  const early = task.state;
  loop.advance(graceMs);
  await hostTurns();
  loop.runUntilIdle();
  return { got, early, state: task.state, errors, loop };
}

describe("cancellable", () => {
  test("a function's iterable that heeds the signal stops at once, with the identical reason, and nothing is reported", async () => {
    const seen: unknown[] = [];
    const reason = { why: "stop" };
    const result = await cancelled(
      () =>
        cancellable(async function* (signal: AbortSignal) {
          try {
            yield 1;
            await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
            yield 2;
          } finally {
            await Promise.resolve();
            seen.push("finally", signal.reason);
          }
        }),
      { reason },
    );
    expect(result).toMatchObject({ got: [1], early: "cancelled", errors: [] });
    expect(seen).toEqual(["finally", reason]);
    expect(seen[1]).toBe(reason);
  });

  test("one that cannot be stopped is left after graceMs, and that is said", async () => {
    const stubborn = () =>
      cancellable(
        async function* () {
          yield 1;
          await new Promise(() => {});
        },
        { graceMs: 50 },
      );
    const result = await cancelled(stubborn, { graceMs: 50 });
    expect([result.early, result.state]).toEqual(["pending", "cancelled"]);
    expect(result.errors).toEqual([expect.any(LeftBehindError)]);
    expect(result.errors[0]).toMatchObject({ code: "STREAM_LEFT_BEHIND", pulling: true });
  });

  test("… to onLeft, if there is one; the default grace is a second", async () => {
    const left: LeftBehindError[] = [];
    const result = await cancelled(
      () =>
        cancellable(
          {
            [Symbol.asyncIterator]: () => ({
              next: () => new Promise<IteratorResult<number>>(() => {}),
              return: () => new Promise<IteratorResult<number>>(() => {}),
            }),
          },
          { onLeft: (error) => void left.push(error) },
        ),
      { graceMs: 999 },
    );
    expect([result.state, left.length]).toEqual(["pending", 0]);
    result.loop.advance(1);
    expect([left.length, result.errors]).toEqual([1, []]);
  });

  test("one without a return() is waited for as well, while a pull is under way", async () => {
    const left: LeftBehindError[] = [];
    const pulling = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }) };
    const result = await cancelled(
      () => cancellable(pulling, { graceMs: 5, onLeft: (error) => void left.push(error) }),
      {
        graceMs: 5,
      },
    );
    expect([result.early, result.state, left.length]).toEqual(["pending", "cancelled", 1]);
  });

  test("an AbortError that nobody asked for is a failure as any other", async () => {
    const abort = new DOMException("timed out upstream", "AbortError");
    const source = cancellable(async function* (): AsyncGenerator<number> {
      throw abort;
    });
    await expect(source.toArray()).rejects.toBe(abort);
  });

  test("its return() is waited for, its error comes out, and it is not called after the end", async () => {
    const error = new Error("return");
    const calls: string[] = [];
    const made = (items: number, failing: boolean) => ({
      [Symbol.asyncIterator]: () => {
        let n = 0;
        return {
          next: async () => (n < items ? { done: false as const, value: ++n } : { done: true as const, value: 0 }),
          return: async () => {
            calls.push("return");
            if (failing) throw error;
            return { done: true as const, value: 0 };
          },
        };
      },
    });
    expect(await cancellable(made(2, true)).toArray()).toEqual([1, 2]);
    expect(calls).toEqual([]);
    expect(await cancellable(made(2, false)).first()).toBe(1);
    expect(calls).toEqual(["return"]);
    await expect(cancellable(made(2, true)).first()).rejects.toBe(error);
  });

  test("a pull that fails with an error of its own after the close is reported, an abort is not", async () => {
    const late = new Error("late");
    for (const [thrown, reported] of [
      [late, [late]],
      [new DOMException("aborted", "AbortError"), []],
    ]) {
      const result = await cancelled(() =>
        cancellable(async function* (signal: AbortSignal) {
          yield 1;
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(thrown)));
        }),
      );
      expect(result.errors).toEqual(reported);
    }
  });

  test("S4 closed while it is made, it is not stepped, but told to return, which is waited for", async () => {
    const late = new Error("late");
    for (const failure of [null, late]) {
      const seen: string[] = [];
      let signal: AbortSignal | undefined;
      let left: Promise<unknown> | undefined;
      const run: Iteration<number> = cancellable((given) => {
        signal = given;
        left = run.return("left").catch((error: unknown) => error);
        return {
          [Symbol.asyncIterator]: () => ({
            next: async () => ({ done: seen.push("next") > 5, value: 1 }) as IteratorResult<number>,
            async return() {
              await hostTurns(1);
              seen.push("return");
              if (failure !== null) throw failure;
              return { done: true, value: 1 };
            },
          }),
        };
      })[Symbol.asyncIterator]();
      vi.spyOn(currentScheduler(), "reportError").mockImplementation((error) => void seen.push(String(error)));
      expect(await run.next()).toEqual({ done: true, value: undefined });
      expect(await left).toEqual(failure ?? { done: true, value: "left" });
      expect([seen, signal?.aborted]).toEqual([failure === null ? ["return"] : ["return", "Error: late"], true]);
      vi.restoreAllMocks();
    }
  });

  test("S4 … one that has no return() is left at once", async () => {
    const left: unknown[] = [];
    let leaving: Promise<unknown> | undefined;
    const made = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => {}) }) };
    const run: Iteration<number> = cancellable(
      () => {
        leaving = run.return();
        return made;
      },
      { graceMs: 0, onLeft: (error) => left.push(error) },
    )[Symbol.asyncIterator]();
    await run.next();
    await leaving;
    expect(left).toEqual([]);
  });

  test("S4 closed while it is made, which fails then: that is reported", async () => {
    const error = new Error("made");
    const reported: unknown[] = [];
    let left: Promise<unknown> | undefined;
    const run: Iteration<number> = cancellable<number>(() => {
      left = run.return();
      throw error;
    })[Symbol.asyncIterator]();
    vi.spyOn(currentScheduler(), "reportError").mockImplementation((error) => void reported.push(error));
    expect(await run.next()).toEqual({ done: true, value: undefined });
    await left;
    expect(reported).toEqual([error]);
    vi.restoreAllMocks();
  });

  test("what runs once says so; what is no async iterable is a TypeError", async () => {
    const generator = (async function* () {
      yield 1;
    })();
    const stream = cancellable(generator);
    expect(await stream.toArray()).toEqual([1]);
    await expect(stream.toArray()).rejects.toMatchObject({ code: "STREAM_USED" });
    for (const what of [[1], null, 5]) expect(() => cancellable(what as never)).toThrow(TypeError);
    expect(() => cancellable(generator, { graceMs: -1 })).toThrow(RangeError);
  });
});
