import type { Timing } from "./instrument/meter.ts";

/** What a loop can tell of itself, at one moment. */
export interface LoopMetrics {
  /** Callbacks that wait for their turn now. */
  readonly ready: number;
  /** The most that were ready when the loop began to run some. */
  readonly readyPeak: number;
  /** Callbacks run, timers included; counted when the loop pauses. */
  readonly callbacksRun: number;
  /** Timers that are neither due nor cancelled. Those at Infinity are not counted: they never fire. */
  readonly timers: number;
  /** The deadline of the next of them, in loop time; undefined if there is none. */
  readonly nextDeadlineMs: number | undefined;
  /** What the loop's `instrument` has measured; undefined without one. */
  readonly timing: Timing | undefined;
}
