import { finished, type Readable, type Writable } from "node:stream";
import { type Operation, until } from "@skein/coroutine";

/**
 * Destroys a Node stream, now, with `reason` if it is an error, and gives what waits until it has closed. That comes
 * out as it was asked for; an error of its own `destroy` is thrown there.
 */
export function destroyed(stream: Readable | Writable, reason: unknown): Operation<void> | undefined {
  if (stream.closed) return undefined;
  const error = reason instanceof Error ? reason : undefined;
  stream.on("error", ignore); // or the error that we gave would bring the process down
  stream.destroy(error);
  return until(
    new Promise<void>((resolve, reject) => {
      finished(stream, (seen) => {
        if (seen == null || seen === error || seen.code === "ERR_STREAM_PREMATURE_CLOSE") resolve();
        else reject(seen);
      });
    }),
  );
}

function ignore(): void {}
