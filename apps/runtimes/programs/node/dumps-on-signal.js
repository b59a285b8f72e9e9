// A signal has the tasks written out.
import { run, sleep } from "@skein/coroutine";
import { dumpOnSignal } from "@skein/coroutine/inspect";

const task = run(() => sleep(60_000), { name: "sleeper" });
const watching = dumpOnSignal((text) => {
  console.log(text.replace(/ for .*/, ""));
  watching.stop();
  task.cancel();
});
process.kill(process.pid, "SIGUSR2");
await task.catch((error) => console.log(error.name));
/* prints:
sleeper [waiting]; waits
  group "sleeper"
CancelledError
*/
