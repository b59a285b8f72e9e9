import type { Future } from "../future.ts";
import { fulfil, settleLike, slotOf, statusOf } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import { FULFILLED } from "../outcome.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";

/**
 * The values of all members, in their order. Ends as the first member that fails or is cancelled does; the others go
 * on, and their errors are dropped. Nobody is cancelled: the caller owns them. No members: an empty list.
 *
 * @throws {TypeError} If a member cannot be waited for.
 * @example
 * ```ts
 * import { all, Future } from "@skein/future";
 *
 * const [user, cart] = await all([Future.resolve("ada"), Future.resolve(3)]);
 * console.log(`${user} has ${cart} things in the cart`);
 * ```
 */
export function all<M extends readonly Member<unknown>[] | []>(
  members: M,
  options?: FutureOptions,
): Future<{ -readonly [K in keyof M]: MemberValue<M[K]> }>;
export function all<M extends Member<unknown>>(members: Iterable<M>, options?: FutureOptions): Future<MemberValue<M>[]>;
export function all(members: Iterable<Member<unknown>>, options?: FutureOptions): Future<unknown[]> {
  const read = readMembers("wait for all", members, options);
  const values: unknown[] = new Array(read.futures.length);
  let missing = values.length;
  const target = gather<unknown[]>(read, {
    name: options?.name,
    takesAll: true,
    onSettled(target, member, index) {
      if (statusOf(member) !== FULFILLED) settleLike(target, member as Future<never>);
      else {
        values[index] = slotOf(member);
        if (--missing === 0) fulfil(target, values);
      }
    },
  });
  if (values.length === 0) fulfil(target, values);
  return target;
}
