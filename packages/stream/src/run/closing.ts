import { cleanUp, type Operation, type Task, together, until } from "@skein/coroutine";
import { reasonOf, stoppedBy } from "../ends.ts";
import type { End, Source } from "../source.ts";

/**
 * Closing is begun by `close()` itself; this only waits for the rest. A cancel does not cut it off before its `cleanupMs` is
 * spent; where nothing was cancelled, the default is.
 */
export function finish(closing: Operation<void>): Operation<void> {
  return cleanUp(() => closing) as Operation<void>;
}

/** A cleanup that answers by a promise. It is heard from now on: it may fail while another is waited for. */
export function promised(cleanup: PromiseLike<unknown>): Operation<void> {
  cleanup.then(undefined, ignore);
  return until(cleanup) as Operation<unknown> as Operation<void>;
}
function ignore(): void {}

/**
 * Begins to close `source`. What that throws comes out where the closing is waited for, and not here: whoever has more to
 * close, or somebody to tell, must come to that, too. (S5)
 */
export function beginClosing(source: Source | null, end: End): Operation<void> | undefined {
  return begun(() => source?.close(end));
}

/** The same of any cleanup that `begin` begins. */
export function begun(begin: () => Operation<void> | undefined): Operation<void> | undefined {
  try {
    return begin();
  } catch (error) {
    return failedClosing(error);
  }
}

/** Waits for each of several closings, and throws what some have thrown, together. */
export function closeAll(closings: readonly (Operation<void> | undefined)[]): Operation<void> | undefined {
  const pending = closings.filter((closing) => closing !== undefined);
  if (pending.length <= 1) return pending[0];
  return each(pending);
}

function* each(closings: readonly Operation<void>[]): Generator<never, void> {
  const errors: unknown[] = [];
  for (const closing of closings) {
    try {
      yield* closing as Iterable<never>;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw together(errors);
}

/** Cancels a task of the run, which `end` closes, and waits for it: an error of its cleanup comes out. */
export function cancelAndJoin(task: Task<unknown>, end: End): Operation<void> | undefined {
  if (task.outcome !== undefined) return undefined;
  task.cancel(reasonOf(end));
  return joinCancelled(task, end);
}

function* joinCancelled(task: Task<unknown>, end: End): Generator<never, void> {
  yield* task.join() as Iterable<never>;
  const { outcome } = task;
  if (outcome?.status === "rejected" && !stoppedBy(outcome.reason, end)) throw outcome.reason;
}

/** A closing that has failed already: the error comes out where the closing is waited for. */
export function* failedClosing(error: unknown): Generator<never, void> {
  throw error;
}
