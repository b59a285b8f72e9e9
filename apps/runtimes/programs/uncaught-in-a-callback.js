// L5: what a callback throws and nobody handles goes the host's own way, once, and the loop goes on.
import { getEventLoop } from "@skein/loop";
import { onUncaught } from "./support/uncaught.js";

onUncaught((error) => console.log("uncaught:", error.message));
const loop = getEventLoop();
loop.callSoon(() => {
  throw new Error("boom");
});
loop.callLater(5, console.log, "and on it goes");
/* prints:
uncaught: boom
and on it goes
*/
