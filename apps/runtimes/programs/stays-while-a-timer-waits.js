// A program does not end while a timer or a sleeping task waits, though nothing else keeps it open.
import { run, sleep } from "@skein/coroutine";
import { getEventLoop } from "@skein/loop";

getEventLoop().callLater(20, console.log, "timer");
run(function* () {
  yield* sleep(40);
  console.log("task");
});
/* prints:
timer
task
*/
