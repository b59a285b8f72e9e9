import { from, merge } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const ITEMS = 1_000_000;
const inputs = Array.from({ length: 4 }, (_, at) => Array.from({ length: ITEMS / 4 }, (_, i) => i * 4 + at));
const all = inputs.flat();
const add = (sum: number, n: number): number => sum + n;

/** Each input has a sink and a host of its own, and takes turns with the others. */
export const mergeRow: Row = {
  id: "stream-merge",
  what: "an item of four synchronous inputs, merged → sum; `one-input` is the same items from one array",
  unit: "ns",
  systems: {
    skein: () => perOperation(ITEMS, () => merge(...inputs.map((items) => from(items))).reduce(add, 0)),
    "one-input": () => perOperation(ITEMS, () => from(all).reduce(add, 0)),
    rxjs: peerRound("rxjs", ITEMS, (rxjs) => rxjs.merge(inputs)),
  },
};
