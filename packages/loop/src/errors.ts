/** What went wrong, in a form that programs can read and that does not change between versions. */
export type LoopErrorCode = "LOOP_CLOSED" | "LOOP_STOPPED" | "LOOP_BUSY" | "LOOP_LIVELOCK";

/**
 * What a loop throws when it cannot do what it was asked for. (Wrong arguments are TypeErrors and RangeErrors.)
 *
 * - `LOOP_CLOSED`: the loop was closed for good. This code is what others go by who must not fail because of a closed
 *   loop, as a future that settles: a scheduler of your own that can be closed throws an error with the same code.
 * - `LOOP_STOPPED`: `stop()` was called before what `runUntilComplete` waited for had settled.
 * - `LOOP_BUSY`: the loop was asked to run from inside one of its own callbacks, or twice at once.
 * - `LOOP_LIVELOCK`: a `VirtualLoop` ran a great many callbacks and time still stood.
 *
 * @example
 * ```ts
 * import { EventLoop, LoopError } from "@skein/loop";
 *
 * const loop = new EventLoop();
 * loop.close();
 * try {
 *   loop.callSoon(console.log, "never printed");
 * } catch (error) {
 *   if (error instanceof LoopError) console.log(error.code); // LOOP_CLOSED
 * }
 * ```
 */
export class LoopError extends Error {
  override name = "LoopError";
  readonly code: LoopErrorCode;
  constructor(code: LoopErrorCode, doing: string, seen: string) {
    super(`Cannot ${doing}: ${seen}.`);
    this.code = code;
  }
}
