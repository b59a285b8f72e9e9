// A test runs a day in no time, tries many orders, cancels at each wait, and may give code that is not Skein's its clock.
import { Lock, run, sleep, until } from "@skein/coroutine";
import { explore, runTest, sweepCancel } from "@skein/coroutine/testing";

const day = await runTest(function* (_, t) {
  yield* sleep(86_400_000);
  return t.now();
});
console.log(day);
const foreign = await runTest(
  function* (_, t) {
    yield* until(new Promise((resolve) => setTimeout(resolve, 3_600_000)));
    return [t.now(), new Date().toISOString(), performance.now()].join(" ");
  },
  { hostClock: globalThis },
);
console.log(foreign);
const stuck = await runTest(function* () {
  const lock = new Lock();
  yield* lock.acquire();
  yield* lock.acquire();
}).catch((error) => error);
console.log(stuck.name, /lock/i.test(stuck.message));
let runs = 0;
await explore(
  function* () {
    yield* sleep(1);
    runs++;
  },
  { seeds: 5 },
);
await sweepCancel(function* () {
  yield* sleep(1);
  runs++;
});
console.log(runs > 5, await run(() => sleep(1)));
/* prints:
86400000
3600000 2000-01-01T01:00:00.000Z 3600000
TestFailedError true
true undefined
*/
