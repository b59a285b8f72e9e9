/**
 * What is waited for depends on a task that has ended: its lock will not be released any more.
 *
 * @example
 * ```ts
 * import { Lock, OwnerEndedError, run } from "@skein/coroutine";
 *
 * const lock = new Lock({ name: "db" });
 * await run(function* (root) {
 *   yield* root.spawn(function* careless() {
 *     yield* lock.acquire(); // and never released
 *   });
 *   try {
 *     yield* lock.acquire();
 *   } catch (error) {
 *     if (error instanceof OwnerEndedError) console.log(error.owner); // careless
 *   }
 * });
 * ```
 */
export class OwnerEndedError extends Error {
  readonly code: "OWNER_ENDED";
  /** The name of the task that ended. */
  readonly owner: string;
  constructor(what: string, owner: string) {
    super(
      `Cannot wait for ${what}: task "${owner}" has ended without releasing it; take it with \`use\`, which always gives it back.`,
    );
    this.name = "OwnerEndedError";
    this.code = "OWNER_ENDED";
    this.owner = owner;
  }
}

/**
 * A barrier was aborted, or reset while tasks waited at it.
 *
 * @example
 * ```ts
 * import { Barrier, BrokenBarrierError, checkpoint, run } from "@skein/coroutine";
 *
 * const barrier = new Barrier(2);
 * await run(function* (root) {
 *   root.spawn(function* () {
 *     try {
 *       yield* barrier.wait();
 *     } catch (error) {
 *       console.log(error instanceof BrokenBarrierError); // true
 *     }
 *   });
 *   yield* checkpoint();
 *   barrier.abort(); // the other party will never come
 * });
 * ```
 */
export class BrokenBarrierError extends Error {
  readonly code: "BROKEN_BARRIER";
  constructor(message: string) {
    super(message);
    this.name = "BrokenBarrierError";
    this.code = "BROKEN_BARRIER";
  }
}
