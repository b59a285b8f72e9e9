import { isA, isCancelled, withSuppressed } from "@skein/coroutine";
import { reasonOf } from "../ends.ts";
import { OverflowError } from "../errors.ts";
import type { End, Host } from "../source.ts";

/**
 * What has failed before the close, and its consumer has not come to, must not be lost: the error that ends the run
 * carries it; where that ends by none, it is reported. (C3, S7)
 */
export function untold({ scheduler }: Host, end: End, name: string, error: unknown): void {
  const first = reasonOf(end);
  if (isA(first, Error) && (end.kind !== "stopped" || end.by === "consumer")) withSuppressed(first, [error]);
  else if (!isCancelled(error)) scheduler.reportError(error, { what: "unheard rejection", name });
}

/**
 * The same for how a source has ended, if at all. An overflow is no failure of anybody's: who leaves before it comes to
 * the gap has missed nothing.
 */
export function untoldEnd(host: Host, end: End, name: string, ended: { readonly error?: unknown } | null): void {
  if (ended !== null && "error" in ended && !isA(ended.error, OverflowError)) untold(host, end, name, ended.error);
}
