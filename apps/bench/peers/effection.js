import { action, createQueue, ensure, race, run, sleep, spawn, suspend, withResolvers } from "effection";
import { CLEANUP_MS, pause } from "./holes.js";

/** What gives up a turn: an action that is over at once still waits until the library comes to it. */
const turn = () =>
  action((resolve) => {
    resolve(undefined);
    return () => {};
  });

/** @type {import("../src/peer-jobs.ts").EffectionJobs} */
export const jobs = {
  switches: (tasks, each) =>
    run(function* () {
      const all = [];
      for (let t = 0; t < tasks; t++) {
        all.push(
          yield* spawn(function* () {
            for (let i = 0; i < each; i++) yield* turn();
          }),
        );
      }
      for (const task of all) yield* task;
    }),

  async park(count, kept) {
    const task = run(function* () {
      for (let i = 0; i < count; i++) {
        yield* spawn(function* () {
          const own = withResolvers();
          kept.push(own);
          yield* own.operation;
        });
      }
      yield* suspend();
    });
    await pause(20);
    return () => task.halt();
  },

  resume: (depth, rounds) =>
    run(function* () {
      /** @param {number} level @returns {import("effection").Operation<void>} */
      function* deep(level) {
        if (level > 1) yield* deep(level - 1);
        else for (let i = 0; i < rounds; i++) yield* turn();
      }
      yield* deep(depth);
    }),

  // It has no semaphore; a queue that holds the permits does the same.
  semaphore: (count) =>
    run(function* () {
      const permits = createQueue();
      const all = [];
      for (let i = 0; i < count; i++) {
        all.push(
          yield* spawn(function* () {
            yield* permits.next();
            yield* turn();
            permits.add(undefined);
          }),
        );
      }
      permits.add(undefined);
      for (const task of all) yield* task;
    }),

  spawnJoin: (count) =>
    run(function* () {
      const tasks = [];
      for (let i = 0; i < count; i++) tasks.push(yield* spawn(() => sleep(0)));
      for (const task of tasks) yield* task;
    }),

  races: (count, kept) =>
    run(function* () {
      const longLived = withResolvers();
      kept.push(longLived);
      for (let i = 0; i < count; i++) {
        const short = withResolvers();
        const winner = yield* spawn(() => race([longLived.operation, short.operation]));
        short.resolve(i);
        yield* winner;
      }
    }),

  cancelTimers: (count) =>
    run(function* () {
      for (let i = 0; i < count; i++) {
        const timer = yield* spawn(() => sleep(1000 + (i % 1000)));
        yield* timer.halt();
      }
    }),

  setTimers(count, tick) {
    for (let i = 0; i < count; i++)
      run(function* () {
        yield* sleep(1 + (i % 10));
        tick();
      });
  },
};

/** @param {import("../src/holes/story.ts").Story} story */
function* cleanup(story) {
  story.push("closing");
  yield* sleep(CLEANUP_MS);
  story.push("closed");
}

/**
 * The scenarios with a worker whose cleanup is written in one way or the other.
 * @param {(story: import("../src/holes/story.ts").Story) => import("effection").Operation<void>} work
 * @returns {import("../src/peer-jobs.ts").HoleJobs}
 */
const holesOf = (work) => ({
  async cancelledCall(story) {
    const task = run(function* () {
      yield* work(story);
      story.push("charged");
    });
    await pause(5);
    await task.halt();
  },

  async secondCancel(story) {
    const task = run(function* () {
      yield* spawn(function* () {
        yield* sleep(5);
        throw new Error("the sibling failed");
      });
      yield* work(story);
    });
    task.catch(() => {});
    await pause(5 + CLEANUP_MS / 2);
    story.push("second cancel");
    await task.halt().catch(() => {});
  },
});

/** @type {import("../src/peer-jobs.ts").PeerHoles} */
export const holes = {
  finally: holesOf(function* (story) {
    try {
      yield* suspend();
    } finally {
      yield* cleanup(story);
    }
  }),
  ensure: holesOf(function* (story) {
    yield* ensure(() => cleanup(story));
    yield* suspend();
  }),
};
