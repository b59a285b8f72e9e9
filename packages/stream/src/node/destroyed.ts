import { finished, type Readable, type Writable } from "node:stream";
import { isA, type Operation } from "@skein/coroutine";
import { promised } from "../run/closing.ts";

/**
 * Destroys a Node stream, now, with `reason` if it is an error, and gives what waits until it has closed. That comes
 * out as it was asked for; an error of its own `destroy` is thrown there.
 */
export function destroyed(stream: Readable | Writable, reason: unknown): Operation<void> | undefined {
  if (stream.closed) return undefined;
  const error = isA(reason, Error) ? reason : undefined;
  mute(stream);
  stream.destroy(error);
  return promised(
    new Promise<void>((resolve, reject) => {
      finished(stream, (seen) => {
        if (seen == null || seen === error || seen.code === "ERR_STREAM_PREMATURE_CLOSE") resolve();
        else reject(seen);
      });
    }),
  );
}

/**
 * Hears what `stream` still has to say. Node emits an error a turn after it can be seen, and emitted with nobody to hear
 * it, it would bring the process down: for one that we gave ourselves, or have thrown already.
 */
export function mute(stream: Readable | Writable): void {
  stream.off("error", ignore).on("error", ignore); // once is enough
}

function ignore(): void {}
