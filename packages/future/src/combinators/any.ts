import type { Future } from "../future.ts";
import { fulfil, reject, slotOf, statusOf } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import { FULFILLED } from "../outcome.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";

/**
 * The value of the first member to succeed. If none does (so with no members, too), an AggregateError with all their
 * errors, in their order; a cancelled member's is its CancelledError. The others go on, and their errors are dropped.
 *
 * @throws {TypeError} If a member cannot be waited for.
 * @example
 * ```ts
 * import { any, Future } from "@skein/future";
 *
 * const mirrors = [Future.reject(new Error("no route")), Future.resolve("a page")];
 * console.log(await any(mirrors)); // a page
 * ```
 */
export function any<M extends readonly Member<unknown>[]>(
  members: M,
  options?: FutureOptions,
): Future<MemberValue<M[number]>>;
export function any<M extends Member<unknown>>(members: Iterable<M>, options?: FutureOptions): Future<MemberValue<M>>;
export function any(members: Iterable<Member<unknown>>, options?: FutureOptions): Future<unknown> {
  const read = readMembers("wait for any", members, options);
  const errors: unknown[] = new Array(read.futures.length);
  let missing = errors.length;
  const target = gather<unknown>(read, {
    name: options?.name,
    takesAll: true,
    onSettled(target, member, index) {
      if (statusOf(member) === FULFILLED) fulfil(target, slotOf(member));
      else {
        errors[index] = slotOf(member);
        if (--missing === 0) reject(target, new AggregateError(errors, `All ${errors.length} members failed`));
      }
    },
  });
  if (errors.length === 0) reject(target, new AggregateError([], "There was no member to succeed"));
  return target;
}
