// L4: a wait of more than 2³¹−1 ms, which hosts take for none, does not end at once; and cancelled, it holds nothing open.
import { getEventLoop } from "@skein/loop";

const loop = getEventLoop();
const month = loop.callLater(2 ** 31 + 1000, () => console.log("a month is over"));
loop.callLater(20, () => {
  console.log("still waiting:", !month.cancelled);
  month.cancel();
});
/* prints:
still waiting: true
*/
