import { isA, say } from "../task/body.ts";

/** What to look for: a class of errors, or a function that says whether an error is meant. */
export type ErrorKind<E = unknown> = (abstract new (...args: never[]) => E) | ((error: unknown) => boolean);

/**
 * What a group throws when its body or children failed: every error object once, the body's own first.
 * Cancellations are not among them: they say that something was stopped, not that it failed.
 *
 * @example
 * ```ts
 * import { GroupError, group, run } from "@skein/coroutine";
 *
 * try {
 *   await run(() => group(function* (g) {
 *     g.spawn(function* () { throw new RangeError("too far"); });
 *   }));
 * } catch (error) {
 *   const [tooFar, rest] = (error as GroupError).split(RangeError);
 *   if (rest) throw rest;
 *   console.log(tooFar?.pick(RangeError).map(({ message }) => message));
 * }
 * ```
 */
export class GroupError extends AggregateError {
  readonly code: "GROUP";
  /** The name of the group. */
  readonly group: string;

  constructor(errors: readonly unknown[], group: string, cause: unknown = errors[0]) {
    const first = errors[0];
    const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
    super([...errors], `Group "${group}" failed: ${say(first)}${others}`, {
      cause,
    });
    this.name = "GroupError";
    this.code = "GROUP";
    this.group = group;
  }

  /** The errors of one kind, of nested groups as well, in their order: an array, empty if there are none. */
  pick<E>(kind: ErrorKind<E>): E[] {
    return this.errors.flatMap((error) => (isGroup(error) ? error.pick(kind) : isOf(kind, error) ? [error as E] : []));
  }

  /** The errors of one kind and the others, each in groups nested as here; undefined where there are none. */
  split(kind: ErrorKind): [of: GroupError | undefined, others: GroupError | undefined] {
    return [part(this, kind, true), part(this, kind, false)];
  }
}

// A class that names itself inside is renamed by bundlers, and so is what its errors say that they are.
const isGroup = (error: unknown): error is GroupError => isA(error, GroupError);

function part(group: GroupError, kind: ErrorKind, wanted: boolean): GroupError | undefined {
  const errors = group.errors.flatMap((error) =>
    isGroup(error) ? (part(error, kind, wanted) ?? []) : isOf(kind, error) === wanted ? [error] : [],
  );
  return errors.length === 0 ? undefined : new GroupError(errors, group.group, group.cause);
}

/** An error class is called by `new` only, and its prototype has a name; of a plain function, even `function () {}`, it has none. */
function isOf(kind: ErrorKind, error: unknown): boolean {
  return "name" in (kind.prototype ?? {})
    ? isA(error, kind as abstract new () => unknown)
    : !!(kind as (error: unknown) => boolean)(error);
}
