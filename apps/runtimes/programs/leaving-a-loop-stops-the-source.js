// S4, S5: a break in `for await` closes the source at once, and its cleanup may wait; also while it waits for an item.
import { sleep } from "@skein/coroutine";
import { from } from "@skein/stream";

const source = () =>
  from(function* () {
    try {
      for (let n = 1; ; n++) {
        yield n;
        if (n === 2) yield* sleep(60_000);
      }
    } finally {
      yield* sleep(1);
      console.log("closed");
    }
  }).onEnd(({ kind, by }) => console.log(kind, by));

for await (const n of source()) {
  console.log(n);
  break;
}
const iterator = source()[Symbol.asyncIterator]();
await iterator.next();
await iterator.next();
const pending = iterator.next();
iterator.return();
console.log("done:", (await pending).done);
/* prints:
1
closed
stopped consumer
done: true
closed
stopped consumer
*/
