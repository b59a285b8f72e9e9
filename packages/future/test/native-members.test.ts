import { EventLoop } from "@skein/loop";
import { VirtualLoop } from "@skein/loop/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { all, any, asCompleted, Future, race, settled, shield, wait, withTimeout } from "../src/index.ts";
import { lab } from "./support/lab.ts";

const { then } = Promise.prototype;
/** Who was listened to, by `then`, in the test that runs now. */
let listenedTo: unknown[] = [];

beforeEach(() => {
  listenedTo = [];
  // By hand: a spy listens to the promises that pass through it.
  Promise.prototype.then = function (this: Promise<unknown>, ...given) {
    listenedTo.push(this);
    return then.apply(this, given as never);
  } as typeof then;
});
afterEach(() => {
  Promise.prototype.then = then;
});

const timesListenedTo = (promise: unknown) => listenedTo.filter((seen) => seen === promise).length;

/** A native promise with its means. */
function native<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((...means) => {
    [resolve, reject] = means;
  });
  /** Lets its reactions run. */
  const flush = async () => void (await new Promise((run) => setImmediate(run)));
  return { promise, resolve, reject, flush };
}

describe("all who combine one native promise share one reaction on it", () => {
  test("F4 a thousand of every combinator, answered, too late or cancelled, leave one", () => {
    const { loop } = lab();
    const { promise } = native<number>();
    const quick = () => Future.resolve(1, { loop });
    for (let round = 0; round < 1_000; round++) {
      race([promise, quick()]);
      any([quick(), promise]);
      all([promise, Future.reject(new Error("no"), { loop })]).catch(() => {});
      wait([promise, quick()], { until: "first" });
      wait([promise], { loop, timeoutMs: 1 });
      withTimeout(promise, 1, { loop }).catch(() => {});
      for (const future of [settled([promise], { loop }), shield(promise, { loop })]) future.cancel();
      asCompleted([promise, promise], { loop }).close();
    }
    loop.advance(1);
    expect(timesListenedTo(promise)).toBe(1);
    expect([loop.holds, loop.timers]).toEqual([[], 0]);
  });

  test("F2 they are answered in the order in which they asked, without those that left", async () => {
    const { loop, log, note } = lab();
    const { promise, resolve, flush } = native<string>();
    const waits = ["a", "b", "c", "d"].map((name) => {
      const future = shield(promise, { loop });
      future.then(note(name), () => {});
      return future;
    });
    waits[0]?.cancel();
    waits[2]?.cancel();
    expect(loop.holds).toHaveLength(2);
    resolve("x");
    await flush();
    expect(loop.holds).toEqual([]);
    loop.runUntilIdle();
    expect(log).toEqual(["b x", "d x"]);
  });

  test("a member given twice counts twice, and one answer leaves the other", async () => {
    const { loop } = lab();
    const { promise, resolve, flush } = native<number>();
    const both = all([promise, promise], { loop });
    const one = race([promise, promise], { loop });
    resolve(3);
    await flush();
    expect([both.result(), one.result(), loop.holds]).toEqual([[3, 3], 3, []]);
  });

  test("one that has settled is asked anew: it keeps no reactions", async () => {
    const { loop } = lab();
    const { promise, resolve, flush } = native<number>();
    const first = race([promise], { loop });
    resolve(1);
    const second = race([promise], { loop });
    await flush();
    const third = race([promise], { loop });
    expect([first.state, second.state, third.state]).toEqual(["done", "done", "pending"]);
    await flush();
    expect(third.result()).toBe(1);
  });

  test("each is settled on its own loop; one whose loop is closed is dropped", async () => {
    const loops = [new VirtualLoop(), new EventLoop(), new VirtualLoop()];
    const { promise, resolve, flush } = native<string>();
    const seen: string[] = [];
    for (const [index, loop] of loops.entries()) {
      shield(promise, { loop }).addDoneCallback((done) => seen.push(`${index} ${done.result()}`));
    }
    (loops[1] as EventLoop).close();
    resolve("x");
    await flush();
    for (const loop of loops) if (loop instanceof VirtualLoop) loop.runUntilIdle();
    expect(seen).toEqual(["0 x", "2 x"]);
  });

  test("a thenable of any other kind is asked by each, since to ask may be to begin", async () => {
    const { loop } = lab();
    class Query extends Promise<number> {}
    const asked: string[] = [];
    const own = Promise.resolve(0);
    const send = (done: (value: number) => unknown) => {
      asked.push("own");
      return Promise.resolve(2).then(done);
    };
    Object.defineProperty(own, "then", { value: send });
    const query = new Query((done) => done(1));
    const waits = [query, query, own, own].map((member) => race([member], { loop }));
    expect(timesListenedTo(query)).toBe(2);
    expect(asked).toEqual(["own", "own"]);
    await new Promise((run) => setImmediate(run));
    expect(waits.map((future) => future.result())).toEqual([1, 1, 2, 2]);
  });
});

describe("the rejection of a native promise that many have combined", () => {
  const error = new Error("late");

  test("F7 reaches all who wait, and is then no news", async () => {
    const { loop, reports } = lab();
    const { promise, reject, flush } = native<number>();
    withTimeout(promise, 1, { loop }).catch(() => {});
    loop.advance(1);
    const waits = [race([promise], { loop }), all([promise], { loop })];
    reject(error);
    await flush();
    expect(waits.map((future) => future.outcome)).toEqual(Array(2).fill({ status: "rejected", reason: error }));
    loop.runUntilIdle();
    expect(reports).toEqual([]);
  });

  test("F7 is reported once, in the name of the first who left it to itself", async () => {
    const { loop, reports } = lab();
    const { promise, reject, flush } = native<number>();
    race([promise, Future.resolve(1, { loop })]); // has its answer, and takes the errors over
    for (let round = 0; round < 3; round++) withTimeout(promise, 1, { loop }).catch(() => {});
    loop.advance(1);
    reject(error);
    await flush();
    loop.runUntilIdle();
    expect(reports).toEqual([[error, { what: "late rejection", name: "future-2" }]]);
  });

  test("F7 of a thenable of another kind is dropped by who took it over, and else told", async () => {
    for (const [combine, told] of [
      [race, []],
      [(members: Promise<number>[]) => wait(members, { until: "first" }), [error]],
    ] as const) {
      const { loop, reports } = lab();
      let fail: (error: Error) => void = () => {};
      class Query extends Promise<number> {}
      const query = new Query((_, reject) => {
        fail = reject;
      });
      combine([query, Future.resolve(1, { loop }) as never]);
      fail(error);
      await new Promise((run) => setImmediate(run));
      expect(reports.map(([seen]) => seen)).toEqual(told);
    }
  });

  test("F7 to be aborted is none", async () => {
    for (const reason of [new DOMException("gone", "AbortError"), undefined]) {
      const { loop, reports } = lab();
      const { promise, reject, flush } = native<number>();
      shield(promise, { loop }).cancel();
      reject(reason);
      await flush();
      expect(reports).toEqual([]);
    }
  });
});

test("of what a thenable says the first counts: it may throw, or answer again, after that", () => {
  const { loop, reports } = lab();
  const first = <T>(value: T): PromiseLike<T> =>
    ({
      then(resolve: (value: T) => void, reject: (error: unknown) => void) {
        resolve(value);
        reject(new Error("too late"));
        throw new Error("later still");
      },
    }) as unknown as PromiseLike<T>;
  const futures = [undefined, 1].map((value) => Future.from(first(value), { loop }));
  loop.runUntilIdle();
  expect(futures.map((future) => future.result())).toEqual([undefined, 1]);
  expect(reports).toEqual([]);
});
