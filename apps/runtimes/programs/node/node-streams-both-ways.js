// A Readable is a source and a Writable a target; and a stream is either, to whoever wants Node's.
import { PassThrough, Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { channel, from, take } from "@skein/stream";
import { fromReadable, pipeToWritable, toReadable, toWritable } from "@skein/stream/node";

console.log((await fromReadable(Readable.from([1, 2, 3])).toArray()).join());

const silent = new PassThrough();
silent.write("first");
for await (const chunk of fromReadable(silent)) {
  console.log(String(chunk));
  break;
}
console.log("destroyed:", silent.destroyed);

const taken = [];
const slow = () =>
  new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      taken.push(chunk);
      setImmediate(done);
    },
  });
await pipeToWritable(from([1, 2, 3]), slow());
await pipeline(toReadable(from(["a", "b", "c", "d"]).pipe(take(3))), slow());
console.log(taken.join());

const { sender, receiver } = channel(1);
const received = Promise.resolve(receiver.toArray());
await pipeline(Readable.from(["x", "y"]), toWritable(sender));
console.log((await received).join());

const broken = new Readable({ read() {} });
const reading = Promise.resolve(fromReadable(broken).toArray());
setImmediate(() => broken.destroy(new Error("the disk is gone")));
console.log(await reading.catch((error) => error.message));
/* prints:
1,2,3
first
destroyed: true
1,2,3,a,b,c
x,y
the disk is gone
*/
