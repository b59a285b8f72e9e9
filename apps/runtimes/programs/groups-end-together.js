// C2, C3: the first failure cancels the siblings, the group waits for them, and its error has each.
import { group, run, sleep } from "@skein/coroutine";

function* worker(name, timeMs) {
  try {
    yield* sleep(timeMs);
    throw new Error(`${name} failed`);
  } finally {
    yield* sleep(1);
    console.log(name, "closed");
  }
}
const error = await run(() =>
  group(
    function* (g) {
      g.spawn(worker("slow", 60_000));
      g.spawn(worker("quick", 1));
    },
    { name: "workers" },
  ),
).catch((error) => error);
console.log(error.name, error instanceof AggregateError, error.message);
console.log(error.errors.map((each) => each.message).join());
console.log("in its stack:", /quick failed/.test(error.stack), /worker/.test(error.errors[0].stack));
/* prints:
quick closed
slow closed
GroupError true Group "workers" failed: quick failed
quick failed
in its stack: true true
*/
