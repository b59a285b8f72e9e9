import { checkpoint, Future, type Operation } from "@skein/coroutine";
import { buffer, from } from "@skein/stream";
import { heapPer, type Row } from "../measure.ts";
import { peer } from "../peers.ts";

const ITEMS = 10_000_000;
/** Of what keeps everything, fewer: they would not fit. */
const FEWER = 200_000;

function* counting(): Generator<object, void> {
  for (let i = 0; i < ITEMS; i++) yield { i };
}

/** A pipeline whose reader rests after each 64 items, and stands still at the last: with everything open. */
async function slowly(): Promise<() => Promise<void>> {
  const last = Future.withResolvers<void>();
  const leave = Future.withResolvers<void>();
  let seen = 0;
  const receive = (): Operation<void> | undefined => {
    if (++seen === ITEMS) {
      last.resolve();
      return leave.future;
    }
    return seen % 64 === 0 ? checkpoint() : undefined;
  };
  const done = from(counting)
    .pipe(buffer(64))
    .forEach(receive)
    .then(() => {});
  await last.future;
  return async () => {
    leave.resolve();
    await done;
  };
}

/** What is still held once all items have gone by, for each of them. */
export const slowReaderRow: Row = {
  id: "memory-slow-reader",
  what: "heap held per item, after 10,000,000 to a reader that is slower than their source (RxJS: 200,000)",
  unit: "bytes",
  must: [{ most: 0.1 }],
  systems: {
    skein: () => heapPer(ITEMS, slowly),
    rxjs: () =>
      heapPer(FEWER, async (kept) => {
        const { slowReader } = await peer("rxjs");
        await slowReader(FEWER, kept);
        return async () => (kept[0] as { unsubscribe(): void }).unsubscribe();
      }),
  },
};
