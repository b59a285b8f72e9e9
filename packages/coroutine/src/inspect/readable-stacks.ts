/**
 * A task is stepped by a loop, so what the engine knows of where an error came from is the innermost frame of a task, and
 * then the runtime. What the program did is told by three stacks, one behind the other: that of the error, those of the
 * callers that `call`, scopes and groups keep as frames of their own, and those of where each task was spawned.
 */
import { bridge, CancelledError } from "@skein/future";
import { isA } from "../task/body.ts";
import { Call } from "../task/call.ts";
import { deepError } from "../task/deep-error.ts";
import type { Task } from "../task/task.ts";
import { instrument, type Stoppable } from "./instrument.ts";
import { framesOf, joinFrames } from "./stack-frames.ts";

interface Birth {
  readonly frames: readonly string[];
  readonly by: Task<unknown> | null;
}
const births = new WeakMap<Task<unknown>, Birth>();
/** Errors that tell already where their task was spawned. They go on through whoever awaits it. */
const told = new WeakSet<Error>();
const plainThrow = Call.prototype.throw;
let watching = 0;

/**
 * From now on errors that end a task read as the program does: their stack has no frames of the runtime any more, goes on
 * through scopes, groups and `call`, and tells where the task was `spawned at`, and so on up to the first. That takes a
 * stack for each task that is spawned: for development and tests.
 *
 * It goes by the places of Skein's files: in a program that was bundled into one file all frames are kept.
 *
 * @returns a handle: `stop()`, or `using`.
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { readableStacks } from "@skein/coroutine/inspect";
 *
 * using stacks = readableStacks();
 * function* bake() {
 *   yield* sleep(1);
 *   throw new Error("burnt");
 * }
 * await run(function* main(root) {
 *   yield* root.spawn(bake, { onError: "owner" });
 * }).catch((error) => console.log((error as Error).stack));
 * ```
 */
export function readableStacks(): Stoppable {
  const watch = instrument({
    spawned(task) {
      births.set(task, { frames: framesOf(here()), by: bridge.running as Task<unknown> | null });
    },
    ended(task) {
      const outcome = task.peek();
      if (outcome?.status === "rejected" && isA(outcome.reason, Error)) tellBirths(outcome.reason, task);
    },
  });
  if (watching++ === 0) Call.prototype.throw = throwThrough;
  let stopped = false;
  const stop = (): void => {
    watch.stop();
    if (!stopped && --watching === 0) Call.prototype.throw = plainThrow;
    stopped = true;
  };
  return { stop, [Symbol.dispose]: stop };
}

/** In the stack of the frame that called: what its callee has thrown comes to it. */
function throwThrough(this: Call<unknown>, error: unknown): never {
  if (isA(error, Error) && !(error instanceof CancelledError) && !told.has(error)) joinFrames(error, framesOf(here()));
  return plainThrow.call(this, error);
}

function tellBirths(error: Error, task: Task<unknown>): void {
  if (told.has(error)) return;
  told.add(error);
  const frames: string[] = [];
  let birth = births.get(task);
  for (; birth !== undefined; birth = birth.by === null ? undefined : births.get(birth.by)) {
    const [first, ...others] = birth.frames;
    if (first !== undefined) frames.push(first.replace("at ", "spawned at "), ...others);
  }
  joinFrames(error, frames);
}

/** The stack here, deep enough to reach the program. */
const here = (): string => `${deepError(50).stack}`;
