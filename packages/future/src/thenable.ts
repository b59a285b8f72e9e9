import type { Future } from "./future.ts";
import { fulfil, reject, resolveWith } from "./internal.ts";

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
    // Of a primitive, `then` may exist (on a prototype) and must not be looked at.
    const then = Object(value) === value && value !== target && (value as { then?: unknown }).then;
    if (typeof then === "function") then.call(value, once(resolveWith), fail);
    else fulfil(target, value);
  } catch (error) {
    fail(error);
  }
}
