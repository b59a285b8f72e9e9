import { say } from "./task/body.ts";

/**
 * Thrown by `trySend`, `tryNext` and `ask` where the answer would have to be waited for. The step is under way.
 *
 * @example
 * ```ts
 * import { coroutine, run, sleep, WouldBlockError } from "@skein/coroutine";
 *
 * const slow = coroutine(function* () {
 *   yield* sleep(1);
 *   yield "late";
 * });
 * await run(function* () {
 *   const letters = slow();
 *   try {
 *     letters.tryNext();
 *   } catch (error) {
 *     console.log(error instanceof WouldBlockError); // true
 *   }
 *   yield* letters.ready;
 *   yield* letters.close();
 * });
 * ```
 */
export class WouldBlockError extends Error {
  readonly code: "WOULD_BLOCK";
  constructor(message: string) {
    super(message);
    this.name = "WouldBlockError";
    this.code = "WOULD_BLOCK";
  }
}

/**
 * The reason with which a group cancels its other members when one fails: names the task and keeps its error as `cause`.
 *
 * @example
 * ```ts
 * import { ChildFailedError, isCancelled, run, sleep } from "@skein/coroutine";
 *
 * await run(function* (root) {
 *   root.spawn(function* sibling() {
 *     try {
 *       yield* sleep(1_000);
 *     } catch (error) {
 *       if (isCancelled(error) && error.reason instanceof ChildFailedError) console.log(error.reason.task); // download
 *       throw error;
 *     }
 *   });
 *   root.spawn(function* download() {
 *     yield* sleep(1);
 *     throw new Error("no route");
 *   });
 * }).catch((error) => console.log(`${error}`));
 * ```
 */
export class ChildFailedError extends Error {
  readonly code: "CHILD_FAILED";
  /** The name of the task that failed. */
  readonly task: string;
  constructor(task: string, cause: unknown) {
    super(`"${task}" failed: ${say(cause)}`, { cause });
    this.name = "ChildFailedError";
    this.code = "CHILD_FAILED";
    this.task = task;
  }
}

/**
 * Reported, never thrown into a program: a task swallowed its cancellation until it had to be ended by force. On a loop
 * with `debug` it is reported at the first insist, too, and `scheduledAt` is the wait at which the task has gone on.
 *
 * @example
 * ```ts
 * import { run, scope, sleep, SwallowedCancelError } from "@skein/coroutine";
 * import { EventLoop } from "@skein/future";
 *
 * const loop = new EventLoop({ onError: (error) => console.log(error instanceof SwallowedCancelError) }); // true
 * loop.start();
 * function* deaf() {
 *   for (;;) {
 *     try {
 *       yield* sleep(1_000);
 *     } catch {} // swallows whatever it is
 *   }
 * }
 * await run(
 *   function* () {
 *     yield* scope(
 *       function* (s) {
 *         s.cancel("enough");
 *         yield* deaf();
 *       },
 *       { cleanupMs: 0 },
 *     );
 *   },
 *   { loop },
 * ).catch(() => {});
 * ```
 */
export class SwallowedCancelError extends Error {
  readonly code: "SWALLOWED_CANCEL";
  readonly task: string;
  /** True if even `return()` could not end the frame, so that its `finally` blocks have not all run. */
  readonly abandoned: boolean;
  /** @param became What became of the task, for the message. */
  constructor(task: string, became: string, abandoned: boolean, cause: unknown) {
    super(`Task "${task}" went on after its cancel and ${became}; rethrow the CancelledError, or use \`finally\`.`, {
      cause,
    });
    this.name = "SwallowedCancelError";
    this.code = "SWALLOWED_CANCEL";
    this.task = task;
    this.abandoned = abandoned;
  }
}
