import { Future } from "@skein/future";
import type { Operation } from "../operation.ts";
import type { Outcome } from "../task/join.ts";
import { expectUse } from "../task/unused.ts";
import { type Member, members, own, type Value } from "./own.ts";

/**
 * Does everything at once, waits for all of it, and gives how each ended: fulfilled, rejected or cancelled.
 *
 * @throws {TypeError} If a member is no operation.
 * @example
 * ```ts
 * import { run, settled } from "@skein/coroutine";
 *
 * const [good, bad] = await run(() => settled([
 *   function* () { return 1; },
 *   function* () { throw new Error("no"); },
 * ]));
 * console.log(good?.status, bad?.status);
 * ```
 */
export function settled<const M extends readonly Member<unknown>[]>(
  items: M,
): Operation<{ -readonly [I in keyof M]: Outcome<Value<M[I]>> }>;
export function settled<T>(items: Iterable<Member<T>>): Operation<Outcome<T>[]>;
export function settled(items: Iterable<Member<unknown>>): Operation<unknown> {
  return expectUse(runSettled(members(items, "settled")));
}

function* runSettled(list: readonly Member<unknown>[]): Operation<unknown> {
  const { value } = yield* own(list, "settled", function* (_, tasks) {
    const outcomes: Outcome<unknown>[] = [];
    for (const [index, task] of tasks.entries()) {
      const outcome = yield* task.join();
      const member = list[index];
      outcomes.push((member instanceof Future && member.outcome) || outcome); // a cancelled one is no failure of who waited
    }
    return outcomes;
  });
  return value;
}
