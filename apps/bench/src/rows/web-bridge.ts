import { from } from "@skein/stream";
import { toReadableStream } from "@skein/stream/web";
import { perOperation, type Row } from "../measure.ts";

const ITEMS = 100_000;
const numbers = Array.from({ length: ITEMS }, (_, i) => i);
const add = (sum: number, n: number): number => sum + n;

/** What a ReadableStream is without us: its source is asked for one number after the other. */
function counting(): ReadableStream<number> {
  let n = 0;
  return new ReadableStream({
    pull(controller) {
      if (n === ITEMS) controller.close();
      else controller.enqueue(numbers[n++] as number);
    },
  });
}

async function read(readable: ReadableStream<number>): Promise<number> {
  let total = 0;
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) total += next.value;
  return total;
}

/** The bridges, beside a bare ReadableStream with a reader. */
export const webBridgeRows: readonly Row[] = [
  {
    id: "web-in",
    what: "an item of a ReadableStream, read by from() beside a bare reader",
    unit: "ns",
    must: [{ peer: "webstreams", max: 1 }],
    systems: {
      skein: () => perOperation(ITEMS, () => from(counting()).reduce(add, 0)),
      webstreams: () => perOperation(ITEMS, () => read(counting())),
    },
  },
  {
    id: "web-out",
    what: "an item of toReadableStream(), read by a bare reader",
    unit: "ns",
    must: [{ peer: "webstreams", max: 1 }],
    systems: {
      skein: () => perOperation(ITEMS, () => read(toReadableStream(from(numbers)))),
      webstreams: () => perOperation(ITEMS, () => read(counting())),
    },
  },
];
