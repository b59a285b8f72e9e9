// Futures, tasks and primitives keep the rules of awaitables and of operations.
import { Event, run, Semaphore } from "@skein/coroutine";
import { checkOperation } from "@skein/coroutine/testing";
import { Future } from "@skein/future";
import { checkAwaitable } from "@skein/future/testing";
import { check } from "./support/check.js";

const future = (loop) => {
  const { future, resolve } = Future.withResolvers({ loop });
  return { operation: () => future, provide: () => resolve(1), answer: 1 };
};
const event = () => {
  const event = new Event();
  return { operation: () => event.wait(), provide: () => event.set() };
};
const permit = (loop) => {
  const semaphore = new Semaphore(1);
  run(() => semaphore.acquire(), { loop });
  loop.runUntilIdle();
  return { operation: () => semaphore.acquire(), provide: () => semaphore.release() };
};
await check("a future", checkAwaitable(future));
await check("a future in a task", checkOperation(future));
await check("an event", checkOperation(event));
await check("a permit", checkOperation(permit));
/* prints:
a future: 0 failed
a future in a task: 0 failed
an event: 0 failed
a permit: 0 failed
*/
