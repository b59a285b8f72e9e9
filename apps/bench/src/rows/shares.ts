import { run } from "@skein/coroutine";
import { from, share } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const DELIVERED = 200_000;
const add = (sum: number, n: number): number => sum + n;

/** So many readers of one run, each of whom adds up the same numbers. */
const shareRow = (id: string, readers: number): Row => {
  const numbers = Array.from({ length: DELIVERED / readers }, (_, i) => i);
  const skein = async (): Promise<void> => {
    const total = await run(function* (root) {
      const shared = from(numbers).pipe(share(root));
      const sums = Array.from({ length: readers }, () => root.spawn(() => shared.reduce(add, 0)));
      let sum = 0;
      for (const one of sums) sum += yield* one;
      return sum;
    });
    if (total !== numbers.reduce(add, 0) * readers) throw new Error(`Cannot measure ${id}: a reader missed items.`);
  };
  return {
    id,
    what: `one item to one of ${readers.toLocaleString("en")} readers of a shared stream`,
    unit: "ns",
    systems: {
      skein: () => perOperation(DELIVERED, skein),
      rxjs: peerRound("rxjs", DELIVERED, (rxjs) => rxjs.share(numbers, readers)),
      ix: peerRound("ix", DELIVERED, (ix) => ix.share(numbers, readers)),
      effect: peerRound("effect", DELIVERED, (effect) => effect.share(numbers, readers)),
    },
  };
};

/** One source, many readers. RxJS has no back-pressure: it calls one reader after the other. */
export const shareRows: readonly Row[] = [
  shareRow("share-1", 1),
  shareRow("share-100", 100),
  shareRow("share-10k", 10_000),
];
