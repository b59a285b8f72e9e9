// A future is awaited like a promise, and a promise like a future.
import { run, until } from "@skein/coroutine";
import { all, Future } from "@skein/future";

const { future, resolve } = Future.withResolvers();
const promise = Promise.resolve("a promise");
setTimeout(resolve, 1, "a future");
console.log(await future);
console.log((await Promise.all([future, promise])).join());
console.log((await all([future, promise])).join());
console.log(
  await run(function* () {
    return [yield* future, yield* until(promise)].join();
  }),
);
await Promise.resolve(Future.reject(new RangeError("too far"))).catch((error) => console.log(String(error)));
/* prints:
a future
a future,a promise
a future,a promise
a future,a promise
RangeError: too far
*/
