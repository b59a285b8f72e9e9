import { checkpoint, Future, type Operation, run } from "@skein/coroutine";
import { hostTurn, perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { parkedPeer } from "./parked-peer.ts";
import { type Size, shown, sizes } from "./sizes.ts";
import { repeated } from "./timer-sizes.ts";

const N = 100_000;
/** For those that take longer. */
const FIBERS = 1_000;
const TASKS = 100;

const spawnJoin = ({ suffix, count, repeats, largest }: Size): Row => ({
  id: `spawn-join${suffix}`,
  what: `spawn ${shown(count)} tasks that wait once, and join`,
  unit: "ns",
  ...(largest
    ? {
        must: [
          { peer: "native", max: 1.0 },
          { peer: "effect", max: 0.5 },
          { peer: "effection", max: 0.02 },
        ],
      }
    : {}),
  systems: {
    skein: repeated({ repeats }, () =>
      perOperation(count, () =>
        run(function* (root) {
          function* work() {
            yield* checkpoint();
          }
          for (let i = 0; i < count; i++) root.spawn(work);
        }),
      ),
    ),
    native: repeated({ repeats }, () =>
      perOperation(count, async () => {
        async function work() {
          await undefined;
        }
        const all: Promise<void>[] = [];
        for (let i = 0; i < count; i++) all.push(work());
        await Promise.all(all);
      }),
    ),
    effect: peerRound("effect", FIBERS, (effect) => effect.spawnJoin(FIBERS)),
    effection: peerRound("effection", TASKS, (effection) => effection.spawnJoin(TASKS)),
    "redux-saga": peerRound("redux-saga", FIBERS, (saga) => saga.spawnJoin(FIBERS)),
  },
});

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

const cancel = ({ suffix, count, repeats, largest }: Size): Row => ({
  id: `cancel${suffix}`,
  what: `cancel ${shown(count)} parked tasks and join them`,
  unit: "ns",
  ...(largest ? { must: [{ peer: "native", max: 1.5 }] } : {}),
  systems: {
    skein: repeated({ repeats }, async () => {
      const never = Future.withResolvers<void>().future;
      function* work() {
        yield* never;
      }
      const task = run(function* (root) {
        for (let i = 0; i < count; i++) root.spawn(work);
      });
      await hostTurn();
      return perOperation(count, () => {
        task.cancel("enough");
        return task.catch(() => {});
      });
    }),
    native: repeated({ repeats }, async () => {
      const rejects: ((error: unknown) => void)[] = [];
      async function work() {
        await new Promise<void>((_, reject) => rejects.push(reject));
      }
      const all: Promise<void>[] = [];
      for (let i = 0; i < count; i++) all.push(work());
      await hostTurn();
      const error = new Error("enough");
      return perOperation(count, () => {
        for (const reject of rejects) reject(error);
        return Promise.allSettled(all);
      });
    }),
    effect: parkedPeer("effect", FIBERS),
    effection: parkedPeer("effection", TASKS),
    "redux-saga": parkedPeer("redux-saga", FIBERS),
  },
});

/** Tasks that come and go. */
export const spawningRows: readonly Row[] = [
  ...sizes(N, ["-1k", "-10k", ""]).map(spawnJoin),
  spawnJoinEager,
  ...sizes(N, ["-1k", "-10k", "-100k"]).map(cancel),
];
