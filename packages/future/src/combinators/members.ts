import type { Scheduler } from "@skein/loop";
import { Constructor, type Future, isFuture } from "../future.ts";
import { Link } from "../link.ts";
import { type FutureOptions, readLoop, show, type Then, thenOf } from "../options.ts";
import { isPlainPromise, SharedLink } from "./shared-link.ts";

/** What a combinator takes: a future, a task, or any promise. A plain value is a mistake more often than not. */
export type Member<T> = PromiseLike<T>;

/** The value of a member. Not `Awaited`: a future of a future has a future as its value. (F6) */
export type MemberValue<M> = M extends PromiseLike<infer T> ? T : never;

/** The members of one call, each a future now. */
export interface Members {
  readonly loop: Scheduler;
  readonly futures: readonly Future<unknown>[];
  /** What links those to their promise that were made here, around one: nobody else knows them. */
  readonly wrapped: readonly Wrapped[];
}

/** What links a future to the promise that it was made around. */
interface Wrapped {
  /** Stops waiting, if it still does. `quiet`: the caller takes over the promise's error, a late one is dropped. (F7) */
  leave(quiet: boolean): void;
}

/** The members given to `what` as a list. @throws {TypeError} If that is none; a single future, say. */
export function listMembers<M>(what: string, members: Iterable<M>): M[] {
  if (
    typeof members !== "object" ||
    members === null ||
    typeof members[Symbol.iterator] !== "function" ||
    isFuture(members) // which is iterable, but only for `yield*`
  ) {
    throw new TypeError(`Cannot ${what}: the members are ${show(members)}; give an array of futures and promises`);
  }
  return [...members];
}

/**
 * Reads the members given to `what`; nothing is touched before all are checked. The loop is the one named, else the
 * one of the first future, else the running one.
 *
 * @throws {TypeError} If `members` is no iterable, or one of them cannot be waited for, saying which.
 */
export function readMembers(what: string, members: Iterable<unknown>, options: FutureOptions = {}): Members {
  const given = listMembers(what, members);
  const chosen = readLoop(options, what);
  let first: Future<unknown> | undefined;
  const thens = given.map((member, index): Then | undefined => {
    if (isFuture(member)) {
      first ??= member;
      return undefined;
    }
    const then = thenOf(member);
    if (then) return then;
    throw new TypeError(
      `Cannot ${what}: member ${index} is ${show(member)}; give futures and promises (a plain value: Future.resolve)`,
    );
  });
  const loop = options.loop === undefined && first !== undefined ? first.loop : chosen;
  const wrapped: Wrapped[] = [];
  const futures = given.map((member, index) => {
    if (isFuture(member)) return member;
    const then = thens[index];
    if (isPlainPromise(member, then)) {
      const future = new Constructor<unknown>(loop);
      wrapped.push(new SharedLink(future, member));
      return future;
    }
    const link = new Link<unknown>();
    const future = new Constructor<unknown>(loop, undefined, link);
    link.follow(future, member as PromiseLike<unknown>, then, isFuture);
    wrapped.push({
      leave(quiet) {
        link.quiet = quiet;
        future.cancel();
      },
    });
    return future;
  });
  return { loop, futures, wrapped };
}
