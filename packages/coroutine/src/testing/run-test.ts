import { chooserOf } from "./choose.ts";
import { checkOptions, orderOf, seedOf, type TestBody, type TestOptions } from "./options.ts";
import { play } from "./play.ts";

/**
 * Runs a body in virtual time, which jumps by itself: only when every task is blocked on something inside the loop. While a
 * promise of the host is waited for (`until`), time stands still.
 *
 * Works with every test framework, as it returns a promise.
 *
 * @returns what the body returns.
 * @throws {TestFailedError} If the body fails, or an error is reported to the loop. @throws {DeadlockError} As soon as
 * nothing can wake its tasks any more. @throws {LeakError} If something outlives it.
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { runTest } from "@skein/coroutine/testing";
 *
 * const hours = await runTest(function* (root, t) {
 *   yield* sleep(10 * 3_600_000);
 *   return t.now() / 3_600_000;
 * });
 * console.log(hours); // at once
 * ```
 */
export async function runTest<T>(body: TestBody<T>, options: TestOptions = {}): Promise<T> {
  checkOptions(body, options, "run a test");
  const { seed } = seedOf(options);
  const choose = chooserOf(orderOf(options), seed, options.depth ?? 3);
  const { failure, outcome } = await play(body, { options, seed, run: 0, choose });
  if (failure !== undefined) throw failure;
  return (outcome as { readonly value: T }).value; // no failure: it was fulfilled
}
