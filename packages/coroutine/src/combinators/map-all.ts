import { isCancelled } from "@skein/future";
import { LOOK } from "../checkpoint.ts";
import { group } from "../group/group.ts";
import { withCause, withSuppressed } from "../group/kept-errors.ts";
import type { Operation } from "../operation.ts";
import { requireFunction, requireOperation, show } from "../task/body.ts";
import { expectUse } from "../task/unused.ts";
import { firstError } from "./own.ts";

export interface MapAllOptions {
  /** How many at a time: 1 or more, whole or Infinity. */
  readonly limit: number;
  /** False: the results are in the order in which they came. Default true: in that of the items. */
  readonly ordered?: boolean | undefined;
}

/**
 * Does `fn(item, index)` for every item, at most `limit` at a time, and gives the results in the order of the items, or
 * with `ordered: false` in that in which they came.
 * Items are taken from the iterable only as there is room for them.
 *
 * The first failure cancels the others, waits for them, and is thrown, with later errors in `suppressed`.
 *
 * @throws {RangeError} If `limit` is not. @throws {TypeError} If `items` cannot be iterated or `fn` is no function.
 * @example
 * ```ts
 * import { mapAll, run, sleep } from "@skein/coroutine";
 *
 * console.log(await run(() => mapAll([3, 1, 2], function* (n) { yield* sleep(n); return n * n; }, { limit: 2 })));
 * ```
 */
export function mapAll<A, B>(
  items: Iterable<A>,
  fn: (item: A, index: number) => Operation<B>,
  options: MapAllOptions,
): Operation<B[]> {
  requireFunction(fn, "map all of these items");
  if (typeof (items as Partial<Iterable<A>> | null | undefined)?.[Symbol.iterator] !== "function")
    throw new TypeError(`Cannot map all of ${show(items)}: it is no iterable.`);
  const limit = options?.limit;
  if (!(limit >= 1) || (!Number.isInteger(limit) && limit !== Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot map all with the limit ${show(limit)}: give a whole number from 1, or Infinity.`);
  }
  return expectUse(runMapAll(items, fn, limit, options.ordered !== false));
}

function* runMapAll<A, B>(
  items: Iterable<A>,
  fn: (item: A, index: number) => Operation<B>,
  limit: number,
  ordered: boolean,
): Operation<B[]> {
  yield* LOOK;
  const results: B[] = [];
  const iterator = items[Symbol.iterator]();
  let index = 0;
  let exhausted = false;
  let why: unknown;
  const pull = (): Job<B> | undefined => {
    if (exhausted) return undefined;
    exhausted = true; // also where next() throws
    const next = iterator.next();
    if (next.done) return undefined;
    exhausted = false;
    const at = index++;
    return {
      start: () => requireOperation(fn(next.value, at), `map item ${at}`),
      keep: (result) => {
        results[ordered ? at : results.length] = result;
      },
    };
  };
  try {
    yield* group(function* (g) {
      for (let workers = 0; workers < limit; workers++) {
        const first = g.cancelCalled ? undefined : pull(); // an eager step may have failed already
        if (first === undefined) break;
        g.spawn(() => mapWorker(first, pull), { name: `mapAll[${workers}]`, eager: true });
      }
    });
  } catch (error) {
    why = firstError(error);
    throw why;
  } finally {
    if (!exhausted) close(iterator, why);
  }
  return results;
}

/** Before its end, because of `why`: that comes out first, unless it is a cancellation (C4). */
function close(iterator: Iterator<unknown>, why: unknown): void {
  try {
    iterator.return?.();
  } catch (error) {
    throw why === undefined || isCancelled(why) ? withCause(error, why) : withSuppressed(why, [error]);
  }
}

/** One item, and where its result goes. */
interface Job<B> {
  start(): Operation<B>;
  keep(result: B): void;
}

/** @internal Does one item after the other. */
export function* mapWorker<B>(first: Job<B>, pull: () => Job<B> | undefined): Operation<void> {
  for (let job: Job<B> | undefined = first; job !== undefined; job = pull()) {
    yield* LOOK; // the one before may not have waited at all
    const operation = job.start(); // by that name `inspect` finds what is inside a runtime frame
    job.keep(yield* operation);
  }
}
