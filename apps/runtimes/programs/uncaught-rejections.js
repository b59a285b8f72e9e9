// F7: a future, and a task, that failed while nobody listened is told of once, the host's own way.
import { run, sleep } from "@skein/coroutine";
import { Future } from "@skein/future";
import { onUncaught } from "./support/uncaught.js";

onUncaught((error) => console.log("uncaught:", error.message));
Future.reject(new Error("a future"));
Future.reject(new Error("listened to")).catch(() => {});
run(function* () {
  yield* sleep(5);
  throw new Error("a task");
});
/* prints:
uncaught: a future
uncaught: a task
*/
