import { type Callback, nameOf } from "./callback.ts";
import type { Meter } from "./meter/meter.ts";
import type { ErrorInfo } from "./scheduler.ts";
import { infoOf } from "./timer.ts";

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

/** What there is to see in a callback's life. */
export interface WrapOptions {
  readonly debug?: boolean | undefined;
  readonly meter?: Meter | undefined;
  readonly context?: ContextHook | undefined;
}

/** Makes of a callback one that takes no argument. `readyMs`: from when on it could run. */
export type Wrap = (what: string, callback: Callback, arg: unknown, readyMs: number) => Callback;

/** Whom a wrapped callback belongs to. */
interface Owner {
  now(): number;
  reportError(error: unknown, info: ErrorInfo): void;
}

/**
 * The slow way to run a callback: packed up where it is scheduled, with all that a loop was asked to look at. A loop
 * that was asked for nothing has no wrap, which is what keeps debugging, metering and context free when off.
 */
export function makeWrap(owner: Owner, { debug, meter, context }: WrapOptions): Wrap | undefined {
  if (!debug && !meter && !context) return undefined;
  return (what, callback, arg, readyMs) => {
    const born = debug ? new Error() : undefined;
    const captured = context?.capture();
    // Errors are caught inside the context, so that the handler sees what the failing callback saw.
    const body = () => {
      const beganMs = owner.now();
      try {
        callback(arg);
      } catch (error) {
        // Off come the stack's head and the frames of the wrap and of `callSoon`.
        const scheduledAt = born && { scheduledAt: `${born.stack}`.split("\n").slice(3).join("\n") };
        owner.reportError(error, { ...infoOf(callback, arg), what, ...scheduledAt });
      }
      meter?.ran(nameOf(callback, arg), beganMs - readyMs, owner.now() - beganMs);
    };
    return context ? () => context.run(captured, body) : body;
  };
}
