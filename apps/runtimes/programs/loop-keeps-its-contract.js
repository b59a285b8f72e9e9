// The loop on this host, and the virtual one, keep L1 to L7.
import { EventLoop } from "@skein/loop";
import { checkScheduler, VirtualLoop } from "@skein/loop/testing";
import { check } from "./support/check.js";
import { onUncaught } from "./support/uncaught.js";

onUncaught(() => {}); // one of the checks has the error handler itself throw
await check(
  "EventLoop",
  checkScheduler((onError) => {
    const loop = new EventLoop({ onError });
    loop.start();
    return loop;
  }),
);
await check(
  "VirtualLoop",
  checkScheduler((onError) => new VirtualLoop({ onError })),
);
/* prints:
EventLoop: 0 failed
VirtualLoop: 0 failed
*/
