import type { Future } from "../future.ts";
import { fulfil, statusOf } from "../internal.ts";
import { type FutureOptions, readLoop, show } from "../options.ts";
import { PENDING, REJECTED } from "../outcome.ts";
import { gather } from "./gather.ts";
import { listMembers, type Member, readMembers } from "./members.ts";
import { readTimeout } from "./timeout.ts";

/** How `wait` waits. */
export interface WaitOptions extends FutureOptions {
  /** `"all"` (default): until every member has settled; `"first"`: one has; `"firstError"`: one was rejected, or all settled. */
  until?: "first" | "firstError" | "all";
  /** Answers after so many milliseconds with what there is then. Default: no limit. */
  timeoutMs?: number;
}

/** Who has settled and who has not, each in the order given. A member given twice is there once. */
export interface WaitResult<M> {
  done: Set<M>;
  pending: Set<M>;
}

/**
 * Waits for some of the members and sorts all of them. It throws nobody's error and reaching the time limit is none:
 * look at what you get. The errors of those in `done` are yours, as nobody else is told of them; those in `pending` go
 * on as if nobody had waited.
 *
 * @throws {TypeError} If a member cannot be waited for or an option has the wrong type.
 * @throws {RangeError} If there is no member, or `timeoutMs` is NaN, or `until` is none of the three.
 * @example
 * ```ts
 * import { Future, wait } from "@skein/future";
 *
 * const slow = Future.withResolvers<string>().future;
 * const { done, pending } = await wait([slow, Future.resolve("fast")], { until: "first", timeoutMs: 1_000 });
 * console.log(done.size, pending.size); // 1 1
 * ```
 */
export function wait<M extends Member<unknown>>(
  members: Iterable<M>,
  options: WaitOptions = {},
): Future<WaitResult<M>> {
  const what = "wait";
  readLoop(options, what);
  const { until = "all", timeoutMs: limitMs = Number.POSITIVE_INFINITY, name } = options;
  const timeoutMs = readTimeout(what, limitMs);
  if (until !== "all" && until !== "first" && until !== "firstError") {
    throw new RangeError(`Cannot wait: until is ${show(until)}; give "first", "firstError" or "all"`);
  }
  const given = [...new Set(listMembers(what, members))];
  const read = readMembers(what, given, options);
  if (given.length === 0) throw new RangeError("Cannot wait: there is no member; give one");
  let missing = given.length;
  const answer = (target: Future<WaitResult<M>>): void => {
    const result: WaitResult<M> = { done: new Set(), pending: new Set() };
    for (const [index, member] of given.entries()) {
      result[statusOf(read.futures[index] as Future<unknown>) === PENDING ? "pending" : "done"].add(member);
    }
    fulfil(target, result);
  };
  return gather<WaitResult<M>>(read, {
    name,
    timeoutMs,
    onSettled(target, member) {
      missing--;
      const enough = until === "first" || (until === "firstError" && statusOf(member) === REJECTED);
      if (missing === 0 || enough) answer(target);
    },
    onTimeout: answer,
  });
}
