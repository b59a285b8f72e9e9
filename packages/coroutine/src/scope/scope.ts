import { TimeoutError } from "@skein/future";
import type { Operation } from "../operation.ts";
import { requireFunction, requireMs } from "../task/body.ts";
import { requireTask } from "../task/current.ts";
import { expectUse } from "../task/unused.ts";
import { runBlock } from "./block.ts";
import { CancelScope, CLEANUP_MS, checkScopeOptions, type ScopeOptions } from "./cancel-scope.ts";
import { around, isReached, outside } from "./delivery.ts";

type ScopeBody<T> = (scope: CancelScope) => Operation<T>;

/**
 * Runs `body` as a stretch of work that can be cancelled by itself, by `s.cancel()` or at `s.deadlineMs`.
 *
 * @returns what the body returns; undefined if the scope's own cancellation ended it (`s.cancelCaught`).
 * @throws Whatever the body throws, and the CancelledError of a scope further out.
 * @example
 * ```ts
 * import { run, scope, sleep } from "@skein/coroutine";
 *
 * await run(function* () {
 *   const answer = yield* scope(function* (s) {
 *     s.cancel("changed my mind");
 *     yield* sleep(1000);
 *     return 42;
 *   });
 *   console.log(answer);
 * });
 * ```
 */
export function scope<T>(body: ScopeBody<T>, options?: ScopeOptions): Operation<T | undefined> {
  requireFunction(body, "open a scope");
  checkScopeOptions(options, "open a scope");
  return runScope(body, options, undefined, undefined);
}

/**
 * Runs `body` for at most `ms` milliseconds, and then goes on without it.
 *
 * @returns what the body returns; undefined if time ran out first, after its cleanup.
 * @throws {RangeError | TypeError} If `ms` is NaN or no number. 0 or less: the first wait ends it.
 * @example
 * ```ts
 * import { moveOnAfter, run, sleep } from "@skein/coroutine";
 *
 * const answer = await run(() => moveOnAfter(5, function* () {
 *   yield* sleep(60_000);
 *   return "late";
 * }));
 * console.log(answer);
 * ```
 */
export function moveOnAfter<T>(ms: number, body: ScopeBody<T>): Operation<T | undefined> {
  requireMs(ms, "move on after a time");
  requireFunction(body, "move on after a time");
  return runScope(body, undefined, ms, undefined);
}

/**
 * Runs `body` for at most `ms` milliseconds.
 *
 * @returns what the body returns. Its type leaves out that a body cut off by `s.cancel()` gives undefined: say so in the
 * body's own type where you call that.
 * @throws {TimeoutError} If time ran out first, after the body's cleanup. A body that finishes all the same keeps its value.
 * @throws {RangeError | TypeError} If `ms` is NaN or no number. 0 or less: the first wait ends it.
 * @example
 * ```ts
 * import { failAfter, run, sleep } from "@skein/coroutine";
 *
 * try {
 *   await run(() => failAfter(5, () => sleep(60_000)));
 * } catch (error) {
 *   console.log((error as Error).name);
 * }
 * ```
 */
export function failAfter<T>(ms: number, body: ScopeBody<T>): Operation<T> {
  requireMs(ms, "fail after a time");
  requireFunction(body, "fail after a time");
  return runScope(body, undefined, ms, "fail") as Operation<T>;
}

/**
 * Runs `body` where no cancel from outside reaches it: the cancel waits until it has ended. Its own deadline holds.
 *
 * @param options.deadlineMs When it is left at the latest, in loop time.
 * @returns what the body returns; undefined if its deadline, or `s.cancel()`, ended it. Without options the type leaves that
 * out, as few shields are ever cancelled: say so in the body's own type where you call `s.cancel()` or set `s.deadlineMs`.
 * @example
 * ```ts
 * import { run, shield, sleep } from "@skein/coroutine";
 *
 * const task = run(() => shield(function* () {
 *   yield* sleep(5);
 *   console.log("written");
 * }));
 * task.cancel();
 * await task.catch(() => console.log("cancelled, afterwards"));
 * ```
 */
