import type { Operation, Wait } from "@skein/coroutine";

/** What came of an operation, as a value. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown };

/** Does an operation and gives what came of it, its error included, without throwing. */
export function* attempt<T>(body: () => Operation<T>): Generator<Wait, Attempt<T>, unknown> {
  try {
    return { value: yield* body() };
  } catch (error) {
    return { error };
  }
}
