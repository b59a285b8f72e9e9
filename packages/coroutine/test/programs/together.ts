/* Tasks that wait for each other. Each program with what it gives when it is left alone. */
import {
  Barrier,
  CapacityLimiter,
  Condition,
  checkpoint,
  group,
  Lock,
  moveOnAfter,
  type Operation,
  Semaphore,
  scope,
  sleep,
  use,
} from "../../src/index.ts";
import type { Program } from "./kit.ts";

export const togetherPrograms: Record<string, Program> = {
  "a lock that three want": [
    function* (kit) {
      const lock = kit.watch(new Lock({ name: "db" }));
      let inside = 0;
      let total = 0;
      yield* group(function* (g) {
        for (let i = 0; i < 3; i++) {
          g.spawn(function* () {
            yield* use(lock);
            if (++inside !== 1) throw new Error("two inside");
            try {
              yield* sleep(1);
              total++;
            } finally {
              inside--;
            }
          });
        }
      });
      return total;
    },
    3,
  ],
  "permits, one and two at a time": [
    function* (kit) {
      const pages = kit.watch(new Semaphore(2, { name: "pages", max: 2 }));
      const work = (count: number): Operation<void> =>
        (function* () {
          yield* pages.acquire(count);
          try {
            yield* sleep(1);
          } finally {
            pages.release(count);
          }
        })();
      yield* group(function* (g) {
        for (const count of [1, 2, 1, 1]) g.spawn(work(count), { name: `takes ${count}` });
      });
      return pages.available;
    },
    2,
  ],
  "a large request that gives up, and small ones behind it": [
    function* (kit) {
      const pages = kit.watch(new Semaphore(2, { name: "pages", max: 2 }));
      const log: string[] = [];
      const work = (name: string, count: number): (() => Operation<void>) =>
        function* () {
          yield* pages.acquire(count);
          try {
            log.push(name);
            yield* sleep(4);
          } finally {
            pages.release(count);
          }
        };
      const begunMs = kit.t.loop.now();
      yield* group(function* (g) {
        g.spawn(work("holder", 1), { eager: true });
        g.spawn(() => moveOnAfter(2, work("large", 2)), { eager: true });
        g.spawn(work("small", 1), { eager: true }); // goes ahead once the large one has given up, and not before
      });
      return `${log.join()} ${kit.t.loop.now() - begunMs}`;
    },
    "holder,small 6",
  ],
  "a limiter that is resized": [
    function* (kit) {
      const limiter = kit.watch(new CapacityLimiter(1, { name: "calls" }));
      yield* group(function* (g) {
        for (let i = 0; i < 3; i++) {
          g.spawn(function* () {
            yield* use(limiter);
            yield* sleep(1);
          });
        }
        yield* checkpoint();
        limiter.total = 2;
      });
      return limiter.borrowed;
    },
    0,
  ],
  "a queue by a condition": [
    function* (kit) {
      const lock = kit.watch(new Lock({ name: "box" }));
      const mail = kit.watch(new Condition(lock, { name: "mail" }));
      const box: number[] = [];
      const got: number[] = [];
      yield* group(function* (g) {
        for (let i = 0; i < 2; i++) {
          g.spawn(() =>
            scope(function* () {
              yield* use(lock);
              yield* mail.waitFor(() => box.length > 0);
              got.push(box.shift() as number);
            }),
          );
        }
        for (const letter of [1, 2]) {
          yield* sleep(1);
          yield* scope(function* () {
            yield* use(lock);
            box.push(letter);
            mail.notify();
          });
        }
      });
      return got.join();
    },
    "1,2",
  ],
  "a barrier, two rounds": [
    function* (kit) {
      const line = kit.watch(new Barrier(2, { name: "line" }));
      let rounds = 0;
      yield* group(function* (g) {
        for (let i = 0; i < 2; i++) {
          g.spawn(function* () {
            for (let round = 0; round < 2; round++) {
              yield* sleep(i);
              if ((yield* line.wait()) === 1) rounds++;
            }
          });
        }
      });
      return rounds;
    },
    2,
  ],
  "producer and consumers over a bounded queue": [
    function* (kit) {
      const queue = kit.queue<number>(1);
      let sum = 0;
      yield* group(
        function* (g) {
          for (let i = 0; i < 2; i++) {
            g.spawn(function* () {
              for (;;) {
                const item = yield* queue.take(); // `sum += yield* …` would add to what was there before the wait
                sum += item;
                yield* checkpoint();
              }
            });
          }
          for (const item of [1, 2, 3]) yield* queue.put(item);
          yield* sleep(1);
          g.cancel("all is sold");
          yield* checkpoint();
        },
        { onCancel: () => {} },
      );
      return sum;
    },
    6,
  ],
  "three philosophers": [
    function* (kit) {
      const forks = [0, 1, 2].map((n) => kit.watch(new Lock({ name: `fork ${n}` })));
      let eaten = 0;
      yield* group(function* (g) {
        for (let i = 0; i < 3; i++) {
          const [low, high] = [i, (i + 1) % 3].sort() as [number, number];
          g.spawn(function* () {
            yield* use(forks[low] as Lock);
            yield* checkpoint();
            yield* use(forks[high] as Lock);
            yield* sleep(1);
            eaten++;
          });
        }
      });
      return eaten;
    },
    3,
  ],
};
