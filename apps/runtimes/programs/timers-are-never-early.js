// L4: no timer fires before its deadline, though hosts round theirs; and they fire in the order of their deadlines.
import { getEventLoop } from "@skein/loop";

const loop = getEventLoop();
const startMs = loop.now();
const fired = [];
let early = 0;
for (const afterMs of [7.3, 0.4, 3, 1.9, 3, 5.5]) {
  loop.callAt(startMs + afterMs, () => {
    if (loop.now() < startMs + afterMs) early++;
    fired.push(afterMs);
  });
}
loop.callAt(startMs + 8, () => console.log(early, "early:", fired.join(" ")));
/* prints:
0 early: 0.4 1.9 3 3 5.5 7.3
*/
