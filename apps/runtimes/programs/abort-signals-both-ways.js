// An AbortSignal cancels a task, with its reason; and a cancel aborts the signal that a promise API was given.
import { run, sleep, until } from "@skein/coroutine";
import { Future } from "@skein/future";

const gone = new AbortController();
const task = run(() => sleep(60_000), { signal: gone.signal });
setTimeout(() => gone.abort("closed the tab"), 1);
console.log(await task.catch((error) => error.reason));

const request = run(() =>
  until(
    (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          console.log("aborted:", signal.reason);
          reject(signal.reason);
        }),
      ),
  ),
);
setTimeout(() => request.cancel("no longer needed"), 1);
await request.catch((error) => console.log(error.reason));

const receipt = Future.withResolvers().future;
const signal = receipt.toSignal();
signal.addEventListener("abort", () => console.log("the receipt:", signal.reason));
receipt.cancel("sold out");
await receipt.catch(() => {});
console.log(await run(() => sleep(60_000), { signal: AbortSignal.timeout(1) }).catch((error) => error.reason.name));
/* prints:
closed the tab
aborted: no longer needed
no longer needed
the receipt: sold out
TimeoutError
*/
