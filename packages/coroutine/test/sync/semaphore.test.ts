import { checkAwaitable } from "@skein/future/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpoint, Semaphore, sleep, type Task, type TaskGroup, use } from "../../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "../support.ts";

/** Spawns tasks that take `count` permits, say so, and keep them. */
function take(
  root: TaskGroup,
  semaphore: Semaphore,
  say: (text: string) => void,
  wanted: Record<string, number>,
): Task<void>[] {
  return Object.entries(wanted).map(([name, count]) =>
    root.spawn(
      function* () {
        yield* semaphore.acquire(count);
        say(name);
      },
      { name, eager: true },
    ),
  );
}

describe("a semaphore", () => {
  test("SYNC-021 lets three in and the fourth wait; with 0 it is locked; a negative number is refused", () => {
    const { play, log, say } = lab();
    const semaphore = new Semaphore(3);
    play(function* (root) {
      take(root, semaphore, say, { a: 1, b: 1, c: 1, d: 1 });
      expect([semaphore.locked, semaphore.available, semaphore.tryAcquire()]).toEqual([true, 0, false]);
      yield* sleep(1);
      semaphore.release();
    });
    expect(log).toEqual(["0 a", "0 b", "0 c", "1 d"]);
    expect([new Semaphore(0).locked, new Semaphore(1).locked]).toEqual([true, false]);
    expect(tell(thrown(() => new Semaphore(-1)))).toBe(
      "RangeError: Cannot make a semaphore with -1 permits: give a whole number from 0.",
    );
  });

  test("SYNC-022 reserves a freed permit for its waiter: newcomers queue up behind, in strict order", () => {
    const { play, log, say } = lab();
    const semaphore = new Semaphore(1);
    play(function* (root) {
      yield* semaphore.acquire();
      take(root, semaphore, say, { one: 1, two: 1 });
      semaphore.release();
      expect(semaphore.tryAcquire()).toBe(false);
      take(root, semaphore, say, { three: 1 });
      semaphore.release();
      semaphore.release();
      take(root, semaphore, say, { four: 1 });
      semaphore.release();
      yield* checkpoint();
    });
    expect(log).toEqual(["0 one", "0 two", "0 three", "0 four"]);
  });

  test("SYNC-024 with a maximum refuses to be released beyond it, and is not changed by that", () => {
    const { play } = lab();
    const semaphore = new Semaphore(1, { max: 2, name: "pages" });
    play(function* () {
      semaphore.release();
      expect(tell(thrown(() => semaphore.release()))).toBe(
        'MisuseError: Cannot release 1 of semaphore "pages": 2 of at most 2 are free; release only what was acquired.',
      );
      expect(semaphore.statistics()).toEqual({ available: 2, max: 2, waiting: 0 });
      expect(tell(thrown(() => semaphore.acquire(3)))).toBe(
        'RangeError: Cannot acquire 3 of semaphore "pages": there are never more than 2.',
      );
    });
  });

  test("a large request is not starved by small ones, and does not hold them up once it has left", () => {
    const { play, log, say } = lab();
    const semaphore = new Semaphore(2);
    play(function* (root) {
      yield* semaphore.acquire(2);
      const [large] = take(root, semaphore, say, { large: 2, small: 1, tiny: 1 });
      semaphore.release();
      expect([semaphore.available, semaphore.locked, semaphore.tryAcquire()]).toEqual([1, true, false]);
      take(root, semaphore, say, { newcomer: 1 });
      yield* sleep(1);
      large?.cancel();
      yield* sleep(1);
      semaphore.release();
      yield* sleep(1);
      semaphore.release(2);
    });
    expect(log).toEqual(["1 small", "2 tiny", "3 newcomer"]);
    expect(semaphore.statistics()).toEqual({ available: 1, max: undefined, waiting: 0 });
  });

  test("hands several permits to as many waiters as they are enough for", () => {
    const { play, log, say } = lab();
    const semaphore = new Semaphore(0);
    play(function* (root) {
      take(root, semaphore, say, { a: 1, b: 2, c: 1, d: 3 });
      semaphore.release(5);
      expect(semaphore.statistics()).toEqual({ available: 1, max: undefined, waiting: 1 });
      yield* sleep(1);
      semaphore.release(2);
    });
    expect(log).toEqual(["0 a", "0 b", "0 c", "1 d"]);
  });

  test("one acquire operation may be used by several tasks at once", () => {
    const { play } = lab();
    const semaphore = new Semaphore(0);
    const two = semaphore.acquire(2);
    play(function* (root) {
      const tasks = [root.spawn(two, { eager: true }), root.spawn(two, { eager: true })];
      tasks[0]?.cancel();
      semaphore.release(2);
      yield* tasks[1] as Task<void>;
      expect(semaphore.available).toBe(0);
    });
  });

  test("ADV-21 released and then cancelled in one turn: the waiter has the permit, and `use` gives it back", () => {
    const { play, log, say } = lab();
    const semaphore = new Semaphore(1);
    play(function* (root) {
      yield* semaphore.acquire();
      const [a] = ["a", "b"].map((name) =>
        root.spawn(
          function* () {
            yield* use(semaphore);
            say(name);
            yield* sleep(1);
          },
          { eager: true },
        ),
      );
      semaphore.release();
      a?.cancel();
    });
    expect(log).toEqual(["0 a", "0 b"]);
    expect(semaphore.available).toBe(1);
  });

  test("is a cancellation point also when a permit is free, and then takes none", () => {
    const { play } = lab();
    const semaphore = new Semaphore(1);
    play(function* (root) {
      root.cancel("over");
      expect(tell(yield* caught(() => semaphore.acquire()))).toBe("CancelledError over");
      expect(semaphore.available).toBe(1);
    });
  });

  test("DEBUG-021 shows what is free and how many wait", () => {
    const { play } = lab();
    const semaphore = new Semaphore(1, { name: "pages" });
    play(function* (root) {
      const tasks = take(root, semaphore, () => {}, { a: 1, b: 1, c: 2 });
      expect([semaphore.statistics(), semaphore.describe()]).toEqual([
        { available: 0, max: undefined, waiting: 2 },
        'semaphore "pages" (0 free)',
      ]);
      for (const task of tasks) task.cancel();
      yield* sleep(0);
      expect(semaphore.statistics().waiting).toBe(0);
    });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2" as never])(
    "refuses to acquire or release %s permits",
    (count) => {
      const semaphore = new Semaphore(1);
      for (const call of [
        () => semaphore.acquire(count),
        () => semaphore.tryAcquire(count),
        () => semaphore.release(count),
      ]) {
        expect(tell(thrown(call))).toMatch(
          /^RangeError: Cannot (acquire|release) .* permits: give a whole number from 1\.$/,
        );
      }
      expect(tell(thrown(() => new Semaphore(2, { max: 1 })))).toBe(
        "RangeError: Cannot make a semaphore with at most 1 permits: give a whole number from 2.",
      );
    },
  );

  test("permits are whole, the order is that of asking and nobody waits in vain, whatever is asked, released and cancelled", () => {
    const step = fc.oneof(
      fc.record({ ask: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ release: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ cancel: fc.nat(20) }),
      fc.constant({ turn: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
        const { start, finish } = lab({ seed, order: "random" });
        const semaphore = new Semaphore(2);
        const asked: { count: number; task: Task<void>; state: "waiting" | "has" | "gone" }[] = [];
        let free = 2;
        /** The plain model: serve from the front while it fits. */
        const serve = (): void => {
          for (const entry of asked) {
            if (entry.state !== "waiting") continue;
            if (entry.count > free) return;
            free -= entry.count;
            entry.state = "has";
          }
        };
        const cancel = (entry: (typeof asked)[number] | undefined): void => {
          entry?.task.cancel();
          if (entry?.state === "waiting") entry.state = "gone";
          serve();
        };
        const task = start(function* (root) {
          for (const next of steps) {
            if ("ask" in next) {
              asked.push({
                count: next.ask,
                task: root.spawn(semaphore.acquire(next.ask), { eager: true }),
                state: "waiting",
              });
            } else if ("release" in next) {
              semaphore.release(next.release);
              free += next.release;
            } else if ("cancel" in next) {
              cancel(asked[next.cancel]);
            } else yield* checkpoint();
            serve();
            expect(semaphore.statistics()).toEqual({
              available: free,
              max: undefined,
              waiting: asked.filter(({ state }) => state === "waiting").length,
            });
          }
          asked.forEach(cancel);
        });
        ending(task);
        finish();
        expect(read(task)).toBe("fulfilled undefined");
        expect(asked.map(({ task }) => task.state)).toEqual(
          asked.map(({ state }) => (state === "has" ? "done" : "cancelled")),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("16,000 waiters cost the same each as 1,000: every wake looks at one", () => {
    const looked = (waiters: number): number => {
      const { play } = lab();
      const semaphore = new Semaphore(0);
      let looks = 0;
      play(function* (root) {
        for (let i = 0; i < waiters; i++) root.spawn(() => semaphore.acquire());
        yield* checkpoint();
        const first = Object.getOwnPropertyDescriptor(semaphore.lot, "firstWaiter");
        let node = first?.value;
        Object.defineProperty(semaphore.lot, "firstWaiter", {
          configurable: true,
          get: () => {
            looks++;
            return node;
          },
          set: (value) => {
            node = value;
          },
        });
        for (let i = 0; i < waiters; i++) semaphore.release();
      });
      return looks / waiters;
    };
    expect(looked(1_000)).toBeLessThan(4);
    expect(looked(16_000)).toBeLessThan(4);
  });
});

describe("acquiring a permit keeps the rules of awaitables", () => {
  for (const count of [1, 2]) {
    for (const { id, name, run } of checkAwaitable(() => {
      const semaphore = new Semaphore(0);
      return { operation: () => semaphore.acquire(count), provide: () => semaphore.release(count) };
    })) {
      test(`${id} ${name} (${count} at once)`, run);
    }
  }
});
