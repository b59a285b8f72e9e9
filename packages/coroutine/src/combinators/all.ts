import { LOOK } from "../checkpoint.ts";
import { group } from "../group/group.ts";
import type { Operation } from "../operation.ts";
import { expectUse } from "../task/unused.ts";
import { firstError, type Member, members, spawnAll, type Values } from "./own.ts";

/**
 * Does everything at once and gives the values in the order of the members.
 *
 * The first failure cancels the other operations, waits for them, and is thrown, with later errors in `suppressed`.
 * A Future or Task among the members is waited for, never cancelled.
 *
 * @throws {TypeError} If a member is no operation.
 * @example
 * ```ts
 * import { all, run, sleep } from "@skein/coroutine";
 *
 * console.log(await run(() => all([
 *   function* () { yield* sleep(2); return "a"; },
 *   function* () { yield* sleep(1); return "b"; },
 * ])));
 * ```
 */
export function all<const M extends readonly Member<unknown>[]>(items: M): Operation<Values<M>>;
export function all<T>(items: Iterable<Member<T>>): Operation<T[]>;
export function all(items: Iterable<Member<unknown>>): Operation<unknown[]> {
  return expectUse(runAll(members(items, "all")));
}

function* runAll(list: readonly Member<unknown>[]): Operation<unknown[]> {
  if (list.length === 0) yield* LOOK;
  try {
    return yield* group(function* (g) {
      const values: unknown[] = [];
      for (const task of spawnAll(g, list, "all")) values.push(yield* task);
      return values;
    });
  } catch (error) {
    throw firstError(error);
  }
}
