import { describe, expect, test } from "vitest";
import {
  Condition,
  checkpoint,
  group,
  Lock,
  type Operation,
  sleep,
  type Task,
  type TaskGroup,
  use,
} from "../../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "../support.ts";

/** Spawns tasks that wait for the condition and say how that went, and whether they hold the lock. */
function waiters(
  root: TaskGroup,
  condition: Condition,
  say: (text: string) => void,
  names: readonly string[],
): Task<void>[] {
  return names.map((name) =>
    root.spawn(
      function* () {
        yield* condition.lock.acquire();
        try {
          yield* condition.wait();
          say(`${name} notified, owner ${condition.lock.statistics().owner}`);
        } catch (error) {
          say(`${name} ${tell(error)}, owner ${condition.lock.statistics().owner}`);
          throw error;
        } finally {
          condition.lock.release();
        }
      },
      { name, eager: true },
    ),
  );
}

describe("a condition", () => {
  test("SYNC-015 wakes as many as are notified, in order, each once the lock is free, and holding it", () => {
    const { play, log, say } = lab();
    const condition = new Condition(new Lock(), { name: "mail" });
    play(function* (root) {
      waiters(root, condition, say, ["a", "b", "c", "d"]);
      yield* condition.lock.acquire();
      expect(condition.notify()).toBe(1);
      yield* sleep(5);
      say("release");
      condition.lock.release();
      yield* sleep(5);
      yield* condition.lock.acquire();
      expect(condition.notify(2)).toBe(2);
      condition.lock.release();
      yield* sleep(5);
      yield* condition.lock.acquire();
      expect([condition.notifyAll(), condition.notifyAll()]).toEqual([1, 0]);
      condition.lock.release();
    });
    expect(log).toEqual([
      "5 release",
      "5 a notified, owner a",
      "10 b notified, owner b",
      "10 c notified, owner c",
      "15 d notified, owner d",
    ]);
  });

  test("SYNC-016 re-acquires the lock before a cancellation leaves, however long that takes", () => {
    const { play, log, say } = lab();
    const condition = new Condition();
    play(function* (root) {
      const [a] = waiters(root, condition, say, ["a"]);
      yield* condition.lock.acquire();
      a?.cancel("enough");
      expect(condition.statistics().waiting).toBe(0);
      yield* sleep(60_000); // beyond the budget for cleaning up: the lock comes first all the same
      condition.lock.release();
    });
    expect(log).toEqual(["60000 a CancelledError enough, owner a"]);
  });

  test("SYNC-016 [L] the same where every wait of a cancelled task throws at once", () => {
    const { play, log, say } = lab();
    const condition = new Condition();
    play(function* (root) {
      root.spawn(
        () =>
          group(
            function* (g) {
              waiters(g, condition, say, ["a"]);
              yield* sleep(1);
              g.cancel("enough");
            },
            { cleanupMs: 0, onCancel: () => {} },
          ),
        { eager: true },
      );
      yield* condition.lock.acquire();
      yield* sleep(10);
      condition.lock.release();
    });
    expect(log).toEqual(["10 a CancelledError enough, owner a"]);
  });

  test("SYNC-018 notified and cancelled at once, or while it waits for the lock: it goes on, so the work gets done", () => {
    for (const when of ["at once", "while it waits for the lock"]) {
      const { play, log, say } = lab();
      const condition = new Condition();
      const jobs: string[] = [];
      play(function* (root) {
        const [first] = ["first", "second"].map((name) =>
          root.spawn(
            function* () {
              yield* use(condition.lock);
              yield* condition.waitFor(() => jobs.length > 0);
              say(`${name} does ${jobs.shift()}`);
              yield* checkpoint();
              say(`${name} goes on`);
            },
            { name, eager: true },
          ),
        );
        yield* condition.lock.acquire();
        jobs.push("a job");
        condition.notify();
        if (when !== "at once") yield* sleep(10_000);
        first?.cancel();
        condition.lock.release();
        yield* sleep(1);
        yield* condition.lock.acquire();
        jobs.push("another");
        condition.notify();
        condition.lock.release();
      });
      const start = when === "at once" ? 0 : 10_000;
      expect(log).toEqual([
        `${start} first does a job`,
        `${start + 1} second does another`,
        `${start + 1} second goes on`,
      ]);
    }
  });

  test("cancelled before it is notified: the notification is for the next one", () => {
    const { play, log, say } = lab();
    const condition = new Condition();
    play(function* (root) {
      const [a] = waiters(root, condition, say, ["a", "b"]);
      yield* condition.lock.acquire();
      a?.cancel();
      condition.notify();
      condition.lock.release();
    });
    expect(log).toEqual(["0 b notified, owner b", "0 a CancelledError undefined, owner a"]);
  });

  test("SYNC-019 waitFor asks at once and after each notification, and gives what the predicate returned", () => {
    const { play, log, say } = lab();
    const condition = new Condition();
    let value = 0;
    play(function* (root) {
      const waiter = root.spawn(
        function* () {
          yield* use(condition.lock);
          return yield* condition.waitFor(() => {
            say(`asked at ${value}`);
            return value > 1 ? `value ${value}` : undefined;
          });
        },
        { eager: true },
      );
      for (value of [1, 2]) {
        yield* condition.lock.acquire();
        condition.notify();
        condition.lock.release();
        yield* sleep(1);
      }
      expect(yield* waiter).toBe("value 2");
      yield* condition.lock.acquire();
      expect(yield* condition.waitFor(() => "at once")).toBe("at once");
      root.cancel("over");
      expect(tell(yield* caught(() => condition.waitFor(() => true)))).toBe("CancelledError over");
      condition.lock.release();
    });
    expect(log).toEqual(["0 asked at 0", "0 asked at 1", "1 asked at 2"]);
  });

  test("needs its lock held: to wait, to wait for, to notify", () => {
    const { play } = lab();
    const condition = new Condition(new Lock({ name: "box" }), { name: "mail" });
    play(function* main(): Operation<void> {
      expect((yield* caught(() => condition.wait())).message).toBe(
        'Cannot wait for condition "mail" without lock "box" in task "main": nobody holds it; acquire it there first.',
      );
      expect((yield* caught(() => condition.waitFor(() => true))).message).toContain('without lock "box"');
      expect(thrown(() => condition.notify()).message).toContain('Cannot notify condition "mail" without lock "box"');
      yield* use(condition.lock);
      expect(tell(thrown(() => condition.notify(-1)))).toBe(
        "RangeError: Cannot notify -1 tasks: give a number from 0.",
      );
      expect(thrown(() => condition.waitFor(5 as never)).name).toBe("TypeError");
    });
  });

  test("SYNC-048 fails who waits for a notification when the lock's owner ends without releasing it", () => {
    const { play, log, say } = lab();
    const condition = new Condition(new Lock({ name: "box" }));
    const end = play(function* (root) {
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            yield* condition.lock.acquire();
            say(`${name} ${tell(yield* caught(() => condition.wait())).slice(0, 70)}`);
          },
          { name, eager: true },
        );
      }
      yield* sleep(1);
      root.spawn(function* careless() {
        yield* condition.lock.acquire();
      });
    });
    expect(log).toEqual(
      ["a", "b"].map((name) => `1 ${name} OwnerEndedError: Cannot wait for lock "box": task "careless" has ended`),
    );
    expect(end).toBe("fulfilled undefined");
  });

  test.each(["use", "finally"])("SYNC-048 who gives the broken lock back (by %s) is told of its owner, too", (how) => {
    const { play, log, say } = lab();
    const condition = new Condition(new Lock({ name: "box" }));
    play(function* (root) {
      const waiter = root.spawn(
        function* () {
          if (how === "use") yield* use(condition.lock);
          else yield* condition.lock.acquire();
          try {
            yield* condition.wait();
          } finally {
            if (how === "finally") condition.lock.release();
          }
        },
        { eager: true, onError: "owner" },
      );
      root.spawn(function* careless() {
        yield* condition.lock.acquire();
      });
      say(tell(yield* caught(() => waiter)).slice(0, 70));
    });
    expect(log).toEqual(['0 OwnerEndedError: Cannot wait for lock "box": task "careless" has ended']);
  });

  test("SYNC-045 notify refuses to wake who waits on another loop, and loses nobody", () => {
    const condition = new Condition(new Lock({ name: "box" }));
    const [first, second] = [lab(), lab()];
    const task = first.start(function* here() {
      yield* use(condition.lock);
      yield* condition.wait();
    });
    first.loop.runUntilIdle();
    const end = second.play(function* there() {
      yield* use(condition.lock);
      condition.notify();
    });
    expect(end).toContain('in task "here": task "there", on another loop');
    expect(condition.statistics()).toEqual({ waiting: 1 });
    first.play(function* () {
      yield* use(condition.lock);
      condition.notify();
    });
    expect(read(task)).toBe("fulfilled undefined");
  });

  test("several conditions may share a lock", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    const [full, empty] = [new Condition(lock), new Condition(lock)];
    play(function* (root) {
      waiters(root, full, say, ["for full"]);
      waiters(root, empty, say, ["for empty"]);
      yield* lock.acquire();
      empty.notify();
      full.notify();
      lock.release();
    });
    expect(log).toEqual(["0 for empty notified, owner for empty", "0 for full notified, owner for full"]);
  });

  test("DEBUG-021 shows how many wait to be notified, and what a notified one waits for", () => {
    const { play } = lab();
    const condition = new Condition(new Lock({ name: "box" }), { name: "mail" });
    play(function* main(root): Operation<void> {
      const [a] = waiters(root, condition, () => {}, ["a", "b"]);
      yield* condition.lock.acquire();
      expect([condition.statistics(), a?.request?.describe()]).toEqual([{ waiting: 2 }, 'condition "mail"']);
      condition.notify();
      expect([condition.statistics(), a?.request?.describe()]).toEqual([{ waiting: 1 }, 'lock "box" (held by "main")']);
      condition.notify();
      condition.lock.release();
    });
  });

  test.each([1, 2, 3, 4, 5, 6])(
    "loses no job and no lock under cancels at any moment, in random order (seed %i)",
    (seed) => {
      const { start, finish } = lab({ seed, order: "random" });
      const condition = new Condition();
      let jobs = 0;
      let done = 0;
      const task = start(function* (root) {
        const workers = Array.from({ length: 12 }, () =>
          root.spawn(function* () {
            for (;;) {
              yield* condition.lock.acquire();
              try {
                yield* condition.waitFor(() => jobs > 0);
                jobs--;
                done++;
              } finally {
                condition.lock.release();
              }
            }
          }),
        );
        for (let i = 0; i < 40; i++) {
          yield* checkpoint();
          yield* condition.lock.acquire();
          jobs++;
          condition.notify();
          if (i % 4 === seed % 4) workers[i >> 2]?.cancel();
          condition.lock.release();
        }
        yield* sleep(1);
        expect([jobs, done]).toEqual([0, 40]);
        for (const worker of workers) worker.cancel();
      });
      ending(task);
      finish();
      expect([read(task), condition.lock.locked]).toEqual(["fulfilled undefined", false]);
    },
  );
});
