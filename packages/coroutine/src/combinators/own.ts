/** What the owning combinators share: their members are tasks of one group, and all have ended when they answer. */
import type { Future } from "@skein/future";
import { LOOK } from "../checkpoint.ts";
import { group, type TaskGroup } from "../group/group.ts";
import { GroupError } from "../group/group-error.ts";
import { together } from "../group/kept-errors.ts";
import type { SpawnOptions } from "../group/spawn-options.ts";
import type { Body, Operation } from "../operation.ts";
import { isOperation, notOperation, wrong } from "../task/body.ts";
import type { Task } from "../task/task.ts";

/** What the combinators take: an operation, a function that makes one, or a future, which is only waited for. */
export type Member<T> = Body<T> | Future<T>;
/** What a member gives. */
export type Value<M> = M extends Body<infer T> ? T : never;
export type Values<M extends readonly unknown[]> = { -readonly [I in keyof M]: Value<M[I]> };

/** @throws {TypeError} At the call, naming the first member that cannot be waited for. */
export function members<T>(items: Iterable<Member<T>>, what: string): Member<T>[] {
  if (typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function") {
    throw wrong(`wait for all of ${what}()`, "the list", items, "an array of operations");
  }
  const list = [...items];
  list.forEach((item, index) => {
    if (typeof item !== "function" && !isOperation(item))
      throw notOperation(item, `wait for member ${index} of ${what}()`, false);
  });
  return list;
}

/** One task a member; a future given twice is waited for twice, and an operation given twice is one task. */
export function spawnAll<T>(g: TaskGroup, list: readonly Member<T>[], what: string, onError?: "owner"): Task<T>[] {
  const tasks = new Map<Member<T>, Task<T>>();
  return list.map((member, index) => {
    const known = tasks.get(member);
    if (known !== undefined) return known;
    const name = `${what}[${index}]${typeof member === "function" && member.name ? ` ${member.name}` : ""}`;
    const task = spawnMember(g, member, { name, onError });
    tasks.set(member, task);
    return task;
  });
}

/** A function that throws instead of making an operation has failed like any other member: it is for the combinator to tell. */
function spawnMember<T>(g: TaskGroup, member: Member<T>, options: SpawnOptions): Task<T> {
  try {
    return g.spawn(member, options);
  } catch (error) {
    return g.spawn(function* (): Operation<never> {
      throw error;
    }, options);
  }
}

/** What became of members whose failures are the combinator's to tell. */
interface Owned<T, V> {
  readonly value: V;
  readonly tasks: readonly Task<T>[];
  /** Errors of those that the body has not told of. */
  readonly lateErrors: readonly unknown[];
}

/**
 * Runs `body` over one task a member, each of which only the combinator hears of.
 * C4: if a cancel from outside cuts the body off, what the cleanup of a member failed with is thrown instead.
 */
export function* own<T, V>(
  list: readonly Member<T>[],
  what: "race" | "any" | "settled",
  body: (g: TaskGroup, tasks: readonly Task<T>[]) => Operation<V>,
): Operation<Owned<T, V>> {
  if (list.length === 0) yield* LOOK;
  let tasks: Task<T>[] = [];
  let late: Task<T>[] = [];
  try {
    const value = yield* group(function* (g) {
      tasks = spawnAll(g, list, what, "owner");
      for (const task of tasks) task.addDoneCallback(heard);
      try {
        return yield* body(g, tasks);
      } finally {
        // What has failed by now is for any() and settled() to tell; race() tells of its winner alone.
        late = tasks.filter((task) => what === "race" || task.state === "pending");
      }
    });
    return { value, tasks, lateErrors: errorsOf(late) };
  } catch (error) {
    const errors = errorsOf(late);
    throw errors.length === 0 ? error : together(errors);
  }
}

const heard = (): void => {};

function errorsOf(tasks: readonly Task<unknown>[]): unknown[] {
  const outcomes = [...new Set(tasks)].map((task) => task.outcome);
  return outcomes.flatMap((outcome) => (outcome?.status === "rejected" ? [outcome.reason] : []));
}

/** What a combinator throws of what its group has thrown. */
export function firstError(error: unknown): unknown {
  return error instanceof GroupError ? together(error.errors) : error;
}
