import { currentScheduler, isCancelled, run, type Scheduler } from "@skein/coroutine";
import { toOperation } from "../run/to-operation.ts";
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
 * `send` is, so whoever writes feels how fast the items are taken. Closing closes the target. Aborting withdraws the
 * write that waits, and fails the target with the identical reason (or closes one that has no `fail`). What `send` throws
 * becomes the WritableStream's error.
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
  const doing = async (given: unknown, signal?: AbortSignal): Promise<void> => {
    const operation = toOperation(given);
    if (operation === null) return;
    try {
      await run(() => operation, { loop, name: "WritableStream", signal });
    } catch (error) {
      throw signal?.aborted && isCancelled(error) ? signal.reason : error; // as the writes behind it are rejected
    }
  };
  return new WritableStream<T>(
    {
      // An abort comes to us only after the write under way, which may wait for ever: the signal tells at once.
      write: (chunk, { signal }) => doing(target.send(chunk), signal),
      close: () => doing(target.close()),
      abort: (reason) => doing(target.fail === undefined ? target.close() : target.fail(reason)),
    },
    options.strategy ?? { highWaterMark: 1 },
  );
}
