import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { all, Future, isCancelled, type Scheduler } from "../src/index.ts";
import { countWaiters } from "../src/testing/index.ts";
import { drive, waitFor } from "./support/drive.ts";
import { lab, thrown } from "./support/lab.ts";

/** A native promise with its ends in hand, and a wait until its reactions have run. */
function native<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...ends) => {
    [resolve, reject] = ends;
  });
  return { promise, resolve, reject, flush: () => promise.then(nothing, nothing).then(nothing) };
}
const nothing = () => {};
const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("then", () => {
  test("returns a future of the same loop, and works on a VirtualLoop", () => {
    const { loop, log } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const chained = future.then((value) => value + 1).then((value) => log.push(String(value)));
    expect(chained.loop).toBe(loop);
    resolve(1);
    loop.runUntilIdle();
    expect(log).toEqual(["2"]);
  });

  test("adopts a future of another loop", () => {
    const [a, b] = [lab().loop, lab().loop];
    const far = Future.withResolvers<string>({ loop: b });
    const near = Future.resolve(1, { loop: a }).then(() => far.future);
    a.runUntilIdle();
    far.resolve("crossed");
    b.runUntilIdle();
    a.runUntilIdle();
    expect([near.loop, near.result()]).toEqual([a, "crossed"]);
  });

  test("F4 F5 cancelling what it returned takes the callbacks back and leaves the first alone", () => {
    const { loop, log, note } = lab();
    const { future, resolve } = Future.withResolvers<number>({ loop });
    const derived = future.then(note("ran"));
    derived.cancel("never mind");
    expect([future.state, countWaiters(future)]).toEqual(["pending", 0]);
    const late = Future.resolve(1, { loop }).then(note("on its way"));
    late.cancel();
    resolve(1);
    loop.runUntilIdle();
    expect([log, derived.state, late.state]).toEqual([[], "cancelled", "cancelled"]);
  });

  test("F5 cancelling while it follows what a callback returned takes that waiter out, too", () => {
    const { loop } = lab();
    const inner = Future.withResolvers<number>({ loop }).future;
    const derived = Future.resolve(1, { loop }).then(() => inner);
    loop.runUntilIdle();
    expect(countWaiters(inner)).toBe(1);
    derived.cancel();
    expect([countWaiters(inner), inner.state]).toEqual([0, "pending"]);
  });

  test("a cancellation stays one as it is passed on, also by a handler that throws what it was given", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers({ loop });
    const passed = [future.then(nothing), future.finally(nothing), future.catch((error) => Promise.reject(error))];
    const rethrown = future.catch((error) => {
      throw error;
    });
    const other = future.catch(() => {
      throw new Error("mine");
    });
    const handled = future.catch(() => "fine");
    future.cancel("x");
    loop.runUntilIdle();
    expect([...passed.slice(0, 2), rethrown].map(({ state }) => state)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
    expect(other.outcome).toEqual({ status: "rejected", reason: new Error("mine") });
    expect(handled.result()).toBe("fine");
  });

  test("finally keeps the outcome, waits for what it returns, and gives way to what that throws", async () => {
    const order: string[] = [];
    const waited = Future.resolve(1).finally(() => Promise.resolve().then(() => order.push("cleaned")));
    expect(await waited.then((value) => order.push(String(value)) && order)).toEqual(["cleaned", "1"]);
    const error = new Error("cleanup");
    for (const cleanup of [
      () => Promise.reject(error),
      () => Future.reject(error),
      () => {
        throw error;
      },
    ]) {
      await expect(Future.resolve(1).finally(cleanup)).rejects.toBe(error);
    }
    await expect(Future.reject(error).finally(nothing)).rejects.toBe(error);
    expect(await Future.resolve(2).finally(null)).toBe(2);
  });

  test("a future that would wait for itself is refused (Promises/A+ 2.3.1)", async () => {
    const self: Future<unknown> = Future.resolve(1).then(() => self);
    await expect(self).rejects.toThrow(/^Cannot resolve future "future-\d+" with itself: it would never end$/);
  });

  test("F6 a future resolved with itself is rejected, as a promise is: who awaited it would never be done", async () => {
    const { future, resolve } = Future.withResolvers<unknown>({ name: "me" });
    expect([resolve(future), resolve(1), future.state]).toEqual([true, false, "done"]);
    const error = new TypeError('Cannot resolve future "me" with itself: it would never end');
    await expect((async () => await future)()).rejects.toEqual(error);
    await expect(Promise.all([future])).rejects.toEqual(error);
    await expect(all([future])).rejects.toEqual(error);
    expect(thrown(() => future.result())).toEqual(error);
    const promise: Promise<unknown> = Promise.resolve().then(() => promise);
    await expect(promise).rejects.toBeInstanceOf(TypeError);
  });

  test("F6 as the error of its own failure a future is a value like any other", async () => {
    const { future, reject } = Future.withResolvers<unknown>();
    expect(reject(future)).toBe(true);
    expect(thrown(() => future.result())).toBe(future);
    expect(await future.then(undefined, (error) => error === future)).toBe(true);
  });

  test("F7 nobody listening to a future resolved with itself, that is reported", () => {
    const { loop, reports } = lab();
    const { future, resolve } = Future.withResolvers<unknown>({ loop, name: "me" });
    resolve(future);
    loop.runUntilIdle();
    expect(reports).toEqual([[expect.any(TypeError), { what: "unheard rejection", name: "me" }]]);
  });
});

