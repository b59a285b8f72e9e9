import type { ErrorInfo } from "../scheduler.ts";
import type { OrderName } from "./order.ts";

/** How a `VirtualLoop` is made. */
export interface VirtualLoopOptions {
  /** Decides every choice of `random` and `pct`. Default: drawn by chance; read it from `loop.seed` to replay. */
  readonly seed?: number | undefined;
  /** In which order the callbacks of a pass run. Default `"fifo"`, as real loops do. */
  readonly order?: OrderName | undefined;
  /** Gets what callbacks throw. Default: the call that runs them (`advance`, …) throws it when it is done. */
  readonly onError?: ((error: unknown, info: ErrorInfo) => void) | undefined;
  /** Remembers where each callback was scheduled, for `ErrorInfo.scheduledAt`. Default false. */
  readonly debug?: boolean | undefined;
  /**
   * Says that the loop has a host, whose jobs go in between runs, and is called when there is something to run: time for
   * `runUntilIdle()`, in a later job. So it is when something is queued from outside a run and nothing was, or a run has
   * set timers for now: as on a real loop, the host's promises go before those.
   */
  readonly onReady?: (() => void) | undefined;
  /** How many callbacks may run while time stands, before that counts as a livelock. Default 1,000,000. */
  readonly maxCallbacks?: number | undefined;
}
