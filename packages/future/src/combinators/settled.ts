import type { Future } from "../future.ts";
import { fulfil } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";

/**
 * What came of every member, in their order, once all have ended. Never fails. No members: an empty list.
 *
 * @throws {TypeError} If a member cannot be waited for.
 * @example
 * ```ts
 * import { Future, settled } from "@skein/future";
 *
 * for (const outcome of await settled([Future.resolve("a.png"), Future.reject(new Error("too large"))])) {
 *   if (outcome.status !== "fulfilled") console.log(String(outcome.reason)); // Error: too large
 * }
 * ```
 */
export function settled<M extends readonly Member<unknown>[] | []>(
  members: M,
  options?: FutureOptions,
): Future<{ -readonly [K in keyof M]: Outcome<MemberValue<M[K]>> }>;
export function settled<M extends Member<unknown>>(
  members: Iterable<M>,
  options?: FutureOptions,
): Future<Outcome<MemberValue<M>>[]>;
export function settled(members: Iterable<Member<unknown>>, options?: FutureOptions): Future<Outcome<unknown>[]> {
  const read = readMembers("wait until all have settled", members, options);
  const outcomes: Outcome<unknown>[] = new Array(read.futures.length);
  let missing = outcomes.length;
  const target = gather<Outcome<unknown>[]>(read, {
    name: options?.name,
    onSettled(target, member, index) {
      outcomes[index] = member.outcome as Outcome<unknown>;
      if (--missing === 0) fulfil(target, outcomes);
    },
  });
  if (outcomes.length === 0) fulfil(target, outcomes);
  return target;
}
