import { TimeoutError } from "../errors.ts";
import type { Future } from "../future.ts";
import { reject, settleLike } from "../internal.ts";
import type { FutureOptions } from "../options.ts";
import { gather } from "./gather.ts";
import { type Member, type MemberValue, readMembers } from "./members.ts";
import { readTimeout } from "./timeout.ts";

/**
 * Ends as `member` does, if that is within `timeoutMs` milliseconds of the loop's time; else rejects with a
 * TimeoutError. The member goes on: cancel it yourself if it should not, and what it fails with later is reported as
 * any rejection that nobody waits for. Zero or less: only what is settled already counts. Infinity: no limit.
 *
 * @throws {TypeError} If `member` cannot be waited for or `timeoutMs` is no number. @throws {RangeError} If it is NaN.
 * @example
 * ```ts
 * import { Future, withTimeout } from "@skein/future";
 *
 * const request = Future.withResolvers<string>({ onCancel: () => console.log("aborted") }).future;
 * await withTimeout(request, 5).catch((error) => {
 *   request.cancel(error); // giving up is not cancelling: that is yours to say
 *   console.log(`${error}`); // TimeoutError: future … took longer than 5 ms
 * });
 * ```
 */
export function withTimeout<M extends Member<unknown>>(
  member: M,
  timeoutMs: number,
  options?: FutureOptions,
): Future<MemberValue<M>> {
  const what = "wait with a timeout";
  const limitMs = readTimeout(what, timeoutMs);
  const read = readMembers(what, [member], options);
  const name = read.futures[0]?.describe();
  return gather<MemberValue<M>>(read, {
    name: options?.name,
    timeoutMs: limitMs,
    onSettled: (target, settled) => void settleLike(target, settled as Future<MemberValue<M>>),
    onTimeout: (target) =>
      void reject(target, new TimeoutError(`${name} took longer than ${timeoutMs} ms`, { timeoutMs })),
  });
}
