import { Future, MisuseError } from "@skein/future";
import { withSuppressed } from "../group/kept-errors.ts";
import type { Operation } from "../operation.ts";
import type { Task } from "../task/task.ts";
import { expectUse } from "../task/unused.ts";
import { type Member, members, own, type Value } from "./own.ts";

/**
 * Gives the value, or throws the error, of whichever member ends first. The others are cancelled and waited for before
 * that; their errors are in `suppressed` of the first's error, or reported to the loop if it has a value. A Future among them is never cancelled.
 *
 * @throws {MisuseError} If there is no member: it could never end. @throws {TypeError} If one is no operation.
 * @example
 * ```ts
 * import { race, run, sleep } from "@skein/coroutine";
 *
 * console.log(await run(() => race([
 *   function* () { yield* sleep(1); return "fast"; },
 *   function* () { yield* sleep(60_000); return "slow"; },
 * ])));
 * ```
 */
export function race<const M extends readonly Member<unknown>[]>(items: M): Operation<Value<M[number]>>;
export function race<T>(items: Iterable<Member<T>>): Operation<T>;
export function race(items: Iterable<Member<unknown>>): Operation<unknown> {
  const list = members(items, "race");
  if (list.length === 0)
    throw new MisuseError("Cannot race nothing: a race of no members would never end; give one at least.");
  return expectUse(runRace(list, "race", () => true));
}

/**
 * Gives the value of the first member that succeeds; the others are then cancelled and waited for.
 *
 * @throws {AggregateError} If none succeeds, with every error in the order of the members; so for no members.
 * @throws {TypeError} If one is no operation.
 * @example
 * ```ts
 * import { any, run, sleep } from "@skein/coroutine";
 *
 * console.log(await run(() => any([
 *   function* () { throw new Error("down"); },
 *   function* () { yield* sleep(1); return "mirror"; },
 * ])));
 * ```
 */
export function any<const M extends readonly Member<unknown>[]>(items: M): Operation<Value<M[number]>>;
export function any<T>(items: Iterable<Member<T>>): Operation<T>;
export function any(items: Iterable<Member<unknown>>): Operation<unknown> {
  return expectUse(runRace(members(items, "any"), "any", (task) => task.peek()?.status === "fulfilled"));
}

function* runRace(
  list: readonly Member<unknown>[],
  what: "race" | "any",
  wins: (task: Task<unknown>) => boolean,
): Operation<unknown> {
  const {
    value: winner,
    tasks,
    lateErrors,
  } = yield* own(list, what, function* (g, tasks) {
    const winner = yield* firstOf(tasks, what, wins);
    g.cancel(`${what}() was won by "${winner?.name}"`);
    return winner;
  });
  if (winner === undefined)
    throw new AggregateError(reasons(tasks), `None of the ${list.length} members of ${what}() succeeded.`);
  const outcome = winner.peek();
  if (outcome?.status === "rejected") withSuppressed(outcome.reason, lateErrors);
  else for (const error of lateErrors) winner.loop.reportError(error, { what: "cleanup of a loser", name: what });
  return winner.result();
}

/** Waits until one `wins`, or all have ended. */
function* firstOf(
  tasks: readonly Task<unknown>[],
  name: string,
  wins: (task: Task<unknown>) => boolean,
): Operation<Task<unknown> | undefined> {
  if (tasks.length === 0) return undefined;
  const over = Future.withResolvers<Task<unknown> | undefined>({ loop: (tasks[0] as Task<unknown>).loop, name });
  let open = tasks.length;
  for (const task of tasks) {
    task.addDoneCallback(() => {
      open--;
      if (wins(task)) over.resolve(task);
      else if (open === 0) over.resolve(undefined);
    });
  }
  return yield* over.future;
}

function reasons(tasks: readonly Task<unknown>[]): unknown[] {
  return [...new Set(tasks)].flatMap(({ outcome }) =>
    outcome === undefined || outcome.status === "fulfilled" ? [] : [outcome.reason],
  );
}
