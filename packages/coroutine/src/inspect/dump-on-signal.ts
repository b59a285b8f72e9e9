import { onSignal } from "../node/on-signal.ts";
import { dump } from "./dump.ts";
import type { Stoppable } from "./instrument.ts";

/**
 * Writes a dump each time the process gets a signal: `kill -USR2 <pid>`.
 *
 * @param write Where to: `console.error`, a logger. @param signal By default SIGUSR2; SIGUSR1 is Node's own.
 * @returns a handle: `stop()`, or `using`.
 * @throws {MisuseError} Where there are no signals: this is not Node.
 * @example
 * ```ts
 * import { dumpOnSignal } from "@skein/coroutine/inspect";
 *
 * const watching = dumpOnSignal(console.error);
 * // later:
 * watching.stop();
 * ```
 */
export function dumpOnSignal(write: (text: string) => void, signal: string = "SIGUSR2"): Stoppable {
  return onSignal(signal, dump, write);
}
