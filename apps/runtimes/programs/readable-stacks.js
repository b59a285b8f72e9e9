// The stack of an error is the program's, and goes on where its task was spawned: on engines that write stacks as V8 does.
import { run, sleep } from "@skein/coroutine";
import { readableStacks } from "@skein/coroutine/inspect";

const stacks = readableStacks();
function* query() {
  yield* sleep(1);
  throw new Error("no such table");
}
const error = await run(function* main(root) {
  yield* root.spawn(query, { onError: "owner" });
}).catch((error) => error);
stacks.stop();
for (const line of error.stack.split("\n").slice(0, 3)) console.log(line.replace(/ \(.*/, ""));
/* prints:
Error: no such table
    at query
    spawned at main
*/
