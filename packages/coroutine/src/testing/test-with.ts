import { type ExploreOptions, explore } from "./explore.ts";
import type { TestBody, TestOptions } from "./options.ts";
import { runTest } from "./run-test.ts";
import { type SweepOptions, sweepCancel } from "./sweep-cancel.ts";

/** A framework's `test`, as vitest, jest and `node:test` have it. */
export type FrameworkTest = (name: string, fn: () => Promise<void>) => unknown;

/** Makes tests whose bodies are tasks. */
export interface TaskTest {
  /** A test by `runTest`. */
  (name: string, body: TestBody<unknown>, options?: TestOptions): void;
  /** A test by `explore`. */
  explore(name: string, body: TestBody<unknown>, options?: ExploreOptions): void;
  /** A test by `sweepCancel`. */
  sweepCancel<T>(name: string, body: TestBody<T>, options?: SweepOptions<T>): void;
}

/**
 * Joins these tools to a test framework, whichever it is: `const it = testWith(test)`.
 *
 * @param test The framework's; one that is narrowed, as `test.only`, makes such tests.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { test } from "node:test";
 * import { sleep } from "@skein/coroutine";
 * import { testWith } from "@skein/coroutine/testing";
 *
 * const it = testWith(test);
 *
 * it("waits a day", function* (_root, t) {
 *   yield* sleep(86_400_000);
 *   assert.equal(t.now(), 86_400_000);
 * });
 * it.explore("in every order", function* (root) {
 *   for (const ms of [1, 2]) root.spawn(() => sleep(ms));
 * });
 * ```
 */
export function testWith(test: FrameworkTest): TaskTest {
  const make =
    <O extends TestOptions>(play: (body: TestBody<never>, options: O) => Promise<unknown>) =>
    (name: string, body: TestBody<unknown>, options?: O): void => {
      test(name, async () => {
        await play(body as TestBody<never>, options ?? ({} as O));
      });
    };
  return Object.assign(make(runTest), { explore: make(explore), sweepCancel: make(sweepCancel) }) as TaskTest;
}
