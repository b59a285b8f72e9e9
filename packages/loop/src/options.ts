import type { Host } from "./host.ts";
import type { Instrument } from "./instrument.ts";
import type { ErrorInfo } from "./scheduler.ts";

/** How an `EventLoop` is made. */
export interface EventLoopOptions {
  /** Gets what callbacks throw. Default: the host's own way for uncaught errors. If it throws, that goes there too. */
  readonly onError?: ((error: unknown, info: ErrorInfo) => void) | undefined;
  /** About how long passes may follow each other before the host gets its turn, in milliseconds, 0 or more. Default 2. (L3) */
  readonly maxPassMs?: number | undefined;
  /** Measures, debugs, carries a context: what `instrument(…)` of `@skein/loop/instrument` gives. Default: nothing. */
  readonly instrument?: Instrument | undefined;
  /** Where the loop runs. Default: `detectHost()`. */
  readonly host?: Host | undefined;
}
