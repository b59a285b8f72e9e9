import { race, run, sleep, spawn, withResolvers } from "effection";

/** @type {import("../src/peer-jobs.ts").EffectionJobs} */
export const jobs = {
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
