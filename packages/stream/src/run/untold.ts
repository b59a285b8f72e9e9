import { isA, isCancelled, type Operation, together } from "@skein/coroutine";
import { reasonOf } from "../ends.ts";
import { OverflowError } from "../errors.ts";
import type { End, Host } from "../source.ts";
import { failedClosing } from "./closing.ts";

/**
 * What has failed before the close, and its consumer has not come to, must not be lost: the error that ends the run
 * carries it; where that ends by none, it is reported. (C3, S7) A cancellation that ends the run, of somebody else, it beats:
 * then it comes out of the closing, which this gives. (C4)
 */
export function untold({ scheduler }: Host, end: End, name: string, error: unknown): Operation<void> | undefined {
  const first = reasonOf(end);
  if (isA(first, Error) && (end.kind !== "stopped" || end.by === "consumer")) {
    const thrown = together([first, error]);
    if (thrown !== first) return failedClosing(thrown);
  } else if (!isCancelled(error)) scheduler.reportError(error, { what: "unheard rejection", name });
  return undefined;
}

/**
 * The same for how a source has ended, if at all. An overflow is no failure of anybody's: who leaves before it comes to
 * the gap has missed nothing.
 */
export function untoldEnd(
  host: Host,
  end: End,
  name: string,
  ended: { readonly error?: unknown } | null,
): Operation<void> | undefined {
  if (ended === null || !("error" in ended) || isA(ended.error, OverflowError)) return undefined;
  return untold(host, end, name, ended.error);
}
