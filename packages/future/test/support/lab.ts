import type { ErrorInfo } from "@skein/loop";
import { VirtualLoop } from "@skein/loop/testing";

/** A virtual loop, a log, and what was reported to the loop. */
export function lab(options: { debug?: boolean } = {}) {
  const log: string[] = [];
  const reports: [error: unknown, info: ErrorInfo][] = [];
  const loop = new VirtualLoop({ ...options, onError: (error, info) => reports.push([error, info]) });
  /** Logs `text` so many passes from now: the ruler that other entries are read by. */
  const mark = (text: string, passes = 1): void => {
    loop.callSoon(() => (passes === 1 ? void log.push(text) : mark(text, passes - 1)));
  };
  const note =
    (text: string) =>
    (value?: unknown): void =>
      void log.push(value === undefined ? text : `${text} ${String(value)}`);
  return { loop, log, reports, mark, note };
}

/** What `body` throws. */
export function thrown(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}
