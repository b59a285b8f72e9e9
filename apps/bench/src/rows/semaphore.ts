import { checkpoint, run, Semaphore } from "@skein/coroutine";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { shown } from "./sizes.ts";
import { repeated } from "./timer-sizes.ts";

/** Fewer for those that have to make one of a queue. */
const SAGAS = 1_000;
const TASKS = 100;

/** The time of each is the same, however many wait. */
const semaphore = (suffix: string, count: number, repeats: number, must?: Row["must"]): Row => ({
  id: `semaphore-${suffix}`,
  what: `${shown(count)} tasks through a semaphore of one permit`,
  unit: "ns",
  ...(must && { must }),
  systems: {
    skein: repeated({ repeats }, () =>
      perOperation(count, () =>
        run(function* (root) {
          const semaphore = new Semaphore(1);
          function* work() {
            yield* semaphore.acquire();
            yield* checkpoint();
            semaphore.release();
          }
          for (let i = 0; i < count; i++) root.spawn(work);
        }),
      ),
    ),
    native: repeated({ repeats }, () => perOperation(count, () => throughNative(count))),
    effect: peerRound("effect", count, (effect) => effect.semaphore(count)),
    effection: peerRound("effection", TASKS, (effection) => effection.semaphore(TASKS)),
    "redux-saga": peerRound("redux-saga", SAGAS, (saga) => saga.semaphore(SAGAS)),
  },
});

/** What is written by hand where there is no library: a count, and a queue of resolvers. */
async function throughNative(count: number): Promise<void> {
  let free = 1;
  const waiting: (() => void)[] = [];
  let first = 0;
  async function work(): Promise<void> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    await undefined;
    const next = waiting[first++];
    if (next === undefined) free++;
    else next();
  }
  const all: Promise<void>[] = [];
  for (let i = 0; i < count; i++) all.push(work());
  await Promise.all(all);
}

export const semaphoreRows: readonly Row[] = [
  semaphore("1k", 1_000, 20),
  semaphore("4k", 4_000, 5),
  semaphore("16k", 16_000, 1, [{ peer: "effect", max: 0.02 }]),
];
