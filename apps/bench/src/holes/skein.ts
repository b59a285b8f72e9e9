import { type Operation, run, sleep } from "@skein/coroutine";
import type { HoleJobs } from "../peer-jobs.ts";
import { CLEANUP_MS, pause, type Story } from "./story.ts";

function* work(story: Story): Operation<void> {
  try {
    yield* sleep(60_000);
  } finally {
    story.push("closing");
    yield* sleep(CLEANUP_MS);
    story.push("closed");
  }
}

/** Skein's side: plain `try`/`finally`. */
export const skeinHoles: HoleJobs = {
  async cancelledCall(story) {
    const task = run(function* () {
      yield* work(story);
      story.push("charged");
    });
    await pause(5);
    task.cancel();
    await task.catch(() => {});
  },

  async secondCancel(story) {
    const task = run(function* (root) {
      root.spawn(function* () {
        yield* sleep(5);
        throw new Error("the sibling failed");
      });
      yield* work(story);
    });
    await pause(5 + CLEANUP_MS / 2);
    story.push("second cancel");
    task.cancel();
    await task.catch(() => {});
  },
};
