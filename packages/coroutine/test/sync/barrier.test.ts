import { describe, expect, test } from "vitest";
import { Barrier, sleep, type Task, type TaskGroup } from "../../src/index.ts";
import { caught, lab, read, tell, thrown } from "../support.ts";

function arrive(
  root: TaskGroup,
  barrier: Barrier,
  say: (text: string) => void,
  names: readonly string[],
  rounds = 1,
): Task<void>[] {
  return names.map((name) =>
    root.spawn(
      function* () {
        for (let round = 1; round <= rounds; round++) {
          try {
            say(`${name} ${yield* barrier.wait()}`);
          } catch (error) {
            return say(`${name} ${tell(error)}`);
          }
        }
      },
      { name, eager: true, onError: "owner" },
    ),
  );
}

describe("a barrier", () => {
  test("holds tasks until all have arrived, and tells each its place", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(3);
    play(function* (root) {
      arrive(root, barrier, say, ["a", "b"]);
      yield* sleep(1);
      arrive(root, barrier, say, ["c"]);
    });
    expect(log).toEqual(["1 c 2", "1 a 0", "1 b 1"]);
  });

  test("SYNC-030 does not count a task that was cancelled: a later arrival takes its place", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(2, { name: "line" });
    play(function* (root) {
      const [a] = arrive(root, barrier, say, ["a"]);
      a?.cancel("gone");
      expect(barrier.statistics()).toEqual({ parties: 2, waiting: 0, broken: false });
      arrive(root, barrier, say, ["b"]);
      yield* sleep(1);
      arrive(root, barrier, say, ["c"]);
    });
    expect(log).toEqual(["0 a CancelledError gone", "1 c 1", "1 b 0"]);
  });

  test("SYNC-031 never mixes rounds: who comes again counts for the next one, even while others have not left yet", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(2);
    play(function* (root) {
      arrive(root, barrier, say, ["a", "b"], 2); // b arrives last, and again in the same step, before a has left
      yield* sleep(1);
      expect(barrier.waiting).toBe(0);
    });
    expect(log).toEqual(["0 b 1", "0 a 0", "0 a 1", "0 b 0"]);
  });

  test("SYNC-033 aborted: who waits and who arrives later gets an error, until it is reset", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(2, { name: "line" });
    play(function* (root) {
      arrive(root, barrier, say, ["a"]);
      barrier.abort();
      expect(barrier.statistics()).toEqual({ parties: 2, waiting: 0, broken: true });
      arrive(root, barrier, say, ["late"]);
      barrier.reset();
      arrive(root, barrier, say, ["b", "c"]);
      expect(barrier.broken).toBe(false);
      yield* sleep(0);
    });
    const told = 'BrokenBarrierError: Cannot wait at barrier "line": it was aborted; reset() makes it usable again.';
    expect(log).toEqual([`0 late ${told}`, "0 c 1", `0 a ${told}`, "0 b 0"]);
  });

  test("reset sends who waits away, and starts a round anew", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(2);
    play(function* (root) {
      arrive(root, barrier, say, ["a"]);
      barrier.reset();
      arrive(root, barrier, say, ["b", "c"]);
      yield* sleep(0);
    });
    expect(log).toEqual([
      "0 c 1",
      "0 a BrokenBarrierError: Cannot wait at a barrier: it was reset while this task waited; wait again for the new round.",
      "0 b 0",
    ]);
  });

  test("for one holds nobody up, and is a cancellation point all the same", () => {
    const { play } = lab();
    const barrier = new Barrier(1);
    play(function* (root) {
      expect(yield* barrier.wait()).toBe(0);
      root.cancel("over");
      expect(tell(yield* caught(() => barrier.wait()))).toBe("CancelledError over");
    });
  });

  test("wake wins: who was let go and is cancelled in the same turn has passed", () => {
    const { play, log, say } = lab();
    const barrier = new Barrier(2);
    play(function* (root) {
      const [a] = arrive(root, barrier, say, ["a"]);
      arrive(root, barrier, say, ["b"]);
      a?.cancel();
      yield* sleep(0);
    });
    expect(log).toEqual(["0 b 1", "0 a 0"]);
  });

  test("SYNC-045 refuses a task of another loop, also as the last to arrive", () => {
    const barrier = new Barrier(2, { name: "line" });
    const [first, second] = [lab(), lab()];
    const task = first.start(() => barrier.wait(), { name: "here" });
    first.loop.runUntilIdle();
    expect(second.play(() => barrier.wait(), { name: "there" })).toContain(
      'in task "there": task "here", on another loop, waits there',
    );
    expect(barrier.waiting).toBe(1);
    first.play(() => barrier.wait());
    expect(read(task)).toBe("fulfilled 0");
    expect(second.play(() => new Barrier(1).wait())).toBe("fulfilled 0");
  });

  test("DEBUG-021 shows how many have arrived", () => {
    const { play } = lab();
    const barrier = new Barrier(3, { name: "line" });
    play(function* (root) {
      const tasks = arrive(root, barrier, () => {}, ["a", "b"]);
      expect([barrier.describe(), barrier.statistics()]).toEqual([
        'barrier "line" (2 of 3 arrived)',
        { parties: 3, waiting: 2, broken: false },
      ]);
      for (const task of tasks) task.cancel();
      yield* sleep(0);
    });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2" as never])(
    "refuses to be made for %s tasks",
    (parties) => {
      expect(tell(thrown(() => new Barrier(parties)))).toMatch(
        /^RangeError: Cannot make a barrier for .* tasks: give a whole number from 1\.$/,
      );
    },
  );
});
