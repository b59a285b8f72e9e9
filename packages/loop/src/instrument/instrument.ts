import { check, nameOf } from "../callback.ts";
import type { ContextHook, Instrument } from "../instrument.ts";
import { Meter } from "./meter.ts";
import { expectUse } from "./unused.ts";

/** What there is to see in a callback's life. */
export interface InstrumentOptions {
  /** Remembers where each callback was scheduled, for `ErrorInfo.scheduledAt`. Costs a stack each. Default false. */
  readonly debug?: boolean | undefined;
  /** Measures lag, pass lengths and the longest callback, for `metrics().timing`. Two looks at the clock each. Default false. */
  readonly meter?: boolean | undefined;
  /** Carries something from where a callback is scheduled to where it runs. Default: nothing. */
  readonly context?: ContextHook | undefined;
}

/**
 * The slow way to run a callback: packed up where it is scheduled, with all that the loop was asked to look at. It lives
 * in an entry of its own, so that a loop without it neither carries it nor pays for it.
 *
 * @throws {TypeError} If `options` is no object, `debug` or `meter` no boolean, or `context` no ContextHook.
 * @example
 * ```ts
 * import { EventLoop } from "@skein/loop";
 * import { instrument } from "@skein/loop/instrument";
 *
 * const loop = new EventLoop({ instrument: instrument({ meter: true }) });
 * const bake = (done: () => void) => done();
 * await loop.runUntilComplete(new Promise<void>((resolve) => loop.callLater(1, bake, resolve)));
 * console.log(loop.metrics().timing?.longest?.name); // bake: the slowest callback, whose milliseconds are in `ms`
 * ```
 */
export function instrument(options: InstrumentOptions): Instrument {
  const doing = "instrument a loop";
  check(doing, "options", options, "an object");
  if ("callSoon" in options) throw new TypeError(`Cannot ${doing}: got the loop itself; pass it instrument({ … }).`);
  const { debug = false, meter: measures = false, context } = options;
  check(doing, "debug", debug, "a boolean");
  check(doing, "meter", measures, "a boolean");
  if (context !== undefined) {
    check(doing, "context.capture", context?.capture);
    check(doing, "context.run", context.run);
  }
  return (loop) => {
    const meter = measures ? new Meter() : undefined;
    return {
      debug,
      bind: context && ((callback) => bindTo(context, callback)),
      expectUse: debug ? (...what) => expectUse(loop, ...what) : undefined,
      wrap: (what, callback, arg, readyMs = loop.now()) => {
        const born = debug ? new Error() : undefined;
        // Errors are caught inside the context, so that the handler sees what the failing callback saw.
        const body = () => {
          const beganMs = loop.now();
          try {
            callback(arg);
          } catch (error) {
            // Off come the stack's head and the frames of the wrap and of `callSoon`.
            const scheduledAt = born && { scheduledAt: `${born.stack}`.split("\n").slice(3).join("\n") };
            loop.reportError(error, { what, name: nameOf(callback, arg), ...scheduledAt });
          }
          meter?.ran(nameOf(callback, arg), readyMs, beganMs, loop.now());
        };
        return context ? bindTo(context, body) : body;
      },
      timing: () => meter?.timing(),
    };
  };
}

function bindTo<A, R>(context: ContextHook, callback: (arg: A) => R): (arg: A) => R {
  const captured = context.capture();
  return (arg) => {
    let result: { readonly value: R } | undefined;
    context.run(captured, () => {
      result = { value: callback(arg) };
    });
    if (result === undefined) throw new TypeError("Cannot run a callback in its context: context.run did not call it.");
    return result.value;
  };
}
