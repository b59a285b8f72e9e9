// A cancelled task cleans up in its own time, and whoever joins it waits for that.
import { run, sleep } from "@skein/coroutine";

const task = run(function* bake() {
  try {
    yield* sleep(60_000);
  } finally {
    yield* sleep(5);
    console.log("oven off");
  }
});
setTimeout(() => console.log(task.cancel("guests left"), task.cancel("again")), 1);
const { status, reason } = await run(() => task.join());
console.log(status, reason, task.phase);
/* prints:
true false
oven off
cancelled guests left ended
*/
