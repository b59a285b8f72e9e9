import { Readable } from "node:stream";
import { filter, from, map, scan, take, tap } from "@skein/stream";
import { perOperation, type Round, type Row } from "../measure.ts";
import { peer, peerRound } from "../peers.ts";

const N = 1_000_000;
const double = (n: number): number => n * 2;
const third = (n: number): boolean => n % 3 === 0;
const add = (sum: number, n: number): number => sum + n;
const numbers: readonly number[] = Array.from({ length: N }, (_, i) => i);

const sum = {
  skein: (): unknown => from(numbers).pipe(map(double), filter(third)).reduce(add, 0),
  bare: (): number => {
    let total = 0;
    for (const n of numbers) {
      const doubled = double(n);
      if (third(doubled)) total = add(total, doubled);
    }
    return total;
  },
  generators: (): number => {
    let total = 0;
    for (const n of filtered(mapped(numbers))) total = add(total, n);
    return total;
  },
};
function* mapped(items: Iterable<number>): Generator<number> {
  for (const n of items) yield double(n);
}
function* filtered(items: Iterable<number>): Generator<number> {
  for (const n of items) if (third(n)) yield n;
}
async function* asyncMapped(items: Iterable<number>): AsyncGenerator<number> {
  for (const n of items) yield double(n);
}
async function* asyncFiltered(items: AsyncIterable<number>): AsyncGenerator<number> {
  for await (const n of items) if (third(n)) yield n;
}

const tenMaps = (): unknown =>
  from(numbers)
    .pipe(
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
      map(double),
    )
    .reduce(add, 0);

/** One round of other pipelines through the same operators. */
async function mix(round: number): Promise<void> {
  const items = [round, round + 1, round + 2];
  await from(items)
    .pipe(
      map((n) => `${n}`),
      filter((s) => s.length > round % 3),
      tap(() => {}),
    )
    .toArray();
  await from(new Set(items))
    .pipe(
      filter((n) => n > round),
      map((n) => ({ n })),
      take(2),
    )
    .drain();
  await from(items)
    .pipe(
      scan((s, n) => s + n, round),
      map((n) => n > 3),
      filter(Boolean),
    )
    .reduce((a) => a + 1, 0);
}

/** `round`, once 300 rounds of mixed pipelines have been run: what a real program looks like to the engine. */
const afterMixing = (mixOnce: (round: number) => unknown, round: Round): Round => {
  let mixed = false;
  return async () => {
    for (let i = 0; !mixed && i < 300; i++) await mixOnce(i);
    mixed = true;
    return round();
  };
};
const rxjsMix = async (round: number): Promise<void> => (await peer("rxjs")).mix(round);

/** Of what takes microseconds an item, fewer. */
const WEB = 20_000;
const fewer = numbers.slice(0, WEB);
const asyncSum = async (): Promise<number> => {
  let total = 0;
  for await (const n of asyncFiltered(asyncMapped(fewer))) total = add(total, n);
  return total;
};
const nodeSum = (): Promise<number> => Readable.from(fewer).map(double).filter(third).reduce(add, 0);

const webSum = (): Promise<unknown> => {
  let n = 0;
  const source = new ReadableStream<number>({
    pull(controller) {
      if (n === WEB) controller.close();
      else controller.enqueue(n++);
    },
  });
  const through = (
    transform: (n: number, out: TransformStreamDefaultController<number>) => void,
  ): TransformStream<number, number> => new TransformStream({ transform });
  let total = 0;
  return source
    .pipeThrough(through((item, out) => out.enqueue(double(item))))
    .pipeThrough(through((item, out) => (third(item) ? out.enqueue(item) : undefined)))
    .pipeTo(
      new WritableStream({
        write(item) {
          total = add(total, item);
        },
      }),
    );
};

/** Streams that never wait. */
export const syncRows: readonly Row[] = [
  {
    id: "stream-sync",
    what: "1,000,000 numbers, map → filter → sum, fresh",
    unit: "ns",
    must: [
      { peer: "rxjs", max: 0.5 },
      { peer: "webstreams", max: 0.01 },
    ],
    systems: {
      skein: () => perOperation(N, sum.skein),
      rxjs: peerRound("rxjs", N, (rxjs) => rxjs.sum(numbers)),
      ix: peerRound("ix", N, (ix) => ix.sum(numbers)),
      effect: peerRound("effect", N, (effect) => effect.sum(numbers)),
      bare: () => perOperation(N, sum.bare),
      generators: () => perOperation(N, sum.generators),
      asyncgen: () => perOperation(WEB, asyncSum),
      webstreams: () => perOperation(WEB, webSum),
      nodestreams: () => perOperation(WEB, nodeSum),
    },
  },
  {
    id: "stream-sync-mixed",
    what: "the same, after 300 rounds of other pipelines through the same operators",
    unit: "ns",
    must: [{ peer: "rxjs", max: 0.6 }],
    systems: {
      skein: afterMixing(mix, () => perOperation(N, sum.skein)),
      rxjs: afterMixing(
        rxjsMix,
        peerRound("rxjs", N, (rxjs) => rxjs.sum(numbers)),
      ),
    },
  },
  {
    id: "stream-10-mixed",
    what: "ten maps, after 300 rounds of other pipelines",
    unit: "ns",
    must: [{ peer: "rxjs", max: 0.6 }],
    systems: {
      skein: afterMixing(mix, () => perOperation(N, tenMaps)),
      rxjs: afterMixing(
        rxjsMix,
        peerRound("rxjs", N, (rxjs) => rxjs.tenMaps(numbers)),
      ),
    },
  },
];
