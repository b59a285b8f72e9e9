import { checkpoint, run } from "@skein/coroutine";
import {
  channel,
  END,
  from,
  type Host,
  MORE,
  map,
  type Pumped,
  type Sink,
  type Source,
  stream,
  take,
  WAIT,
} from "@skein/stream";
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

/** Waits for the loop before every eighth number. */
class Bursts implements Source {
  private readonly host: Host;
  private readonly sink: Sink<number>;
  private next = 0;
  private rested = false;
  private closed = false;

  constructor(host: Host, sink: Sink<number>) {
    this.host = host;
    this.sink = sink;
  }

  pump(budget: number): Pumped {
    for (let left = budget; left > 0; left--) {
      if (this.closed || this.next === BURSTS) return END;
      if (this.next % 8 === 0 && !this.rested) {
        this.rested = true;
        this.host.scheduler.callSoon(wake, this.host);
        return WAIT;
      }
      this.rested = false;
      if (!this.sink.push(this.next++)) return MORE;
    }
    return MORE;
  }

  close(): undefined {
    this.closed = true;
  }
}
const wake = (host: Host): void => host.wake();

const bursty: Row = {
  id: "stream-bursty",
  what: "a leaf source that suspends once per 8 items → map → sum",
  unit: "ns",
  must: [{ peer: "asyncgen", max: 0.12 }],
  systems: {
    skein: () =>
      perOperation(BURSTS, () =>
        stream<number>((host, sink) => new Bursts(host, sink), false)
          .pipe(map(double))
          .reduce(add, 0),
      ),
    asyncgen: () => perOperation(BURSTS, asyncGeneratorBursts),
  },
};

const burstyChannel: Row = {
  id: "stream-bursty-channel",
  what: "the same 8 at a time through a channel, from a task",
  unit: "ns",
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
  what: "for await over a synchronous pipeline, beside one bare async generator; bare: the least `for await` can cost",
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
    // An iterator that does nothing but answer by promises, as every one has to.
    bare: () =>
      perOperation(BURSTS * 2, async () => {
        let i = 0;
        const next = (): Promise<IteratorResult<number>> =>
          Promise.resolve(i < BURSTS * 2 ? { done: false, value: i++ } : { done: true, value: undefined });
        let total = 0;
        for await (const item of { [Symbol.asyncIterator]: () => ({ next }) }) total += item;
        return total;
      }),
  },
};

/** Streams that wait now and then, and those that are waited for. */
export const waitingRows: readonly Row[] = [bursty, burstyChannel, burstyGenerator, forAwait];
