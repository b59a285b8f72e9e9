// L7: a program ends when nothing is left to do: a cancelled timer, one at Infinity and a hold keep it from nothing.
import { getEventLoop } from "@skein/loop";

const loop = getEventLoop();
loop.callSoon(console.log, "soon");
loop.callLater(1e9, console.log, "cancelled").cancel();
loop.callLater(Number.POSITIVE_INFINITY, console.log, "never");
loop.hold("for ever");
/* prints:
soon
*/
