import { describe, expect, test } from "vitest";
import {
  CapacityLimiter,
  checkpoint,
  Lock,
  type Operation,
  run,
  Semaphore,
  sleep,
  type Task,
  type TaskGroup,
  use,
} from "../../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "../support.ts";

/** Spawns tasks that take the lock, say so, and hold it for a millisecond. */
function workers(root: TaskGroup, lock: Lock, say: (text: string) => void, names: readonly string[]): Task<void>[] {
  return names.map((name) =>
    root.spawn(
      function* () {
        yield* lock.acquire();
        try {
          say(name);
          yield* sleep(1);
        } finally {
          lock.release();
        }
      },
      { name, eager: true },
    ),
  );
}

describe("a lock", () => {
  test("SYNC-001 goes to the waiters in the order of arrival, one a release, also against a later arrival", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      workers(root, lock, say, ["holder", "a", "b"]);
      yield* sleep(1);
      workers(root, lock, say, ["late"]);
    });
    expect(log).toEqual(["0 holder", "1 a", "2 b", "3 late"]);
  });

  test("SYNC-003 is not waited for any more by a task that was cancelled", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      const [, a] = workers(root, lock, say, ["holder", "a", "b"]);
      a?.cancel();
      expect(lock.statistics()).toEqual({ locked: true, owner: "holder", waiting: 1 });
    });
    expect(log).toEqual(["0 holder", "1 b"]);
  });

  test("SYNC-004 released before the first waiter is cancelled: that one has it; after: the next one has it", () => {
    for (const [first, expected] of [
      ["release", ["0 b holds", "0 c holds"]],
      ["cancel", ["0 c holds"]],
    ] as const) {
      const { play, log, say } = lab();
      const lock = new Lock();
      play(function* (root) {
        yield* lock.acquire();
        const [b] = ["b", "c"].map((name) =>
          root.spawn(
            function* () {
              yield* lock.acquire();
              say(`${name} holds`);
              lock.release();
            },
            { eager: true },
          ),
        );
        if (first === "cancel") b?.cancel();
        lock.release();
        b?.cancel();
      });
      expect(log).toEqual(expected);
      expect(lock.statistics()).toEqual({ locked: false, owner: undefined, waiting: 0 });
    }
  });

  test("SYNC-006 is handed over by release at once: nobody barges in, not even who released it", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      yield* lock.acquire();
      workers(root, lock, say, ["waiter"]);
      lock.release();
      expect(lock.tryAcquire()).toBe(false);
      expect(lock.statistics()).toEqual({ locked: true, owner: "waiter", waiting: 0 });
    });
    expect(log).toEqual(["0 waiter"]);
  });

  test("ADV-21 released to a task that is cancelled then: it holds it, gives it back, and the next one proceeds", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      yield* lock.acquire();
      const [a] = workers(root, lock, say, ["a", "b"]);
      lock.release();
      a?.cancel();
    });
    expect(log).toEqual(["0 a", "0 b"]);
    expect(lock.locked).toBe(false);
  });

  test("SYNC-009 is a cancellation point also when it is free, and turns take place only when fuel is spent", () => {
    const { play, log, say, loop } = lab();
    const lock = new Lock();
    const end = play(function* (root) {
      let open = true;
      root.spawn(
        function* other() {
          for (let turn = 1; open; turn++) {
            say(`turn ${turn}`);
            yield* checkpoint();
          }
        },
        { eager: true },
      );
      for (let i = 0; i < 1500; i++) {
        yield* lock.acquire();
        lock.release();
      }
      open = false;
      const self = root.cancel("enough");
      expect(self).toBe(true);
      const error = yield* caught(() => lock.acquire());
      say(tell(error));
      say(`locked ${lock.locked}`);
    });
    expect(log).toEqual(["0 turn 1", "0 turn 2", "0 CancelledError enough", "0 locked false"]);
    expect([end, loop.now()]).toEqual(["fulfilled undefined", 0]);
  });

  describe.each([
    ["a lock", () => new Lock()],
    ["a semaphore of 1", () => new Semaphore(1)],
    ["a limiter of 1", () => new CapacityLimiter(1)],
  ] as const)("SYNC-010 %s", (_name, make) => {
    test("lets never two in, of five that take it ten times", () => {
      const { play } = lab();
      const lock = make();
      let inside = 0;
      let entered = 0;
      const end = play(function* (root) {
        for (let worker = 0; worker < 5; worker++) {
          root.spawn(function* () {
            for (let round = 0; round < 10; round++) {
              yield* lock.acquire();
              entered++;
              expect(++inside).toBe(1);
              yield* checkpoint();
              inside--;
              lock.release();
            }
          });
        }
      });
      expect([end, entered]).toEqual(["fulfilled undefined", 50]);
    });

    test("is taken by three loopers in strict turns", () => {
      const { play, log, say } = lab();
      const lock = make();
      play(function* (root) {
        for (const name of ["x", "y", "z"]) {
          root.spawn(function* () {
            for (let round = 0; round < 3; round++) {
              yield* lock.acquire();
              say(name);
              yield* checkpoint();
              lock.release();
            }
          });
        }
      });
      expect(log.map((line) => line.slice(2)).join("")).toBe("xyzxyzxyz");
    });
  });

  test("tryAcquire takes a free one and never waits", () => {
    const { play } = lab();
    const lock = new Lock();
    play(function* (root) {
      expect(lock.tryAcquire()).toBe(true);
      const other = root.spawn(function* () {
        return lock.tryAcquire();
      });
      expect(yield* other).toBe(false);
      lock.release();
    });
    expect(thrown(() => lock.tryAcquire()).message).toContain(
      "Cannot acquire a lock in code outside any task: only a task can hold it, and none is running",
    );
  });

  test("refuses to be acquired twice by one task, or released by another or by nobody's owner", () => {
    const { play } = lab();
    const lock = new Lock({ name: "db" });
    play(function* writer(root): Operation<void> {
      expect(thrown(() => lock.release()).message).toBe(
        'Cannot release lock "db" in task "writer": nobody holds it; acquire it there first.',
      );
      yield* lock.acquire();
      expect((yield* caught(() => lock.acquire())).message).toBe(
        'Cannot acquire lock "db" again: task "writer" holds it already and would wait for itself; release it first.',
      );
      expect(thrown(() => lock.tryAcquire()).message).toContain("would wait for itself");
      const thief = root.spawn(
        function* thief() {
          lock.release();
        },
        { onError: "owner" },
      );
      expect((yield* caught(() => thief)).message).toBe(
        'Cannot release lock "db" in task "thief": task "writer" holds it; acquire it there first.',
      );
      expect(lock.locked).toBe(true);
      lock.release();
    });
    expect(thrown(() => lock.release()).message).toContain("in code outside any task: nobody holds it");
  });

  test("SYNC-048 breaks when its owner ends without releasing it: who waits and who comes later is told", () => {
    const { play, log, say } = lab();
    const lock = new Lock({ name: "db" });
    play(function* (root) {
      root.spawn(
        function* careless() {
          yield* lock.acquire();
          yield* sleep(5);
        },
        { eager: true },
      );
      for (const name of ["a", "b"]) {
        root.spawn(function* () {
          say(`${name} ${tell(yield* caught(() => lock.acquire()))}`);
        });
      }
      yield* sleep(7);
      say(`late ${tell(yield* caught(() => lock.acquire()))}`);
      say(`try ${tell(thrown(() => lock.tryAcquire()))}`);
    });
    const told =
      'OwnerEndedError: Cannot wait for lock "db": task "careless" has ended without releasing it; take it with `use`, which always gives it back.';
    expect(log).toEqual([`5 a ${told}`, `5 b ${told}`, `7 late ${told}`, `7 try ${told}`]);
    expect(lock.statistics()).toEqual({ locked: true, owner: "careless", waiting: 0 });
  });

  test("SYNC-048 breaks also if the owner that ends got it by hand-over, and if nobody waited when it ended", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      yield* lock.acquire();
      const heir = root.spawn(
        function* heir() {
          yield* lock.acquire();
        },
        { eager: true },
      );
      root.spawn(
        function* third() {
          say(`third ${(yield* caught(() => lock.acquire())).name}`);
        },
        { eager: true },
      );
      lock.release();
      yield* heir.join();
      yield* sleep(0);
      say(`fourth ${(yield* caught(() => lock.acquire())).name}`);
    });
    expect(log).toEqual(["0 third OwnerEndedError", "0 fourth OwnerEndedError"]);
  });

  test("ADV-57 held by a task that is ended by force or abandoned: its waiters fail naming it and do not hang", () => {
    for (const stubborn of ["ended", "abandoned"] as const) {
      const { start, finish, log, say, reports } = lab({ reports: true });
      const lock = new Lock({ name: "db" });
      const task = start(function* (root) {
        const held = root.spawn(
          function* stubbornTask() {
            yield* lock.acquire();
            for (;;) {
              try {
                yield* sleep(100_000);
              } catch {
              } finally {
                if (stubborn === "abandoned") continue;
              }
            }
          },
          { eager: true },
        );
        root.spawn(
          function* waiter() {
            say(`waiter ${(yield* caught(() => lock.acquire())).message.slice(0, 64)}`);
          },
          { eager: true },
        );
        held.cancel("stop");
      });
      ending(task);
      finish();
      expect(log).toEqual(['5000 waiter Cannot wait for lock "db": task "stubbornTask" has ended without']);
      expect(reports).toHaveLength(1);
      expect(read(task)).toBe("fulfilled undefined");
    }
  });

  test("works with `use`: released when the block ends, however it ends, and not taken if acquiring was cancelled", () => {
    const { play, log, say } = lab();
    const lock = new Lock();
    play(function* (root) {
      const failing = root.spawn(
        function* () {
          yield* use(lock);
          throw new Error("no");
        },
        { onError: "owner", eager: true },
      );
      expect(lock.statistics().owner).toBe(undefined);
      yield* failing.join();
      yield* use(lock);
      const waiter = root.spawn(
        function* () {
          yield* use(lock);
          say("never");
        },
        { eager: true },
      );
      waiter.cancel();
    });
    expect(log).toEqual([]);
    expect(lock.locked).toBe(false);
  });

  test("DEBUG-021 shows who holds it and how many wait, also where a wait for it is shown", () => {
    const { play } = lab();
    const lock = new Lock({ name: "db" });
    expect([lock.describe(), new Lock().describe()]).toEqual(['lock "db"', "a lock"]);
    play(function* writer(root): Operation<void> {
      yield* use(lock);
      const reader = root.spawn(() => lock.acquire(), { eager: true });
      expect(lock.statistics()).toEqual({ locked: true, owner: "writer", waiting: 1 });
      expect([lock.describe(), reader.request?.describe()]).toEqual(Array(2).fill('lock "db" (held by "writer")'));
      reader.cancel();
    });
  });

  test("SYNC-045 made outside any loop works inside one, and a second loop is refused while the first holds it", () => {
    const lock = new Lock({ name: "db" });
    const [first, second] = [lab(), lab()];
    const holder = run(
      function* here() {
        yield* use(lock);
        yield* sleep(5);
      },
      { loop: first.loop },
    );
    first.loop.runUntilIdle();
    expect(
      second.play(function* there() {
        yield* use(lock);
      }),
    ).toContain('in task "there": task "here", on another loop');
    first.finish();
    expect(read(holder)).toBe("fulfilled undefined");
    expect(
      second.play(function* there() {
        yield* use(lock);
      }),
    ).toBe("fulfilled undefined");
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("stays whole under cancels at any moment, in random order (seed %i)", (seed) => {
    const { start, finish, loop } = lab({ seed, order: "random" });
    const lock = new Lock();
    let inside = 0;
    const task = start(function* (root) {
      const tasks = Array.from({ length: 30 }, (_, index) =>
        root.spawn(function* () {
          yield* sleep(index % 3);
          yield* use(lock);
          expect(++inside).toBe(1);
          try {
            yield* index % 2 === 0 ? sleep(1) : checkpoint();
          } finally {
            inside--;
          }
        }),
      );
      for (let i = 0; i < 30; i += 2 + (seed % 3)) {
        yield* sleep(1);
        tasks[i]?.cancel();
      }
    });
    ending(task);
    finish();
    expect([read(task), lock.statistics().locked, loop.timers]).toEqual(["fulfilled undefined", false, 0]);
  });
});
