/*
 * What outlives a test fails it, by kind and name and with the place where it was made.
 */
import { describe, expect, test } from "vitest";
import {
  CapacityLimiter,
  detach,
  Future,
  Lock,
  moveOnAfter,
  type Operation,
  openWatch,
  run,
  Semaphore,
  scope,
  sleep,
  type TaskGroup,
  until,
  use,
} from "../../src/index.ts";
import { dump } from "../../src/inspect/index.ts";
import { type Leak, LeakError, runTest, type TestBody } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

const leaksOf = async (body: TestBody<unknown>): Promise<readonly Leak[]> => {
  const failure = await rejection<LeakError>(runTest(body));
  expect(failure).toBeInstanceOf(LeakError);
  expect(failure.code).toBe("LEAK");
  return failure.leaks;
};
const here = /leaks\.test\.ts:\d+:\d+$/;

describe("a leak", () => {
  test("of a task that was run beside the test", async () => {
    const leaks = await leaksOf(function* () {
      run(() => sleep(1_000), { name: "forgotten" });
    });
    expect(leaks).toEqual([{ kind: "task", name: "forgotten", bornAt: expect.stringMatching(here) }]);
    expect(dump()).toBe("no tasks");
  });

  test("of a timer", async () => {
    const leaks = await leaksOf(function* (_root, t) {
      t.loop.callLater(10, function tick() {});
      t.loop.callLater(20, () => {}).cancel();
      t.loop.callLater(30, () => {});
      t.loop.callLater(1, () => {});
      yield* sleep(5);
    });
    expect(leaks).toEqual([
      { kind: "timer", name: "tick", bornAt: expect.stringMatching(here) },
      { kind: "timer", name: "anonymous", bornAt: expect.stringMatching(here) },
    ]);
  });

  test("of an abort listener, on a signal from outside or from inside", async () => {
    const outside = new AbortController();
    const leaks = await leaksOf(function* () {
      const inside = new AbortController();
      for (const { signal } of [outside, inside]) signal.addEventListener("abort", function onAbort() {});
      const gone = () => {};
      outside.signal.addEventListener("abort", gone);
      outside.signal.removeEventListener("abort", gone);
      outside.signal.addEventListener("abort", () => {}, { signal: AbortSignal.abort() });
    });
    const leak = { kind: "abort listener", name: "onAbort", bornAt: expect.stringMatching(here) };
    expect(leaks).toEqual([leak, leak]);
  });

  test("of a lock and of permits", async () => {
    const [lock, pages, limiter] = [
      new Lock({ name: "db" }),
      new Semaphore(5, { name: "pages" }),
      new CapacityLimiter(3, { name: "sockets" }),
    ];
    const leaks = await leaksOf(function* holder() {
      yield* lock.acquire();
      yield* pages.acquire(2);
      yield* limiter.acquire();
    });
    expect(leaks).toEqual([
      { kind: "lock", name: 'db (held by "holder")', bornAt: expect.stringMatching(here) },
      { kind: "permits", name: "pages (2 missing)", bornAt: expect.stringMatching(here) },
      { kind: "permits", name: "sockets (1 missing)", bornAt: expect.stringMatching(here) },
    ]);
  });

  test("of a promise that nobody waits for any more", async () => {
    const leaks = await leaksOf(function* main() {
      Future.from(new Promise(() => {}), { name: "endless" });
      yield* moveOnAfter(0, () => until(() => new Promise(() => {})));
    });
    expect(leaks).toMatchObject([{ kind: "promise", name: 'future "endless"' }]);
  });

  test("of a cancelled wait whose promise goes on", async () => {
    const leaks = await leaksOf(function* (root) {
      const task = root.spawn(() => until(() => new Promise(() => {})), { name: "fetcher", onError: "owner" });
      task.addDoneCallback(() => {});
      yield* sleep(0);
      yield* sleep(0);
      task.cancel();
    });
    expect(leaks).toMatchObject([{ kind: "promise", name: "promise of fetcher" }]);
  });

  test("of what the test was told to watch", async () => {
    const leaks = await leaksOf(function* (_root, t) {
      t.watch("socket", "left open", () => true);
      t.watch("socket", "closed", () => false);
    });
    expect(leaks).toEqual([{ kind: "socket", name: "left open", bornAt: expect.stringMatching(here) }]);
  });

  test("of what a package above has opened and told of", async () => {
    const leaks = await leaksOf(function* () {
      for (const open of [true, false]) openWatch?.("connection", "db", () => open);
    });
    expect(leaks).toEqual([{ kind: "connection", name: "db", bornAt: expect.stringMatching(here) }]);
    expect(openWatch).toBeNull();
  });

  test("is not looked for where it is not wanted", async () => {
    const result = runTest(
      function* (_root, t) {
        t.loop.callLater(1, () => {});
        return "fine";
      },
      { leakCheck: false },
    );
    expect(await result).toBe("fine");
  });

  test("does not hide the failure of the body", async () => {
    const failure = await rejection(
      runTest(function* (_root, t) {
        t.loop.callLater(1, () => {});
        throw new Error("boom");
      }),
    );
    expect(failure.code).toBe("TEST_FAILED");
    expect(failure.message).toMatch(/^boom/);
  });
});

