import { type Operation, until } from "@skein/coroutine";

/** What somebody's function gave back, if it is to be waited for: an operation, or a promise as one. Null: anything else. */
export function toOperation(given: unknown): Operation<unknown> | null {
  if (typeof given !== "object" || given === null) return null;
  if (Symbol.iterator in given) {
    // A list that it happens to return, say, is nothing to wait for.
    const isData = Array.isArray(given) || given instanceof Map || given instanceof Set || ArrayBuffer.isView(given);
    return isData ? null : (given as Operation<unknown>);
  }
  return "then" in given && typeof given.then === "function" ? until(given as PromiseLike<unknown>) : null;
}
