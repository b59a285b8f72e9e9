import { checkAwaitable } from "@skein/future/testing";
import { describe, expect, test } from "vitest";
import { OwnerEndedError, ParkingLot, sleep, type Task, type TaskGroup } from "../../src/index.ts";
import { caught, ending, lab, read, tell, thrown } from "../support.ts";

const names = ["a", "b", "c", "d"];

/** Spawns tasks that park in `lot` and say what they were unparked with. */
function park(root: TaskGroup, lot: ParkingLot<string>, say: (text: string) => void, who = names): Task<void>[] {
  return who.map((name) =>
    root.spawn(
      function* () {
        say(`${name} ${yield* lot.park()}`);
      },
      { name, eager: true },
    ),
  );
}

describe("a parking lot", () => {
  test("SYNC-046 unparks in the order of arrival, an empty one without effect, and skips who was cancelled", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>({ name: "yard" });
    play(function* (root) {
      expect(lot.unpark()).toBe(0);
      const [, b] = park(root, lot, say);
      expect(lot.statistics()).toEqual({ waiting: 4 });
      b?.cancel();
      expect(lot.statistics()).toEqual({ waiting: 3 });
      yield* sleep(1);
      expect(lot.unpark(1, "one")).toBe(1);
      yield* sleep(1);
      expect(lot.unpark(5, "rest")).toBe(2);
      expect(lot.unparkAll("nobody")).toBe(0);
    });
    expect(log).toEqual(["1 a one", "2 c rest", "2 d rest"]);
  });

  test("wakes each with its own value, and one that parks again waits for the next time", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>();
    play(function* (root) {
      root.spawn(
        function* twice() {
          say(yield* lot.park());
          say(yield* lot.park());
        },
        { eager: true },
      );
      expect(lot.unparkAll("first")).toBe(1);
      yield* sleep(1);
      expect(lot.unparkAll("second")).toBe(1);
    });
    expect(log).toEqual(["0 first", "1 second"]);
  });

  test("unparked and then cancelled in the same turn: it goes on with its value; cancelled first: it has left", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>();
    play(function* (root) {
      const [a, b] = park(root, lot, say, ["a", "b", "c"]);
      lot.unpark(1, "yours");
      a?.cancel();
      b?.cancel();
      lot.unpark(1, "yours");
    });
    expect(log).toEqual(["0 a yours", "0 c yours"]);
  });

  test("repark moves waiters to the end of another queue, where they can be unparked or cancelled", () => {
    const { play, log, say } = lab();
    const [from, to] = [new ParkingLot<string>(), new ParkingLot<string>()];
    play(function* (root) {
      park(root, to, say, ["settler"]);
      const moved = park(root, from, say);
      expect(from.repark(to, 3)).toBe(3);
      expect([from.statistics().waiting, to.statistics().waiting]).toEqual([1, 4]);
      moved[1]?.cancel();
      expect([from.statistics().waiting, to.statistics().waiting]).toEqual([1, 3]);
      to.unpark(9, "from the other");
      from.unpark(9, "from the first");
    });
    expect(log).toEqual(["0 settler from the other", "0 a from the other", "0 c from the other", "0 d from the first"]);
  });

  test("SYNC-048 fails who waits and who comes later, by name, once the task it depends on has ended", () => {
    const { play } = lab();
    const lot = new ParkingLot({ name: "yard" });
    const heard: Error[] = [];
    play(function* (root) {
      const keeper = root.spawn(function* watchman() {
        yield* sleep(5);
      });
      lot.breakWhenEnds(keeper);
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            heard.push(yield* caught(() => lot.park()));
          },
          { name },
        );
      }
      yield* keeper.join();
      yield* sleep(0);
      expect(lot.statistics()).toEqual({ waiting: 0 });
      heard.push(yield* caught(() => lot.park()));
    });
    expect(heard.map(tell)).toEqual(
      Array(3).fill(
        'OwnerEndedError: Cannot wait for parking lot "yard": task "watchman" has ended without releasing it; ' +
          "take it with `use`, which always gives it back.",
      ),
    );
    expect(heard[0]).toBeInstanceOf(OwnerEndedError);
    expect(new Set(heard).size).toBe(3);
  });

  test("SYNC-048 names who has ended also once it depends on another or on nobody, and is whole then, whoever waited", () => {
    for (const waits of [true, false]) {
      const { play, log, say } = lab();
      const lot = new ParkingLot<string>({ name: "yard" });
      play(function* (root) {
        const keeper = root.spawn(() => sleep(5), { name: "watchman" });
        lot.breakWhenEnds(keeper);
        keeper.addDoneCallback(() => lot.breakWhenEnds(null)); // comes before the waiter's turn
        if (waits) {
          root.spawn(
            function* () {
              say(((yield* caught(() => lot.park())) as OwnerEndedError).owner);
            },
            { eager: true },
          );
        }
        yield* sleep(6);
        park(root, lot, say, ["a"]);
        lot.unpark(1, "whole");
      });
      expect(log).toEqual(waits ? ["5 watchman", "6 a whole"] : ["6 a whole"]);
    }
  });

  test("SYNC-048 fails who waits already when it is said to depend on a task that has ended", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>();
    play(function* (root) {
      const keeper = root.spawn(function* watchman() {});
      yield* keeper.join();
      root.spawn(
        function* () {
          say(((yield* caught(() => lot.park())) as OwnerEndedError).owner);
        },
        { eager: true },
      );
      lot.breakWhenEnds(keeper);
    });
    expect(log).toEqual(["0 watchman"]);
  });

  test("depends on nobody any more after breakWhenEnds(null), and watches nobody while it is empty", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>();
    play(function* (root) {
      const keeper = root.spawn(() => sleep(5), { name: "keeper" });
      lot.breakWhenEnds(keeper);
      expect(keeper.firstWaiter).toBe(null);
      const [a] = park(root, lot, say, ["a"]);
      expect(keeper.firstWaiter).not.toBe(null);
      a?.cancel();
      expect(keeper.firstWaiter).toBe(null);
      park(root, lot, say, ["b"]);
      lot.breakWhenEnds(null);
      expect(keeper.firstWaiter).toBe(null);
      yield* sleep(10);
      lot.unpark(1, "still here");
    });
    expect(log).toEqual(["10 b still here"]);
  });

  test("break fails everybody with an error each until mend", () => {
    const { play, log, say } = lab();
    const lot = new ParkingLot<string>();
    let made = 0;
    play(function* (root) {
      for (const name of ["a", "b"]) {
        root.spawn(
          function* () {
            say(`${name} ${(yield* caught(() => lot.park())).message}`);
          },
          { eager: true },
        );
      }
      lot.break(() => new Error(`broken ${++made}`));
      say(`later ${(yield* caught(() => lot.park())).message}`);
      lot.mend();
      park(root, lot, say, ["c"]);
      lot.unpark(1, "whole");
    });
    expect(log).toEqual(["0 later broken 1", "0 a broken 2", "0 b broken 3", "0 c whole"]);
  });

  test("SYNC-045 works on any loop it is used on, and refuses tasks of two loops at once", () => {
    const lot = new ParkingLot({ name: "shared" });
    const [first, second] = [lab(), lab()];
    expect(
      first.play(function* (root) {
        root.spawn(() => lot.park(), { eager: true });
        lot.unpark();
      }),
    ).toBe("fulfilled undefined");
    const waiting = first.start(() => lot.park(), { name: "here" });
    first.loop.runUntilIdle();
    expect(second.play(() => lot.park(), { name: "there" })).toBe(
      'rejected MisuseError: Cannot wait for parking lot "shared" in task "there": task "here", on another loop, waits there or ' +
        "holds it; give each loop a primitive of its own, or pass the result over with a future and `until`.",
    );
    lot.unpark();
    first.finish();
    expect(read(waiting)).toBe("fulfilled undefined");
    expect(
      second.play(function* (root) {
        root.spawn(() => lot.park(), { eager: true });
        lot.unpark();
      }),
    ).toBe("fulfilled undefined");
  });

  test.each([-1, Number.NaN])("refuses to unpark or repark %s tasks", (count) => {
    const lot = new ParkingLot();
    expect(tell(thrown(() => lot.unpark(count)))).toBe(
      `RangeError: Cannot unpark ${count} tasks: give a number from 0.`,
    );
    expect(tell(thrown(() => lot.repark(lot, count)))).toBe(
      `RangeError: Cannot repark ${count} tasks: give a number from 0.`,
    );
  });

  test("shows in a wait by its name, or as `a parking lot`", () => {
    expect(new ParkingLot({ name: "yard" }).describe()).toBe('parking lot "yard"');
    expect(new ParkingLot().describe()).toBe("a parking lot");
    expect(thrown(() => [...(new ParkingLot().park() as Iterable<unknown>)]).message).toMatch(
      /^Cannot step a parking lot by hand/,
    );
  });

  test("wakes 16,000 waiters from either end, a thousand cancels in the middle included", () => {
    const { start, loop } = lab();
    const lot = new ParkingLot<string>();
    let woken = 0;
    const task = start(function* (root) {
      const tasks = Array.from({ length: 16_000 }, () =>
        root.spawn(function* () {
          yield* lot.park();
          woken++;
        }),
      );
      yield* sleep(1);
      for (let i = 0; i < 16_000; i += 16) tasks[i]?.cancel();
      while (lot.unpark() > 0);
    });
    ending(task);
    while (loop.advanceToNext());
    expect([woken, read(task)]).toEqual([15_000, "fulfilled undefined"]);
  });
});

describe("a parked task keeps the rules of awaitables", () => {
  for (const { id, name, run } of checkAwaitable<string>(() => {
    // Never ready by itself, so the kit's `provide` keeps one answer for who asks next.
    const lot = new ParkingLot<string>();
    return { operation: () => lot.park(), provide: () => void lot.unpark(1, "go"), answer: "go" };
  }).filter(({ id }) => id !== "A4")) {
    if (/asking enqueues nothing|nobody takes/.test(name)) continue; // an answer does not wait here for who asks next
    test(`${id} ${name}`, run);
  }
});
