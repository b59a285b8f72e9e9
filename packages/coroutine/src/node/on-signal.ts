import { MisuseError } from "@skein/future";
import { nodeProcess } from "./host.ts";

/**
 * Writes a dump each time the process gets a signal, until it is stopped. Nothing is watched before that: the ages in a
 * dump need `track()`.
 *
 * @param makeDump What is written: `dump`, or a function of your own. @param write Where to.
 * @returns a handle: `stop()`, or `using`.
 * @throws {MisuseError} Where there are no signals: this is not Node.
 */
export function onSignal(
  signal: string,
  makeDump: () => string,
  write: (text: string) => void,
): { stop(): void; [Symbol.dispose](): void } {
  const found = nodeProcess();
  if (found === undefined)
    throw new MisuseError(
      `Cannot dump on ${signal}: only Node has signals, and this is not Node; call dump() yourself.`,
    );
  const listener = (): void => write(makeDump());
  found.on(signal, listener);
  const stop = (): void => found.off(signal, listener);
  return { stop, [Symbol.dispose]: stop };
}
