import { run } from "@skein/coroutine";
import { filter, from, map, scan, take, tap } from "@skein/stream";
import * as Rx from "rxjs";
import { perOperation, type Row } from "../measure.ts";

const N = 1_000_000;
const double = (n: number): number => n * 2;
const third = (n: number): boolean => n % 3 === 0;
const add = (sum: number, n: number): number => sum + n;
const numbers: readonly number[] = Array.from({ length: N }, (_, i) => i);

const sum = {
  skein: (): unknown => from(numbers).pipe(map(double), filter(third)).reduce(add, 0),
  rxjs: (): unknown => Rx.lastValueFrom(Rx.from(numbers).pipe(Rx.map(double), Rx.filter(third), Rx.reduce(add, 0))),
  bare: (): number => {
    let total = 0;
    for (const n of numbers) {
      const doubled = double(n);
      if (third(doubled)) total = add(total, doubled);
    }
    return total;
  },
};

const tenMaps = {
  skein: (): unknown =>
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
      .reduce(add, 0),
  rxjs: (): unknown =>
    Rx.lastValueFrom(
      Rx.from(numbers)
        .pipe(Rx.map(double), Rx.map(double), Rx.map(double), Rx.map(double), Rx.map(double))
        .pipe(Rx.map(double), Rx.map(double), Rx.map(double), Rx.map(double), Rx.map(double), Rx.reduce(add, 0)),
    ),
};

/** 300 rounds of other pipelines through the same operators: what a real program looks like to the engine. */
const mix = {
  skein: async (): Promise<void> => {
    for (let round = 0; round < 300; round++) {
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
  },
  rxjs: async (): Promise<void> => {
    const drain = (items: Rx.Observable<unknown>): Promise<unknown> =>
      Rx.lastValueFrom(items, { defaultValue: undefined });
    for (let round = 0; round < 300; round++) {
      const items = [round, round + 1, round + 2];
      await drain(
        Rx.from(items).pipe(
          Rx.map((n) => `${n}`),
          Rx.filter((s) => s.length > round % 3),
          Rx.tap(() => {}),
          Rx.toArray(),
        ),
      );
      await drain(
        Rx.from(new Set(items)).pipe(
          Rx.filter((n) => n > round),
          Rx.map((n) => ({ n })),
          Rx.take(2),
        ),
      );
      await drain(
        Rx.from(items).pipe(
          Rx.scan((s, n) => s + n, round),
          Rx.map((n) => n > 3),
          Rx.filter(Boolean),
          Rx.reduce((a) => a + 1, 0),
        ),
      );
    }
  },
};
let mixed: Promise<unknown> | undefined;
const afterMix = (work: () => unknown) => async (): Promise<number> => {
  mixed ??= Promise.all([mix.skein(), mix.rxjs()]);
  await mixed;
  return perOperation(N, work);
};

const WEB = 20_000;
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

const OPENS = 50_000;
const three = [1, 2, 3];
const open: Row = {
  id: "stream-open",
  what: "open and run a pipeline of three items, in one task after another",
  unit: "ns",
  must: [{ peer: "rxjs", max: 0.5 }],
  systems: {
    skein: () =>
      perOperation(OPENS, () =>
        run(function* () {
          for (let i = 0; i < OPENS; i++) yield* from(three).pipe(map(double), filter(third)).reduce(add, 0);
        }),
      ),
    rxjs: () =>
      perOperation(OPENS, () => {
        for (let i = 0; i < OPENS; i++)
          Rx.from(three).pipe(Rx.map(double), Rx.filter(third), Rx.reduce(add, 0)).subscribe();
      }),
  },
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
      rxjs: () => perOperation(N, sum.rxjs),
      bare: () => perOperation(N, sum.bare),
      webstreams: () => perOperation(WEB, webSum),
    },
  },
  {
    id: "stream-sync-mixed",
    what: "the same, after 300 rounds of other pipelines through the same operators",
    unit: "ns",
    must: [{ peer: "rxjs", max: 0.6 }],
    systems: { skein: afterMix(sum.skein), rxjs: afterMix(sum.rxjs) },
  },
  {
    id: "stream-10-mixed",
    what: "ten maps, after 300 rounds of other pipelines",
    unit: "ns",
    must: [{ peer: "rxjs", max: 0.6 }],
    systems: { skein: afterMix(tenMaps.skein), rxjs: afterMix(tenMaps.rxjs) },
  },
];

export { open as openRow };
