import type { Timing } from "./meter/meter.ts";

/** What a loop can tell of itself, at one moment. */
export interface LoopMetrics {
  /** Callbacks that wait for their turn now. */
  readonly ready: number;
  /** The most that were ready when a pass began. */
  readonly readyPeak: number;
  /** Passes begun. */
  readonly passes: number;
  /** Callbacks whose turn has come, timers included. */
  readonly callbacksRun: number;
  /** Timers that are neither due nor cancelled. Those at Infinity are not counted: they never fire. */
  readonly timers: number;
  /** The labels of the waits on the host that are held now. */
  readonly holds: readonly string[];
  /** Callbacks and timers that `close()` threw away. */
  readonly dropped: number;
  /** What the loop's `Meter` has measured; undefined without one. */
  readonly timing: Timing | undefined;
}