describe("with promises", () => {
  const takers: Record<string, (thenable: PromiseLike<string>, loop: Scheduler) => Future<unknown>> = {
    "Future.from": (thenable, loop) => Future.from(thenable, { loop }),
    "a function given to Future.from": (thenable, loop) => Future.from(() => thenable, { loop }),
    all: (thenable, loop) => all([thenable], { loop }),
    "what a `then` callback returns": (thenable, loop) => Future.resolve(0, { loop }).then(() => thenable),
  };
  test.each(Object.entries(takers))("reads `then` once, and calls what it read: %s", async (_, take) => {
    const { loop } = lab();
    let reads = 0;
    const source = Promise.resolve("first");
    const get = () => (reads++ === 0 ? source.then.bind(source) : undefined);
    const future = take(Object.defineProperty({}, "then", { get }) as PromiseLike<string>, loop);
    loop.runUntilIdle();
    await source.then(nothing);
    loop.runUntilIdle();
    expect([reads, String(future.result())]).toEqual([1, "first"]);
  });

  test("native await, Promise.all, Promise.race and for await take futures", async () => {
    const make = () => [Future.resolve(1), Future.resolve(2)];
    expect(await Promise.all(make())).toEqual([1, 2]);
    expect(await Promise.race(make())).toBe(1);
    const seen: number[] = [];
    for await (const value of make()) seen.push(value);
    expect(seen).toEqual([1, 2]);
    await expect(async () => await Future.reject(new Error("no"))).rejects.toThrow("no");
  });

  test("from follows a promise and holds the loop meanwhile", async () => {
    const { loop } = lab();
    const { promise, resolve, flush } = native<number>();
    const future = Future.from(promise, { loop, name: "page" });
    expect(loop.holds).toEqual(['future "page"']);
    const task = drive(loop, () => waitFor(future));
    loop.runUntilIdle();
    resolve(5);
    await flush();
    loop.runUntilIdle();
    expect([task.value, loop.holds]).toEqual([5, []]);
  });

  test("from passes a rejection on, and what a function throws or returns by mistake", async () => {
    const error = new Error("no");
    await expect(Future.from(Promise.reject(error))).rejects.toBe(error);
    await expect(
      Future.from(() => {
        throw error;
      }),
    ).rejects.toBe(error);
    await expect(Future.from(() => 5 as never)).rejects.toThrow(/what the function returned is 5; give a promise/);
    const hostile = {
      then() {
        throw error;
      },
    };
    await expect(Future.from(hostile as never)).rejects.toBe(error);
    for (const bad of [5, undefined, null, "x", {}]) {
      expect(thrown(() => Future.from(bad as never))).toBeInstanceOf(TypeError);
    }
  });

  test("FUT-025 cancelled, the wrapper aborts its source with the same reason; a promise it was given keeps its value", async () => {
    const { loop } = lab();
    const reason = { why: "closed" };
    let signal: AbortSignal | undefined;
    const wrapper = Future.from(
      (given) => {
        signal = given;
        return new Promise<never>(nothing);
      },
      { loop },
    );
    expect(signal?.aborted).toBe(false);
    wrapper.cancel(reason);
    expect([signal?.aborted, loop.holds]).toEqual([true, []]);
    expect(signal?.reason).toBe(reason);
    const kept = Promise.resolve(7);
    const second = Future.from(kept, { loop });
    second.cancel();
    expect([await kept, second.state]).toEqual([7, "cancelled"]);
  });

  test("a signal is not aborted when the promise has settled by itself", async () => {
    let signal: AbortSignal | undefined;
    const future = Future.from(async (given) => {
      signal = given;
      return 1;
    });
    await future;
    future.cancel();
    expect(signal?.aborted).toBe(false);
  });

  test("a rejection that comes after the cancel is reported once, unless it only says that it was aborted", async () => {
    const reason = new Error("stop");
    const run = async (late: (signal: AbortSignal) => unknown) => {
      const { loop, reports } = lab();
      const { promise, reject, flush } = native<number>();
      let signal!: AbortSignal;
      const future = Future.from(
        (given) => {
          signal = given;
          return promise;
        },
        { loop, name: "late" },
      );
      future.cancel(reason);
      reject(late(signal));
      await flush();
      loop.runUntilIdle();
      return reports;
    };
    const error = new Error("disk full");
    expect(await run(() => error)).toEqual([[error, { what: "late rejection", name: "late" }]]);
    expect(await run((signal) => signal.reason)).toEqual([]);
    expect(await run(() => new DOMException("aborted", "AbortError"))).toEqual([]);
  });

  test("F5 from follows a future without owning it, and cancelled leaves nothing on it", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers<number>({ loop });
    const follower = Future.from(future, { loop });
    expect(countWaiters(future)).toBe(1);
    follower.cancel();
    expect([countWaiters(future), future.state]).toEqual([0, "pending"]);
  });
});

