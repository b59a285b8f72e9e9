import { EventLoop } from "@skein/future";
import { describe, expect, test } from "vitest";
import { currentTask, type Operation, orphans, run, sleep, until } from "../src/index.ts";
import { tell } from "./support.ts";

/** Runs it where each pass is a turn of the host's, so that a rejection that nobody listens to by then is the platform's. */
async function play(main: () => Operation<unknown>): Promise<string[]> {
  const told: string[] = [];
  const unheard = (error: unknown): void => void told.push(`unheard ${tell(error)}`);
  process.on("unhandledRejection", unheard);
  const loop = new EventLoop({ maxPassMs: 0, onError: (error) => told.push(`reported ${tell(error)}`) });
  loop.start();
  const task = run(main, { loop });
  await task.then(
    (value) => told.push(tell(value)),
    (error) => told.push(tell(error)),
  );
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  loop.close();
  process.off("unhandledRejection", unheard);
  return told;
}

describe("a promise that rejects before its task has come to wait for it", () => {
  test("ADV-55 in a cleanup, where each answer takes a pass: the wait throws it, and nothing is unheard", async () => {
    const told = await play(function* () {
      currentTask()?.cancel("stop");
      try {
        yield* sleep(1);
      } finally {
        yield* until(Promise.reject(new Error("could not close")));
      }
    });
    expect(told).toEqual(["Error: could not close"]);
  });

  test("ADV-55 one that goes on although its task left before it came to wait is listed as an orphan until it settles", async () => {
    const listed: unknown[] = [];
    let settle = (): void => {};
    const promise = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const told = await play(function* fetcher() {
      currentTask()?.cancel("stop");
      try {
        yield* until(promise);
      } finally {
        listed.push(...orphans().map(({ task }) => task));
      }
    });
    settle();
    await promise;
    listed.push(orphans().length);
    expect([told, listed]).toEqual([["CancelledError stop"], ["fetcher", 0]]);
  });

  test("ADV-55 in a task that was cancelled: it leaves at once, and the rejection is reported once", async () => {
    const told = await play(function* () {
      currentTask()?.cancel("stop");
      yield* until(Promise.reject(new Error("late")));
    });
    expect(told.sort()).toEqual(["CancelledError stop", "reported Error: late"]);
  });
});
