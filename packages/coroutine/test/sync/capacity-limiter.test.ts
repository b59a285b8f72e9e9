import { describe, expect, test } from "vitest";
import { CapacityLimiter, checkpoint, type Operation, sleep, type Task, type TaskGroup, use } from "../../src/index.ts";
import { caught, lab, tell, thrown } from "../support.ts";

function borrowers(
  root: TaskGroup,
  limiter: CapacityLimiter,
  say: (text: string) => void,
  names: readonly string[],
): Task<void>[] {
  return names.map((name) =>
    root.spawn(
      function* () {
        yield* use(limiter);
        say(name);
        yield* sleep(1);
      },
      { name, eager: true },
    ),
  );
}

describe("a capacity limiter", () => {
  test("SYNC-025 refuses a second token to a borrower and a release by one who holds none; others may be named", () => {
    const { play } = lab();
    const limiter = new CapacityLimiter(3, { name: "db" });
    class Tenant {
      readonly id = 7;
    }
    const other = new Tenant();
    play(function* main(): Operation<void> {
      yield* limiter.acquire();
      expect((yield* caught(() => limiter.acquire())).message).toBe(
        'Cannot acquire a second token of capacity limiter "db" (1 of 3 borrowed) for task "main": it holds one already; ' +
          "acquire on behalf of another borrower.",
      );
      expect(thrown(() => limiter.tryAcquire()).message).toContain("a second token");
      yield* limiter.acquire(other);
      expect((yield* caught(() => limiter.acquire(other))).message).toContain("for a Tenant: it holds one already");
      expect(limiter.tryAcquire("by name")).toBe(true);
      expect(limiter.tryAcquire({ id: 8 })).toBe(false);
      expect(limiter.statistics()).toEqual({
        total: 3,
        borrowed: 3,
        borrowers: ["main", other, "by name"],
        waiting: 0,
      });
      expect(thrown(() => limiter.release(new Tenant())).message).toBe(
        'Cannot release a token of capacity limiter "db" (3 of 3 borrowed): a Tenant holds none; acquire one first.',
      );
      limiter.release(other);
      limiter.release("by name");
      limiter.release();
      expect(thrown(() => limiter.release()).message).toContain('task "main" holds none');
      expect(limiter.borrowed).toBe(0);
    });
    expect(thrown(() => limiter.tryAcquire()).message).toContain(
      "no task is running to hold its token; name a borrower",
    );
  });

  test("SYNC-027 keeps no record of a waiter that was cancelled, and the next one proceeds", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      const [, a] = borrowers(root, limiter, say, ["holder", "a", "b"]);
      const named = root.spawn(() => limiter.acquire("token"), { eager: true });
      a?.cancel();
      named.cancel();
      expect(limiter.statistics()).toEqual({ total: 1, borrowed: 1, borrowers: ["holder"], waiting: 1 });
      yield* sleep(5);
      expect(limiter.statistics()).toEqual({ total: 1, borrowed: 0, borrowers: [], waiting: 0 });
      expect(limiter.tryAcquire("token")).toBe(true);
    });
    expect(log).toEqual(["0 holder", "1 b"]);
  });

  test("SYNC-028 gives a freed token to its waiter at once: never more are borrowed than there are", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      yield* limiter.acquire();
      borrowers(root, limiter, say, ["waiter"]);
      limiter.release();
      expect(limiter.tryAcquire()).toBe(false);
      expect(limiter.statistics()).toEqual({ total: 1, borrowed: 1, borrowers: ["waiter"], waiting: 0 });
    });
    expect(log).toEqual(["0 waiter"]);
  });

  test("takes effect at once when its total is raised, and takes nothing away when it is lowered", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      borrowers(root, limiter, say, ["a", "b", "c", "d", "e"]);
      limiter.total = 3;
      expect([limiter.borrowed, limiter.available]).toEqual([3, 0]);
      limiter.total = 1;
      expect([limiter.borrowed, limiter.available]).toEqual([3, 0]);
      yield* checkpoint();
    });
    expect(log).toEqual(["0 a", "0 b", "0 c", "1 d", "2 e"]);
  });

  test("with a total of 0 holds everybody up; with Infinity nobody", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(0);
    play(function* (root) {
      borrowers(root, limiter, say, ["a", "b", "c"]);
      yield* sleep(3);
      limiter.total = Number.POSITIVE_INFINITY;
    });
    expect(log).toEqual(["3 a", "3 b", "3 c"]);
  });

  test("two tasks that wait on behalf of one borrower: the second is told, and nobody behind it is held up", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      yield* limiter.acquire();
      root.spawn(
        function* () {
          yield* limiter.acquire("one");
          say("first");
        },
        { eager: true },
      );
      root.spawn(
        function* () {
          say((yield* caught(() => limiter.acquire("one"))).name);
        },
        { eager: true },
      );
      borrowers(root, limiter, say, ["behind"]);
      limiter.total = 2;
      limiter.release();
    });
    expect(log).toEqual(["0 first", "0 MisuseError", "0 behind"]);
  });

  test.each([undefined, "me"])(
    "is a cancellation point also when a token is free, and then gives none (to %s)",
    (who) => {
      const { play } = lab();
      const limiter = new CapacityLimiter(1);
      const end = play(function* (root) {
        root.cancel("over");
        expect(tell(yield* caught(() => limiter.acquire(who)))).toBe("CancelledError over");
        expect(limiter.borrowed).toBe(0);
      });
      expect(end).toBe("fulfilled undefined");
    },
  );

  /** Borrows for so long, and never gives back. */
  const careless = (root: TaskGroup, limiter: CapacityLimiter, name: string, ms: number): Task<void> =>
    root.spawn(
      function* () {
        yield* limiter.acquire();
        yield* sleep(ms);
      },
      { name, eager: true },
    );
  const asker = (root: TaskGroup, limiter: CapacityLimiter, name: string, say: (text: string) => void): Task<void> =>
    root.spawn(
      function* () {
        try {
          yield* use(limiter);
          say(`${name} has one`);
          yield* sleep(3);
        } catch (error) {
          say(`${name} ${tell(error)}`);
        }
      },
      { name, eager: true },
    );

  test("SYNC-048 fails who waits, naming the borrower, once every token is held by a task that has ended", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(2, { name: "db" });
    play(function* (root) {
      careless(root, limiter, "first", 5);
      careless(root, limiter, "second", 9);
      asker(root, limiter, "a", say);
      asker(root, limiter, "b", say);
      yield* sleep(20);
      expect(tell(thrown(() => limiter.tryAcquire()))).toContain("OwnerEndedError");
      yield* asker(root, limiter, "late", say);
    });
    const told =
      'OwnerEndedError: Cannot wait for a token of capacity limiter "db": task "first" has ended without releasing it; take it with `use`, which always gives it back.';
    expect(log).toEqual([`9 a ${told}`, `9 b ${told}`, `20 late ${told}`]);
    expect(limiter.statistics()).toEqual({ total: 2, borrowed: 2, borrowers: ["first", "second"], waiting: 0 });
  });

  test("SYNC-048 as long as somebody may give a token back, who waits waits; one got by hand-over counts, too", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(2);
    play(function* (root) {
      careless(root, limiter, "careless", 1);
      asker(root, limiter, "a", say);
      asker(root, limiter, "b", say);
      yield* sleep(1);
      const heir = careless(root, limiter, "heir", 1);
      asker(root, limiter, "c", say);
      yield* heir;
    });
    expect(log.map((line) => line.replace(/OwnerEndedError.*/, "OwnerEndedError"))).toEqual([
      "0 a has one",
      "3 b has one",
      "7 c OwnerEndedError",
    ]);
  });

  test("SYNC-048 who has given its token back and lives on is nobody to wait for", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      yield* limiter.acquire();
      careless(root, limiter, "heir", 1);
      asker(root, limiter, "a", say);
      limiter.release();
      yield* sleep(100);
      limiter.total = 0;
      asker(root, limiter, "b", say);
      limiter.total = 1;
      yield* sleep(1);
      say("main ends");
    });
    expect(log.map((line) => line.replace(/OwnerEndedError.*/, "OwnerEndedError"))).toEqual([
      "1 a OwnerEndedError",
      "100 b OwnerEndedError",
      "101 main ends",
    ]);
  });

  test("SYNC-048 a token that is held on behalf of something can be given back by anybody: who waits waits", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(2);
    play(function* (root) {
      careless(root, limiter, "careless", 1);
      yield* root.spawn(() => limiter.acquire("tenant"));
      asker(root, limiter, "a", say);
      asker(root, limiter, "b", say);
      yield* sleep(5);
      limiter.release("tenant");
    });
    expect(log).toEqual(["5 a has one", "8 b has one"]);
  });

  test("SYNC-048 goes on once somebody gives the lost token back, or the total is raised", () => {
    const { play, log, say } = lab();
    const limiter = new CapacityLimiter(1);
    play(function* (root) {
      const lost = careless(root, limiter, "careless", 1);
      yield* sleep(2);
      yield* asker(root, limiter, "a", say);
      limiter.total = 2;
      yield* asker(root, limiter, "b", say);
      limiter.total = 1;
      yield* asker(root, limiter, "c", say);
      limiter.release(lost);
      yield* asker(root, limiter, "d", say);
    });
    expect(log.map((line) => line.replace(/OwnerEndedError.*/, "OwnerEndedError"))).toEqual([
      "2 a OwnerEndedError",
      "2 b has one",
      "5 c OwnerEndedError",
      "5 d has one",
    ]);
  });

  test("DEBUG-021 shows its borrowers by name", () => {
    const { play } = lab();
    const limiter = new CapacityLimiter(2, { name: "db" });
    play(function* (root) {
      borrowers(root, limiter, () => {}, ["a", "b", "c"]);
      expect(limiter.statistics()).toEqual({ total: 2, borrowed: 2, borrowers: ["a", "b"], waiting: 1 });
      expect(limiter.describe()).toBe('capacity limiter "db" (2 of 2 borrowed)');
    });
  });

  test.each([-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, "3" as never])("refuses a total of %s", (total) => {
    const limiter = new CapacityLimiter(1);
    const resize = (): void => {
      limiter.total = total;
    };
    for (const call of [() => new CapacityLimiter(total), resize]) {
      expect(tell(thrown(call))).toMatch(
        /^RangeError: Cannot limit the capacity to .*: give a whole number from 0, or Infinity\.$/,
      );
    }
    expect(limiter.total).toBe(1);
  });
});