export function shield<T>(body: ScopeBody<T>): Operation<T>;
export function shield<T>(
  body: ScopeBody<T>,
  options: { readonly deadlineMs?: number | undefined } | undefined,
): Operation<T | undefined>;
export function shield<T>(body: ScopeBody<T>, options?: ScopeOptions): Operation<T | undefined> {
  requireFunction(body, "shield a body");
  checkScopeOptions(options, "shield a body");
  return runScope(body, options, undefined, "shield");
}

/**
 * Runs `body` as `use` and `ensure` run their cleanups: a cancel from outside does not cut it off until its `cleanupMs` is
 * spent. Where nothing is cancelled it has the default of that, 5 s, from now.
 *
 * @returns what the body returns; undefined if the default, or `s.cancel()`, ended it.
 * @throws Whatever the body throws, and the CancelledError of a scope further out whose `cleanupMs` is spent.
 * @example
 * ```ts
 * import { cleanUp, run, sleep } from "@skein/coroutine";
 *
 * const task = run(function* () {
 *   try {
 *     yield* sleep(1_000);
 *   } finally {
 *     yield* cleanUp(() => sleep(5)); // a further cancel does not cut this off
 *   }
 * });
 * task.cancel();
 * await task.catch(() => console.log("cancelled, and cleaned up"));
 * ```
 */
export function cleanUp<T>(body: ScopeBody<T>): Operation<T | undefined> {
  requireFunction(body, "clean up");
  return runScope(body, undefined, undefined, "cleanup");
}

function runScope<T>(
  body: ScopeBody<T>,
  options: ScopeOptions | undefined,
  ms: number | undefined,
  kind: "fail" | "shield" | "cleanup" | undefined,
): Operation<T | undefined> {
  const operation = runBlock(
    (task) => {
      const limitMs = kind === "cleanup" && !isReached(task) ? CLEANUP_MS : ms;
      const s = new CancelScope(task, task.scope, options, kind === "fail" ? undefined : kind);
      const deadlineMs = limitMs === undefined ? options?.deadlineMs : task.loop.now() + limitMs;
      if (deadlineMs !== undefined) s.deadlineMs = deadlineMs;
      return s;
    },
    body,
    (s, _, error): undefined => {
      if (!s.absorbs(error)) throw error;
      s.cancelCaught = true;
      if (kind !== "fail" || !s.cancellation?.byDeadline) return;
      throw new TimeoutError(`Timed out after ${ms} ms in task "${s.owner.name}"`, {
        timeoutMs: ms as number,
        cause: error,
      });
    },
  );
  return expectUse(operation);
}

/**
 * Until when the running task may wait, as far as is known: the earliest deadline of the scopes around it, up to a
 * shield, in loop time. Infinity: no deadline; -Infinity: it is cancelled already.
 *
 * In a cleanup (a scope opened once a cancel was thrown, or what `use` and `ensure` have left to be done) the scopes outside
 * it count by when they insist: `cleanupMs` after their cancel, or their deadline. So a `finally` asks in a scope of its own.
 *
 * @throws {MisuseError} Outside any task.
 * @example
 * ```ts
 * import { effectiveDeadline, failAfter, run } from "@skein/coroutine";
 *
 * await run(function* () {
 *   console.log(effectiveDeadline()); // Infinity
 *   yield* failAfter(1_000, function* () {
 *     console.log(effectiveDeadline() < Infinity); // true
 *   });
 * });
 * ```
 */
export function effectiveDeadline(): number {
  const task = requireTask("effectiveDeadline()");
  let deadlineMs = Number.POSITIVE_INFINITY;
  let cleansUp = false;
  for (let scope = around(task, task.scope); scope !== null; scope = scope.shielded ? null : outside(scope)) {
    const { cancellation } = scope;
    let endMs = scope.deadlineMs + (cleansUp ? scope.cleanupMs : 0);
    if (cancellation !== null) {
      const { overdueMs } = cancellation;
      endMs = cleansUp && overdueMs > task.loop.now() ? overdueMs : Number.NEGATIVE_INFINITY;
    }
    deadlineMs = Math.min(deadlineMs, endMs);
    cleansUp ||= scope.cleanup;
  }
  return deadlineMs;
}
