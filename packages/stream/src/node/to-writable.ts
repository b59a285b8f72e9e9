import { Writable } from "node:stream";
import { currentScheduler, run, type Scheduler } from "@skein/coroutine";
import { StoppedError } from "../errors.ts";
import { toOperation } from "../run/to-operation.ts";
import type { PipeTarget } from "../terminals/pipe-to.ts";

/** How `toWritable` buffers, and where it runs. */
export interface ToWritableOptions {
  /** False: what is written is bytes. Default true: it is anything. */
  readonly objectMode?: boolean | undefined;
  /** How many items, or bytes, may be written before one was taken. Default: one item, or Node's for bytes. */
  readonly highWaterMark?: number | undefined;
  /** The loop to run on; by default the current one. */
  readonly loop?: Scheduler | undefined;
}

/**
 * A channel's sender, or a receiver coroutine, as a Node Writable: for `pipeline`, say. A write is over when `send` is.
 * Ending it closes the target; destroying it before that fails the target with the error, or a StoppedError if there is
 * none (a target without `fail` is closed). What `send` throws destroys the Writable.
 *
 * @param target Where the items go. @param options What they are, how many may wait, and where.
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { pipeline } from "node:stream/promises";
 * import { receiver } from "@skein/coroutine";
 * import { toWritable } from "@skein/stream/node";
 *
 * const printer = receiver(function* () {
 *   while (true) console.log((yield) as string);
 * });
 * await pipeline(Readable.from(["Call me", "Ishmael."]), toWritable(printer())); // Call me Ishmael.
 * ```
 */
export function toWritable<T>(target: PipeTarget<T>, options: ToWritableOptions = {}): Writable {
  const { objectMode = true, highWaterMark = objectMode ? 1 : undefined, loop = currentScheduler() } = options;
  const doing = (answer: () => unknown, callback: (error?: Error | null) => void): void => {
    const task = run(
      function* () {
        const operation = toOperation(answer());
        if (operation !== null) yield* operation;
      },
      { loop, name: "Writable" },
    );
    task.addDoneCallback(() => {
      const { outcome } = task;
      callback(outcome?.status === "fulfilled" ? null : (outcome?.reason as Error));
    });
  };
  let closed = false;
  return new Writable({
    objectMode,
    ...(highWaterMark === undefined ? {} : { highWaterMark }),
    write: (item: T, _encoding, callback) => doing(() => target.send(item), callback),
    final: (callback) => {
      closed = true;
      doing(() => target.close(), callback);
    },
    destroy: (error, callback) => {
      if (closed) callback(error);
      else
        doing(
          () => fail(target, error),
          (cleanupError) => callback(error ?? cleanupError ?? null),
        );
    },
  });
}

function fail(target: PipeTarget<never>, error: Error | null): unknown {
  if (target.fail === undefined) return target.close();
  return target.fail(error ?? new StoppedError("the Writable was destroyed", { kind: "stopped", by: "peer" }));
}