describe("with AbortSignals", () => {
  test("toSignal is aborted, a pass after the cancel, with the very reason", () => {
    const { loop, log } = lab();
    const reason = { why: "closed" };
    const { future } = Future.withResolvers({ loop });
    const signal = future.toSignal();
    signal.addEventListener("abort", () => log.push("aborted"));
    future.cancel(reason);
    log.push(`cancelled, aborted: ${signal.aborted}`);
    loop.runUntilIdle();
    expect(log).toEqual(["cancelled, aborted: false", "aborted"]);
    expect(signal.reason).toBe(reason);
    const late = Future.withResolvers({ loop }).future;
    late.cancel(reason);
    expect([late.toSignal().aborted, late.toSignal().reason === reason]).toEqual([true, true]);
  });

  test("without a reason the signal carries the CancelledError", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers({ loop });
    future.cancel();
    expect(isCancelled(future.toSignal().reason)).toBe(true);
  });

  test("toSignal is never aborted if the future ends otherwise", () => {
    const { loop } = lab();
    const signals = (["resolve", "reject"] as const).map((how) => {
      const made = Future.withResolvers({ loop });
      const before = made.future.toSignal();
      made[how](1 as never);
      void made.future.outcome;
      return [before, made.future.toSignal()];
    });
    loop.runUntilIdle();
    expect(signals.flat().map(({ aborted }) => aborted)).toEqual([false, false, false, false]);
  });

  test("F4 each call gives the same signal: one waiter, however often it is asked for", () => {
    const { future } = Future.withResolvers({ loop: lab().loop });
    const signals = new Set(Array.from({ length: 1000 }, () => future.toSignal()));
    expect([signals.size, countWaiters(future)]).toEqual([1, 1]);
  });

  test("a signal given to from cancels the future with its reason, and reaches the function's own signal", () => {
    const { loop } = lab();
    const reason = { why: "left" };
    const controller = new AbortController();
    let inner: AbortSignal | undefined;
    const future = Future.from(
      (given) => {
        inner = given;
        return new Promise<never>(nothing);
      },
      { loop, signal: controller.signal },
    );
    expect(listeners(controller.signal)).toBe(1);
    controller.abort(reason);
    expect(future.outcome).toEqual({ status: "cancelled", reason });
    expect(inner?.reason).toBe(reason);
    expect(listeners(controller.signal)).toBe(0);
  });

  test("a signal that is aborted already: cancelled at once, the function is never called", async () => {
    const { loop, log, reports } = lab();
    const signal = AbortSignal.abort("early");
    const started = Future.from(async () => log.push("called"), { loop, signal });
    const { promise, reject, flush } = native<number>();
    const given = Future.from(promise, { loop, signal });
    expect([started.state, given.state, log, loop.holds]).toEqual(["cancelled", "cancelled", [], []]);
    reject(new Error("late"));
    await flush();
    expect(reports).toHaveLength(1);
    expect(thrown(() => Future.from(promise, { signal: {} as never }))).toBeInstanceOf(TypeError);
  });
});

