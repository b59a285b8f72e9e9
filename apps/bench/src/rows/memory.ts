import { Future, type Operation, run } from "@skein/coroutine";
import { heapPer, hostTurn, type Round, type Row } from "../measure.ts";
import { peer } from "../peers.ts";
import { nativeResolvers } from "./native-resolvers.ts";
import { onLoop } from "./on-loop.ts";
import { type Size, shown, sizes } from "./sizes.ts";
import { nothing } from "./timer-sizes.ts";

const N = 100_000;
/** For those that take longer. */
const FIBERS = 10_000;
const TASKS = 1_000;
/** Long enough that no timer fires while it is looked at. */
const FAR_MS = 600_000;

const memoryParked = ({ suffix, count, largest }: Size): Row => ({
  id: `memory-parked${suffix}`,
  what: `heap of each of ${shown(count)} tasks parked on a future of its own, which is kept; of a promise, its resolver has to be`,
  unit: "bytes",
  ...(largest ? { must: [{ peer: "native", max: 0.8 }] } : {}),
  systems: {
    skein: () =>
      heapPer(count, async (kept) => {
        const task = run(function* (root) {
          function* work(): Operation<void> {
            const { future } = Future.withResolvers<void>();
            kept.push(future);
            yield* future;
          }
          for (let i = 0; i < count; i++) root.spawn(work);
        });
        await hostTurn();
        return async () => {
          task.cancel();
          await run(() => task.join());
        };
      }),
    native: () =>
      heapPer(count, async (kept) => {
        async function work() {
          await new Promise<void>((resolve) => kept.push(resolve));
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < count; i++) all.push(work());
        await hostTurn();
        return async () => {
          for (const resolve of kept) (resolve as () => void)();
          await Promise.all(all);
        };
      }),
    effect: parkedHeap("effect", FIBERS),
    effection: parkedHeap("effection", TASKS),
    "redux-saga": parkedHeap("redux-saga", FIBERS),
  },
});

/** What a task of a peer keeps that is parked in the same way. */
const parkedHeap =
  (name: "effect" | "effection" | "redux-saga", count: number): Round =>
  async () => {
    const jobs = await peer(name);
    return heapPer(count, async (kept) => {
      const cancel = await jobs.park(count, kept);
      await hostTurn();
      return async () => void (await cancel());
    });
  };

/** Bytes of things that are made one by one, and ended one by one. */
const heapOf = <T>(make: (i: number) => T, end: (thing: T) => void): Promise<number> =>
  heapPer(N, async (kept) => {
    for (let i = 0; i < N; i++) kept.push(make(i));
    return async () => {
      for (const thing of kept) end(thing as T);
    };
  });

const memoryFuture: Row = {
  id: "memory-future",
  what: "heap of a pending future, kept with what settles it",
  unit: "bytes",
  systems: {
    skein: () =>
      heapOf(
        () => Future.withResolvers<void>(),
        ({ resolve }) => resolve(),
      ),
    native: () =>
      heapOf(
        () => nativeResolvers<void>(),
        ({ resolve }) => resolve(),
      ),
    bluebird: async () => {
      const bluebird = await peer("bluebird");
      return heapPer(N, async (kept) => {
        bluebird.pending(N, kept);
        return async () => {};
      });
    },
  },
};

const memoryTimer: Row = {
  id: "memory-timer",
  what: "heap of a timer that waits, kept with its handle",
  unit: "bytes",
  systems: {
    skein: onLoop((loop) =>
      heapOf(
        (i) => loop.callLater(FAR_MS + (i % 1000), nothing),
        (timer) => timer.cancel(),
      ),
    ),
    native: () =>
      heapOf(
        (i) => setTimeout(nothing, FAR_MS + (i % 1000)),
        (timer) => clearTimeout(timer),
      ),
  },
};

/** What a thing that waits keeps. */
export const memoryRows: readonly Row[] = [
  ...sizes(N, ["-1k", "-10k", ""]).map(memoryParked),
  memoryFuture,
  memoryTimer,
];
