// S8: a source with two million items at hand lets a timer of the host through, and can be cancelled meanwhile.
import { from } from "@skein/stream";

const control = new AbortController();
let seen = 0;
setTimeout(() => control.abort("enough"), 1);
const reading = from(function* () {
  for (let n = 0; n < 20_000_000; n++) yield n;
}).forEach(() => void seen++, { signal: control.signal });
console.log(await reading.then(String, (error) => error.reason), seen > 0 && seen < 20_000_000);
/* prints:
enough true
*/