describe("how it looks", () => {
  test("futures in futures, without an end too, are shown as deep as everything else", () => {
    const { loop } = lab();
    const { future, resolve } = Future.withResolvers<unknown>({ loop, name: "f" });
    resolve(Future.resolve(future, { loop, name: "g" }));
    expect(inspect(future).match(/fulfilled/g)).toHaveLength(3);
    for (const depth of [null, Number.POSITIVE_INFINITY]) {
      expect(inspect(future, { depth }).match(/fulfilled/g)).toHaveLength(21);
    }
    expect(inspect({ a: { b: { c: future } } })).toContain('c: [Future "f"]');
  });

  test("FUT-022 pending: the first and last waiter and how many are between; settled: the outcome alone", () => {
    const { loop } = lab();
    const make = (name: string) => Future.withResolvers<unknown>({ loop, name });
    const pending = make("p");
    const waiters = (shown: string) => `Future "p" { status: 'pending', waiters: [${shown}] }`;
    expect(inspect(pending.future)).toBe(waiters(""));
    for (let index = 1; index <= 10; index++) {
      pending.future.addDoneCallback(Object.defineProperty(() => {}, "name", { value: `c${index}` }));
      if (index === 1) expect(inspect(pending.future)).toBe(waiters(" 'c1' "));
      if (index === 2) expect(inspect(pending.future)).toBe(waiters(" 'c1', 'c2' "));
    }
    expect(inspect(pending.future)).toBe(waiters(" 'c1', '<8 more>', 'c10' "));
    const [ok, no, off] = [make("a"), make("b"), make("c")];
    ok.resolve({ deep: [1] });
    no.reject("broken");
    off.future.cancel("enough");
    expect([ok, no, off].map(({ future }) => inspect(future))).toEqual([
      `Future "a" { status: 'fulfilled', value: { deep: [ 1 ] } }`,
      `Future "b" { status: 'rejected', reason: 'broken' }`,
      `Future "c" { status: 'cancelled', reason: 'enough' }`,
    ]);
    void no.future.outcome;
    expect(inspect({ deep: ok.future })).toContain("fulfilled");
  });

  test("its tag is Future, and an error of a wait prints its reason but not its scope", () => {
    const { loop } = lab();
    const { future } = Future.withResolvers({ loop });
    expect(Object.prototype.toString.call(future)).toBe("[object Future]");
    future.cancel("why");
    const text = inspect(thrown(() => future.result()));
    expect(text).toContain("CancelledError: Cancelled: why");
    expect(text).toContain("reason: 'why'");
    expect(text).not.toContain("scope");
  });
});
