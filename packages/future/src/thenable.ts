import type { Future } from "./future.ts";
import { fulfil, reject, resolveWith } from "./internal.ts";
import { thenOf } from "./options.ts";

/**
 * Settles `target` with `value`, which is no future of ours: by its `then` if it has one, else as it is. `then` is
 * read once and called once; the first of its callbacks to be called counts, whatever comes after. (Promises/A+ 2.3.3)
 */
export function followThenable(target: Future<unknown>, value: unknown): void {
  let answered = false;
  const once =
    (settle: (target: Future<unknown>, answer: unknown) => void) =>
    (answer?: unknown): void => {
      if (!answered) {
        answered = true;
        settle(target, answer);
      }
    };
  const fail = once(reject);
  try {
    const then = value !== target && thenOf(value);
    if (then) then.call(value as PromiseLike<unknown>, once(resolveWith), fail);
    else fulfil(target, value);
  } catch (error) {
    fail(error);
  }
}
