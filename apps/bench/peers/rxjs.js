import {
  asapScheduler,
  asyncScheduler,
  concatMap,
  filter,
  from,
  lastValueFrom,
  map,
  merge,
  range,
  reduce,
  Subject,
  scan,
  take,
  tap,
  toArray,
} from "rxjs";

/** @param {number} n */
const double = (n) => n * 2;
/** @param {number} n */
const third = (n) => n % 3 === 0;
/** @param {number} sum @param {number} n */
const add = (sum, n) => sum + n;

/** @param {import("rxjs").Observable<unknown>} items */
const drain = (items) => lastValueFrom(items, { defaultValue: undefined });

/** @type {import("../src/peer-jobs.ts").RxjsJobs} */
export const jobs = {
  callbacks(count, tick) {
    for (let i = 0; i < count; i++) asapScheduler.schedule(tick);
  },

  cancelTimers(count) {
    for (let i = 0; i < count; i++) asyncScheduler.schedule(() => {}, 1000 + (i % 1000)).unsubscribe();
  },

  holdTimers(count) {
    const timers = Array.from({ length: count }, (_, i) => asyncScheduler.schedule(() => {}, 1000 + (i % 1000)));
    for (const timer of timers) timer.unsubscribe();
  },

  setTimers(count, tick) {
    for (let i = 0; i < count; i++) asyncScheduler.schedule(tick, 1 + (i % 10));
  },

  sum: (numbers) => lastValueFrom(from(numbers).pipe(map(double), filter(third), reduce(add, 0))),

  tenMaps: (numbers) =>
    lastValueFrom(
      from(numbers)
        .pipe(map(double), map(double), map(double), map(double), map(double))
        .pipe(map(double), map(double), map(double), map(double), map(double), reduce(add, 0)),
    ),

  async mix(round) {
    const items = [round, round + 1, round + 2];
    await drain(
      from(items).pipe(
        map((n) => `${n}`),
        filter((s) => s.length > round % 3),
        tap(() => {}),
        toArray(),
      ),
    );
    await drain(
      from(new Set(items)).pipe(
        filter((n) => n > round),
        map((n) => ({ n })),
        take(2),
      ),
    );
    await drain(
      from(items).pipe(
        scan((s, n) => s + n, round),
        map((n) => n > 3),
        filter(Boolean),
        reduce((a) => a + 1, 0),
      ),
    );
  },

  merge: (inputs) => lastValueFrom(merge(...inputs.map((items) => from(items))).pipe(reduce(add, 0))),

  async share(numbers, readers) {
    const shared = new Subject();
    const sums = Array.from({ length: readers }, () => lastValueFrom(shared.pipe(reduce(add, 0))));
    from(numbers).subscribe(shared);
    return (await Promise.all(sums)).reduce(add, 0);
  },

  // It has no back-pressure: what the reader has not come to yet waits in concatMap.
  async slowReader(count, kept) {
    kept.push(
      range(0, count)
        .pipe(
          map((i) => ({ i })),
          concatMap((item) => new Promise((resolve) => setImmediate(resolve, item))),
        )
        .subscribe(),
    );
  },

  open(items, count) {
    for (let i = 0; i < count; i++) from(items).pipe(map(double), filter(third), reduce(add, 0)).subscribe();
  },
};
