// A loop that is told to carry AsyncLocalStorage has each task, and each callback, see its own.
import { AsyncLocalStorage } from "node:async_hooks";
import { run, sleep } from "@skein/coroutine";
import { EventLoop } from "@skein/loop";
import { instrument } from "@skein/loop/instrument";
import { asyncContext } from "@skein/loop/node";

const loop = new EventLoop({ instrument: instrument({ context: asyncContext }) });
loop.start();
const user = new AsyncLocalStorage();
function* request() {
  yield* sleep(2);
  return user.getStore();
}
const ada = user.run("ada", () => run(request, { loop }));
const bob = user.run("bob", () => run(request, { loop }));
user.run("eve", () => loop.callSoon(() => console.log(user.getStore())));
console.log(await ada, await bob, user.getStore());
/* prints:
eve
ada bob undefined
*/
