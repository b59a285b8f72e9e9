// A ReadableStream is a source and a WritableStream a target; and a stream is either, to whoever wants the platform's.
import { from, map } from "@skein/stream";
import { fromByteStream, pipeToWritableStream, toReadableStream } from "@skein/stream/web";

const response = new Response(toReadableStream(from(["Call me ", "Ishmael."]).pipe(map((text) => encode(text)))));
console.log(await response.text());

const text = from(new Response("of the sea").body);
console.log((await text.toArray()).map(decode).join(""));

let made = 0;
const numbers = toReadableStream(
  from(function* () {
    for (;;) yield ++made;
  }),
  { strategy: { highWaterMark: 2 } },
);
const reader = numbers.getReader();
const { value } = await reader.read();
await reader.cancel();
console.log(value, "and hardly more was made:", made < 5);

const taken = [];
await pipeToWritableStream(from([1, 2, 3]), new WritableStream({ write: (n) => void taken.push(n) }));
console.log(taken.join());

const bytes = toReadableStream(from([Uint8Array.of(1, 2, 3)]), { type: "bytes" });
console.log((await fromByteStream(bytes, { chunkBytes: 2 }).toArray()).map((chunk) => chunk.join()).join(" | "));

function encode(text) {
  return new TextEncoder().encode(text);
}
function decode(bytes) {
  return new TextDecoder().decode(bytes);
}
/* prints:
Call me Ishmael.
of the sea
1 and hardly more was made: true
1,2,3
1,2 | 3
*/
