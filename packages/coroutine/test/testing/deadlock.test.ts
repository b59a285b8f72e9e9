/*
 * The report of a test that can never end: at once, with who waits for what, and the circle if it is known.
 */
import { describe, expect, test } from "vitest";
import {
  Condition,
  Event,
  group,
  Lock,
  type Operation,
  ParkingLot,
  Semaphore,
  sleep,
  type Task,
} from "../../src/index.ts";
import { dump } from "../../src/inspect/index.ts";
import { DeadlockError, runTest, type TestBody } from "../../src/testing/index.ts";
import { rejection } from "./rejection.ts";

const deadlockOf = async (body: TestBody<unknown>, options = {}): Promise<DeadlockError> => {
  const failure = await rejection<DeadlockError>(runTest(body, { name: "main", ...options }));
  expect(failure).toBeInstanceOf(DeadlockError);
  return failure;
};

function* crossing(root: Parameters<TestBody<unknown>>[0]): Operation<void> {
  const [left, right] = [new Lock({ name: "left" }), new Lock({ name: "right" })];
  const take = (first: Lock, second: Lock) =>
    function* (): Operation<void> {
      yield* first.acquire();
      yield* sleep(1);
      yield* second.acquire();
    };
  root.spawn(take(left, right), { name: "a" });
  root.spawn(take(right, left), { name: "b" });
}

describe("a deadlock", () => {
  test("of two locks names each task, what it waits for, and the circle", async () => {
    const failure = await deadlockOf(crossing);
    expect(failure.tasks).toEqual([
      { name: "main", waitingFor: 'group "main"' },
      { name: "a", waitingFor: 'lock "right" (held by "b")' },
      { name: "b", waitingFor: 'lock "left" (held by "a")' },
    ]);
    expect(failure.cycle).toEqual(["a", "b"]);
    expect(failure.message).toContain("in a circle: a → b → a");
    expect(failure).toMatchObject({ code: "DEADLOCK", seed: 1, run: 0 });
    expect(failure.log.at(-1)).toBe('1 b: waits for lock "left" (held by "a")');
  });

  test("is found although a heartbeat goes on, if it is a circle", async () => {
    const failure = await deadlockOf(function* (root) {
      root.spawn(function* heartbeat() {
        for (;;) yield* sleep(1);
      });
      yield* crossing(root);
    });
    expect(failure.cycle).toEqual(["a", "b"]);
  });

  test("of a group whose owner holds what a child needs", async () => {
    const lock = new Lock({ name: "db" });
    const failure = await deadlockOf(function* () {
      yield* lock.acquire();
      yield* group(function* (g) {
        g.spawn(() => lock.acquire(), { name: "child" });
      });
    });
    expect(failure.cycle).toEqual(["main", "child"]);
  });

  test("of two tasks that wait for each other", async () => {
    const failure = await deadlockOf(function* (root) {
      const tasks: Task<unknown>[] = [];
      for (const [i, name] of ["a", "b"].entries()) {
        const wait = function* (): Operation<unknown> {
          return yield* (tasks[1 - i] as Task<unknown>).join();
        };
        tasks.push(root.spawn(wait, { name }));
      }
    });
    expect(failure.cycle).toEqual(["a", "b"]);
  });

  test("of waits that nobody will answer has no circle", async () => {
    const mail = new Condition(new Lock({ name: "box" }), { name: "mail" });
    const failure = await deadlockOf(function* (root) {
      const waits: Record<string, () => Operation<unknown>> = {
        event: () => new Event({ name: "ready" }).wait(),
        semaphore: () => new Semaphore(0, { name: "pages" }).acquire(),
        lot: () => new ParkingLot({ name: "door" }).park(),
        condition: function* () {
          yield* mail.lock.acquire();
          yield* mail.wait();
        },
        sleeper: () => sleep(Number.POSITIVE_INFINITY),
      };
      for (const [name, wait] of Object.entries(waits)) root.spawn(wait, { name });
    });
    expect(failure.cycle).toBeUndefined();
    expect(failure.tasks).toEqual([
      { name: "main", waitingFor: 'group "main"' },
      { name: "event", waitingFor: 'event "ready"' },
      { name: "semaphore", waitingFor: 'semaphore "pages" (0 free)' },
      { name: "lot", waitingFor: 'parking lot "door"' },
      { name: "condition", waitingFor: 'condition "mail"' },
      { name: "sleeper", waitingFor: "sleep(Infinity)" },
    ]);
  });

  test("of time that is moved by hand, and is not, says so", async () => {
    const failure = await deadlockOf(() => sleep(5), { time: "manual" });
    expect(failure.message).toContain("time is moved by hand, and 1 timers wait for it");
  });

  test("leaves nothing behind, and what it leaves cleans up", async () => {
    const log: string[] = [];
    const failure = await deadlockOf(function* () {
      try {
        yield* new Event().wait();
      } finally {
        yield* sleep(1_000);
        log.push("cleaned up");
      }
    });
    expect(log).toEqual(["cleaned up"]);
    expect(failure.log.join()).not.toContain("told that it was cancelled");
    expect(dump()).toBe("no tasks");
  });
});
