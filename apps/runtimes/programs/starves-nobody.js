// L3: a callback that posts itself 300,000 times lets the host's timers and promises through meanwhile.
import { EventLoop } from "@skein/loop";

const loop = new EventLoop({ maxPassMs: 1 });
loop.start();
let turns = 0;
let timers = 0;
let promises = 0;
const tick = () => setTimeout(() => turns > 0 && ++timers && tick(), 0);
const then = () => Promise.resolve().then(() => turns > 0 && ++promises);
tick();
loop.callSoon(function turn() {
  if (turns === 150_000) then();
  if (++turns < 300_000) return loop.callSoon(turn);
  console.log("timers:", timers > 0, "promises:", promises > 0);
  turns = 0;
});
/* prints:
timers: true promises: true
*/
