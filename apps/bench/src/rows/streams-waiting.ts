import { checkpoint, run } from "@skein/coroutine";
import { channel, from, map, take } from "@skein/stream";
import { perOperation, type Row } from "../measure.ts";

const double = (n: number): number => n * 2;
const add = (sum: number, n: number): number => sum + n;
const numbers: readonly number[] = Array.from({ length: 1_000_000 }, (_, i) => i);

const BURSTS = 100_000;
async function* generatedInBursts(): AsyncGenerator<number> {
  for (let i = 0; i < BURSTS; i++) {
    if (i % 8 === 0) await undefined;
    yield i;
  }
}
async function asyncGeneratorBursts(): Promise<number> {
  async function* mapped(items: AsyncIterable<number>) {
    for await (const item of items) yield double(item);
  }
  let total = 0;
  for await (const item of mapped(generatedInBursts())) total += item;
  return total;
}

const bursty: Row = {
  id: "stream-bursty",
  what: "a leaf source (channel) that suspends once per 8 items → map → sum",
  unit: "ns",
  must: [{ peer: "asyncgen", max: 0.12 }],
  systems: {
    skein: () =>
      perOperation(BURSTS, () =>
        run(function* (root) {
          const { sender, receiver } = channel<number>(8);
          root.spawn(function* () {
            for (let i = 0; i < BURSTS; ) {
              for (let burst = 0; burst < 8; burst++) sender.trySend(i++);
              yield* checkpoint();
            }
            sender.close();
          });
          return yield* receiver.pipe(map(double)).reduce(add, 0);
        }),
      ),
    asyncgen: () => perOperation(BURSTS, asyncGeneratorBursts),
  },
};

const burstyGenerator: Row = {
  id: "stream-bursty-generator",
  what: "a generator source that waits once per 8 items → map → sum",
  unit: "ns",
  must: [{ peer: "asyncgen", max: 0.25 }],
  systems: {
    skein: () =>
      perOperation(BURSTS, () =>
        from(function* () {
          for (let i = 0; i < BURSTS; i++) {
            if (i % 8 === 0) yield* checkpoint();
            yield i;
          }
        })
          .pipe(map(double))
          .reduce(add, 0),
      ),
    asyncgen: () => perOperation(BURSTS, asyncGeneratorBursts),
  },
};

const forAwait: Row = {
  id: "stream-for-await",
  what: "for await over a synchronous pipeline, beside one bare async generator",
  unit: "ns",
  must: [{ peer: "asyncgen", max: 0.5 }],
  systems: {
    skein: () =>
      perOperation(BURSTS * 2, async () => {
        let total = 0;
        for await (const item of from(numbers).pipe(map(double), take(BURSTS * 2))) total += item;
        return total;
      }),
    asyncgen: () =>
      perOperation(BURSTS * 2, async () => {
        async function* items() {
          for (let i = 0; i < BURSTS * 2; i++) yield i;
        }
        let total = 0;
        for await (const item of items()) total += item;
        return total;
      }),
  },
};

/** Streams that wait now and then, and those that are waited for. */
export const waitingRows: readonly Row[] = [bursty, burstyGenerator, forAwait];
