import type { Host } from "./host.ts";
import type { Meter } from "./meter/meter.ts";
import type { ErrorInfo } from "./scheduler.ts";
import type { ContextHook } from "./wrap.ts";

/** How an `EventLoop` is made. */
export interface EventLoopOptions {
  /** Gets what callbacks throw. Default: the host's own way for uncaught errors. If it throws, that goes there too. */
  readonly onError?: ((error: unknown, info: ErrorInfo) => void) | undefined;
  /** About how long passes may follow each other before the host gets its turn, in milliseconds, 0 or more. Default 2. (L3) */
  readonly maxPassMs?: number | undefined;
  /** Remembers where each callback was scheduled, for `ErrorInfo.scheduledAt`. Costs a stack each. Default false. */
  readonly debug?: boolean | undefined;
  /** Measures lag, pass lengths and the longest callback: a `Meter` of `@skein/loop/meter`. Default: nothing. */
  readonly meter?: Meter | undefined;
  /** Carries something from where a callback is scheduled to where it runs. Default: nothing. */
  readonly context?: ContextHook | undefined;
  /** Where the loop runs. Default: `detectHost()`. */
  readonly host?: Host | undefined;
}