describe("no leak", () => {
  const clean = (name: string, body: TestBody<unknown>): void => {
    test(name, async () => {
      await runTest(body);
    });
  };

  clean("is what is given back", function* (root) {
    const [lock, pages, limiter] = [new Lock(), new Semaphore(2), new CapacityLimiter(1)];
    for (let i = 0; i < 3; i++) {
      root.spawn(function* () {
        for (const resource of [lock, pages, limiter]) yield* use(resource);
        yield* sleep(1);
      });
    }
  });

  clean("is a semaphore that counts what others make", function* (root) {
    const made = new Semaphore(0);
    root.spawn(function* consumer() {
      for (let i = 0; i < 3; i++) yield* made.acquire();
    });
    for (let i = 0; i < 3; i++) {
      yield* sleep(1);
      made.release();
    }
  });

  clean("is a semaphore that counts what is made before it is asked for", function* () {
    const made = new Semaphore(0);
    made.release(2);
    yield* made.acquire(2);
  });

  test("is a timer that is due when the test ends: it fires", async () => {
    let fired = false;
    await runTest(function* (_root, t) {
      t.loop.callLater(0, () => {
        fired = true;
      });
    });
    expect(fired).toBe(true);
  });

  clean("is a detached task: it ends with the run", function* () {
    detach(() => sleep(1_000), { onError() {} });
    yield* sleep(1);
  });

  clean("is a listener on a signal that ends with its scope or its wait", function* () {
    yield* scope(function* (s): Operation<void> {
      s.signal.addEventListener("abort", () => {});
    });
    yield* until((signal) => {
      signal.addEventListener("abort", () => {});
      return Promise.resolve();
    });
  });

  clean("is a promise that settles in the same turn as the test", function* (root) {
    const task = root.spawn(() => until(() => Promise.resolve()), { onError: "owner" });
    task.addDoneCallback(() => {});
    yield* sleep(0);
    task.cancel();
  });

  clean("is a listener on a signal that has aborted", function* () {
    const controller = new AbortController();
    controller.signal.addEventListener("abort", () => {});
    controller.abort();
  });

  test("is what a test beside this one has open", async () => {
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const [pages, outside] = [new Semaphore(1), new AbortController()];
    // Begins first and ends first, and sees all that the other one does.
    const watching = runTest(() => until(ended));
    const open = runTest(function* (root) {
      yield* use(pages);
      const onAbort = () => {};
      outside.signal.addEventListener("abort", onAbort);
      let settle: () => void = () => {};
      const orphan = root.spawn(() => until(() => new Promise<void>((resolve) => (settle = resolve))), {
        name: "orphan",
        onError: "owner",
      });
      orphan.addDoneCallback(() => {});
      yield* sleep(0);
      yield* sleep(0);
      orphan.cancel();
      end();
      yield* until(watching);
      settle();
      outside.signal.removeEventListener("abort", onAbort);
    });
    await Promise.all([watching, open]);
  });

  test("is a promise that a task of the same name has left behind, in a test beside this one", async () => {
    let left: () => void = () => {};
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    let settle: () => void = () => {};
    const work = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const leaving = function* (root: TaskGroup): Operation<void> {
      const child = root.spawn(() => until(() => work), { name: "fetcher", onError: "owner" });
      child.addDoneCallback(() => {});
      yield* sleep(0);
      yield* sleep(0);
      child.cancel();
      yield* child.join();
      left();
      yield* until(watching);
      settle();
    };
    const watching = runTest(function* (root) {
      root.spawn(function* () {}, { name: "fetcher" });
      yield* until(hasLeft);
    });
    await Promise.all([watching, runTest(leaving)]);
  });

  test("is what was there before, and signals are themselves again after the test", async () => {
    const before = new AbortController();
    before.signal.addEventListener("abort", () => {});
    await runTest(function* () {});
    expect(Object.keys(AbortSignal.prototype)).not.toContain("addEventListener");
    expect(AbortSignal.prototype.addEventListener).toBe(EventTarget.prototype.addEventListener);
  });
});
