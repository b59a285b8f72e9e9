import type { Operation, Scheduler, TaskGroup, Wait } from "@skein/coroutine";
import { sleep } from "@skein/coroutine";
import { from } from "../sources/from.ts";
import type { Stream } from "../stream.ts";
import type { PipeTarget } from "../terminals/pipe-to.ts";
import { type Check, check, equal } from "./check.ts";

/** A fresh target of `pipeTo`, and how to look behind it. */
export interface TargetCase<T> {
  /** What is checked. */
  readonly target: PipeTarget<T>;
  /** What is sent to it; at least two items. */
  readonly items: readonly T[];
  /** What has arrived so far, compared by `Object.is`. */
  readonly arrived: () => readonly T[];
  /** How it was told that there is no more: not yet, closed, or failed with an error. */
  readonly told: () => "nothing" | "closed" | { readonly error: unknown };
}

/**
 * What every target of `pipeTo` does, as a list of checks on virtual time.
 *
 * @param make Gives a fresh case for the loop it is used on; called once or more by each check. Whatever takes the
 * items behind the target may be a task of `root`; it has to end when the target has been told.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { channel } from "@skein/stream";
 * import { checkTarget } from "@skein/stream/testing";
 *
 * const checks = checkTarget<number>(() => {
 *   const arrived: number[] = [];
 *   let told: "nothing" | "closed" | { error: unknown } = "nothing";
 *   const target = {
 *     *send(item: number) {
 *       arrived.push(item);
 *     },
 *     close: () => void (told = "closed"),
 *     fail: (error: unknown) => void (told = { error }),
 *   };
 *   return { target, items: [1, 2], arrived: () => arrived, told: () => told };
 * });
 * for (const { id, name, run } of checks) test(`${id} ${name}`, run);
 * ```
 */
export function checkTarget<T>(make: (loop: Scheduler, root: TaskGroup) => TargetCase<T>): Check[] {
  const error = new Error("the stream's");
  return [
    check(
      "TARGET-1",
      "the items arrive in order, whether they come at once or by and by; then it is closed",
      function* (root, loop) {
        for (const pauseMs of [0, 3]) {
          const { target, items, arrived, told } = make(loop, root);
          yield* slowly(items, pauseMs).pipeTo(target);
          yield* sleep(0);
          equal(arrived(), items, `items with pauses of ${pauseMs} ms`);
          equal(told(), "closed", "what it was told");
        }
      },
    ),
    check("TARGET-2", "of nothing it is closed, too", function* (root, loop) {
      const { target, arrived, told } = make(loop, root);
      yield* (from([]) as Stream<T>).pipeTo(target);
      equal([...arrived(), told()], ["closed"], "what it was told");
    }),
    check(
      "TARGET-3",
      "a failure comes after the items, as the same error, and leaves pipeTo as it is",
      function* (root, loop) {
        const { target, items, arrived, told } = make(loop, root);
        const thrown = yield* thrownBy(slowly(items, 1, error).pipeTo(target));
        yield* sleep(0);
        equal(thrown, error, "what pipeTo throws");
        equal(arrived(), items, "items");
        const end = told();
        equal(
          typeof end === "object" ? end.error : end,
          target.fail === undefined ? "closed" : error,
          "what it was told",
        );
      },
    ),
    check("TARGET-4", "cancelled while the stream waits, it has what was sent, and is told", function* (root, loop) {
      const { target, items, arrived, told } = make(loop, root);
      const piping = root.spawn(() => slowly(items, 1, null).pipeTo(target), { onError: "owner" });
      yield* sleep(1000);
      piping.cancel("enough");
      yield* piping.join();
      yield* sleep(0);
      equal(arrived(), items, "items");
      equal(told() === "nothing", false, "it was not told");
    }),
  ];
}

/** The items, one by one; then the error, or nothing for ever (null). */
function slowly<T>(items: readonly T[], pauseMs: number, error?: Error | null): Stream<T> {
  const source = from(function* () {
    for (const item of items) {
      if (pauseMs > 0) yield* sleep(pauseMs);
      yield item;
    }
    if (error === null) yield* sleep(1_000_000);
    if (error instanceof Error) throw error;
  });
  return source as unknown as Stream<T>;
}

function* thrownBy(operation: Operation<unknown>): Generator<Wait, unknown, unknown> {
  try {
    yield* operation;
  } catch (error) {
    return error;
  }
  return undefined;
}
