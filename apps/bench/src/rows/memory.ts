import { Future, type Operation, run } from "@skein/coroutine";
import { heapPer, hostTurn, type Row } from "../measure.ts";

const N = 100_000;

const memoryParked: Row = {
  id: "memory-parked",
  what: "heap of a task parked on a future of its own, which is kept; of a promise, its resolver has to be",
  unit: "bytes",
  must: [{ peer: "native", max: 0.8 }],
  systems: {
    skein: () =>
      heapPer(N, async (kept) => {
        const task = run(function* (root) {
          function* work(): Operation<void> {
            const { future } = Future.withResolvers<void>();
            kept.push(future);
            yield* future;
          }
          for (let i = 0; i < N; i++) root.spawn(work);
        });
        await hostTurn();
        return async () => {
          task.cancel();
          await run(() => task.join());
        };
      }),
    native: () =>
      heapPer(N, async (kept) => {
        async function work() {
          await new Promise<void>((resolve) => kept.push(resolve));
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await hostTurn();
        return async () => {
          for (const resolve of kept) (resolve as () => void)();
          await Promise.all(all);
        };
      }),
  },
};

/** What a thing that waits keeps. */
export const memoryRows: readonly Row[] = [memoryParked];
