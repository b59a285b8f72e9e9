import { currentScheduler, type Operation, run, type Scheduler } from "@skein/coroutine";
import type { PipeTarget } from "../terminals/pipe-to.ts";

/** How `toWritableStream` buffers, and where it runs. */
export interface ToWritableStreamOptions<T> {
  /** How many chunks may be written before one was taken. Default: one. */
  readonly strategy?: QueuingStrategy<T> | undefined;
  /** The loop to run on; by default the current one. */
  readonly loop?: Scheduler | undefined;
}

/**
 * A channel's sender, or a receiver coroutine, as a WritableStream: for `readable.pipeTo(…)`, say. A write is over when
 * `send` is, so whoever writes feels how fast the items are taken. Closing closes the target, aborting fails it with
 * the identical reason (or closes one that has no `fail`); what `send` throws becomes the WritableStream's error.
 *
 * @param target Where the chunks go. @param options How many may wait, and where.
 * @example
 * ```ts
 * import { receiver } from "@skein/coroutine";
 * import { toWritableStream } from "@skein/stream/web";
 *
 * const counter = receiver(function* () {
 *   while (true) console.log(((yield) as Uint8Array).length);
 * });
 * await new Blob(["hello"]).stream().pipeTo(toWritableStream(counter())); // 5
 * ```
 */
export function toWritableStream<T>(
  target: PipeTarget<T>,
  options: ToWritableStreamOptions<T> = {},
): WritableStream<T> {
  const loop = options.loop ?? currentScheduler();
  const doing = async (answer: unknown): Promise<void> => {
    if (typeof answer === "object" && answer !== null && Symbol.iterator in answer)
      await run(() => answer as Operation<unknown>, { loop, name: "WritableStream" });
  };
  return new WritableStream<T>(
    {
      write: (chunk) => doing(target.send(chunk)),
      close: () => doing(target.close()),
      abort: (reason) => doing(target.fail === undefined ? target.close() : target.fail(reason)),
    },
    options.strategy ?? { highWaterMark: 1 },
  );
}
