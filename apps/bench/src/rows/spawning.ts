import { checkpoint, Future, type Operation, run } from "@skein/coroutine";
import { hostTurn, perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const N = 100_000;

const spawnJoin: Row = {
  id: "spawn-join",
  what: "spawn 100,000 tasks that wait once, and join",
  unit: "ns",
  must: [
    { peer: "native", max: 1.0 },
    { peer: "effect", max: 0.5 },
    { peer: "effection", max: 0.02 },
  ],
  systems: {
    skein: () =>
      perOperation(N, () =>
        run(function* (root) {
          function* work() {
            yield* checkpoint();
          }
          for (let i = 0; i < N; i++) root.spawn(work);
        }),
      ),
    native: () =>
      perOperation(N, async () => {
        async function work() {
          await undefined;
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await Promise.all(all);
      }),
    effect: peerRound("effect", N / 100, (effect) => effect.spawnJoin(N / 100)),
    effection: peerRound("effection", 100, (effection) => effection.spawnJoin(100)),
  },
};

const spawnJoinEager: Row = {
  id: "spawn-join-eager",
  what: "spawn 100,000 tasks that never wait, eagerly, and join",
  unit: "ns",
  must: [{ peer: "native", max: 1.2 }],
  systems: {
    skein: () =>
      perOperation(N, () =>
        run(function* (root) {
          function* work(): Operation<void> {}
          const options = { eager: true };
          for (let i = 0; i < N; i++) root.spawn(work, options);
        }),
      ),
    native: () =>
      perOperation(N, async () => {
        async function work() {}
        const all: Promise<void>[] = [];
        for (let i = 0; i < N; i++) all.push(work());
        await Promise.all(all);
      }),
  },
};

const cancel: Row = {
  id: "cancel-100k",
  what: "cancel 100,000 parked tasks and join them",
  unit: "ns",
  must: [{ peer: "native", max: 1.5 }],
  systems: {
    skein: async () => {
      const never = Future.withResolvers<void>().future;
      function* work() {
        yield* never;
      }
      const task = run(function* (root) {
        for (let i = 0; i < N; i++) root.spawn(work);
      });
      await hostTurn();
      return perOperation(N, () => {
        task.cancel("enough");
        return task.catch(() => {});
      });
    },
    native: async () => {
      const rejects: ((error: unknown) => void)[] = [];
      async function work() {
        await new Promise<void>((_, reject) => rejects.push(reject));
      }
      const all: Promise<void>[] = [];
      for (let i = 0; i < N; i++) all.push(work());
      await hostTurn();
      const error = new Error("enough");
      return perOperation(N, () => {
        for (const reject of rejects) reject(error);
        return Promise.allSettled(all);
      });
    },
  },
};

/** Tasks that come and go. */
export const spawningRows: readonly Row[] = [spawnJoin, spawnJoinEager, cancel];
