import type { Future } from "../future.ts";
import { settleLike } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";

/**
 * Ends as the first member to settle does, whichever way; among those that are settled already, the first in the
 * list. The others go on, and their errors are dropped. A long-lived member keeps no trace of it.
 *
 * @throws {TypeError} If a member cannot be waited for. @throws {RangeError} If there is none: it would never end.
 * @example
 * ```ts
 * import { Future, race } from "@skein/future";
 *
 * const fromNetwork = Future.withResolvers<string>().future; // takes its time
 * console.log(await race([Future.resolve("from the cache"), fromNetwork]));
 * ```
 */
export function race<M extends readonly Member<unknown>[]>(
  members: M,
  options?: FutureOptions,
): Future<MemberValue<M[number]>>;
export function race<M extends Member<unknown>>(members: Iterable<M>, options?: FutureOptions): Future<MemberValue<M>>;
export function race(members: Iterable<Member<unknown>>, options?: FutureOptions): Future<unknown> {
  const read = readMembers("race", members, options);
  if (read.futures.length === 0)
    throw new RangeError("Cannot race: there is no member, so it would never end; give one");
  return gather<unknown>(read, {
    name: options?.name,
    takesAll: true,
    onSettled: (target, member) => void settleLike(target, member),
  });
}
