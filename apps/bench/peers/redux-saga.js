import { buffers, channel, runSaga } from "redux-saga";
import { call, delay, fork, join, put, take } from "redux-saga/effects";
import { CLEANUP_MS, pause } from "./holes.js";

/** What gives up a turn: a saga goes on at once after everything but what has to be waited for. */
const turn = Promise.resolve();
const quiet = { onError() {} };

/** @param {import("redux-saga").Saga} saga */
const start = (saga) => runSaga(quiet, saga);

/** @type {import("../src/peer-jobs.ts").ReduxSagaJobs} */
export const jobs = {
  switches: (tasks, each) =>
    start(function* () {
      function* work() {
        for (let i = 0; i < each; i++) yield turn;
      }
      for (let i = 0; i < tasks; i++) yield fork(work);
    }).toPromise(),

  spawnJoin: (count) =>
    start(function* () {
      function* work() {
        yield turn;
      }
      const tasks = [];
      for (let i = 0; i < count; i++) tasks.push(yield fork(work));
      for (const task of tasks) yield join(task);
    }).toPromise(),

  async park(count, kept) {
    const task = start(function* () {
      /** @returns {Generator<Promise<unknown>, void>} */
      function* work() {
        yield new Promise((resolve) => kept.push(resolve));
      }
      for (let i = 0; i < count; i++) yield fork(work);
    });
    return () => task.cancel();
  },

  resume: (depth, rounds) =>
    start(function* () {
      /** @param {number} level @returns {Generator<unknown, void>} */
      function* deep(level) {
        if (level > 1) yield call(deep, level - 1);
        else for (let i = 0; i < rounds; i++) yield turn;
      }
      yield call(deep, depth);
    }).toPromise(),

  // It has no semaphore; a channel that holds the permits is what its users write.
  semaphore: (count) =>
    start(function* () {
      const permits = channel(buffers.expanding(1));
      function* work() {
        yield take(permits);
        yield turn;
        yield put(permits, {});
      }
      for (let i = 0; i < count; i++) yield fork(work);
      yield put(permits, {});
    }).toPromise(),
};

/** @param {import("../src/holes/story.ts").Story} story */
function* work(story) {
  try {
    yield delay(60_000);
  } finally {
    story.push("closing");
    yield delay(CLEANUP_MS);
    story.push("closed");
  }
}

/** @type {import("../src/peer-jobs.ts").PeerHoles} */
export const holes = {
  finally: {
    async cancelledCall(story) {
      const task = start(function* () {
        yield* work(story);
        story.push("charged");
      });
      await pause(5);
      task.cancel();
      await task.toPromise();
    },

    async secondCancel(story) {
      const task = start(function* () {
        yield fork(function* () {
          yield delay(5);
          throw new Error("the sibling failed");
        });
        yield call(work, story);
      });
      const end = task.toPromise().catch(() => {});
      await pause(5 + CLEANUP_MS / 2);
      story.push("second cancel");
      task.cancel();
      await end;
    },
  },
};
