import { MisuseError, type Wait } from "@skein/future";
import { WouldBlockError } from "../errors.ts";
import { isA } from "../task/body.ts";
import { type Coroutine, coroutine } from "./coroutine.ts";

/**
 * As `coroutine`, stepped to its first yield on creation, so that it is ready for `send`. What that yield gives is dropped.
 *
 * @throws {TypeError} If `fn` is no function. @throws {MisuseError} On creation, if the body waits or ends before its first yield.
 * @example
 * ```ts
 * import { receiver } from "@skein/coroutine";
 *
 * const printer = receiver(function* (): Generator<void, void, string> {
 *   while (true) console.log("got", yield);
 * });
 * printer().trySend("a token");
 * ```
 */
export function receiver<A extends readonly unknown[], Y, R, In>(
  fn: (...args: A) => Generator<Y, R, In>,
): (...args: A) => Coroutine<Exclude<Y, Wait>, R, In> {
  const make = coroutine(fn);
  return (...args) => {
    const made = make(...args);
    try {
      if (!made.tryNext().done) return made;
    } catch (error) {
      made.task?.close("refused");
      if (!isA(error, WouldBlockError)) throw error;
    }
    throw new MisuseError(
      `Cannot make the receiver "${made.name}": its body has to come to a \`yield\` without waiting or ending first.`,
    );
  };
}
