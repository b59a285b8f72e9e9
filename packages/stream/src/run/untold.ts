import { isCancelled } from "@skein/coroutine";
import { OverflowError } from "../errors.ts";
import type { Host } from "../source.ts";

/**
 * What has failed before the close, and its consumer has not come to: nobody is left to be told, and it must not be lost.
 * (An overflow is no failure of anybody's: who leaves before it comes to the gap has missed nothing.)
 */
export function untold({ scheduler }: Host, name: string, failure: { readonly error?: unknown } | null): void {
  if (failure === null || !("error" in failure)) return;
  const { error } = failure;
  if (!isCancelled(error) && !(error instanceof OverflowError))
    scheduler.reportError(error, { what: "failed before its close", name });
}
