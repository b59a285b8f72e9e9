import type { Callback } from "./callback.ts";
import type { Timing } from "./instrument/meter.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a loop that is looked at asks for each callback; `instrument` in `@skein/loop/instrument` makes one. */
export interface Instrumentation {
  /** What the loop's `debug` says. */
  readonly debug: boolean;
  /** Makes of a callback one that takes no argument, when it is scheduled. `readyMs`: from when on it could run, if not now. */
  readonly wrap: (what: string, callback: Callback, arg: unknown, readyMs?: number) => Callback;
  /** What the loop's `bind` is. */
  readonly bind: Scheduler["bind"];
  /** What the loop's `expectUse` is. */
  readonly expectUse: Scheduler["expectUse"];
  /** What was measured so far, for `metrics()`. */
  readonly timing: () => Timing | undefined;
}

/** Called once by the loop that it is given to. */
export type Instrument = (loop: Scheduler) => Instrumentation;

/**
 * What a callback takes with it from where it was scheduled to where it runs: `AsyncLocalStorage` and the like.
 * `asyncContext` in `@skein/loop/node` is one.
 *
 * @typeParam C What is captured.
 */
export interface ContextHook<C = unknown> {
  /** Called when a callback is scheduled. */
  capture(): C;
  /** Calls `body` with what was captured in force. */
  run(captured: C, body: () => void): void;
}
