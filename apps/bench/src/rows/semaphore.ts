import { checkpoint, run, Semaphore } from "@skein/coroutine";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const N = 16_000;

export const semaphoreRows: readonly Row[] = [
  {
    id: "semaphore-16k",
    what: "16,000 tasks through a semaphore of one permit",
    unit: "ns",
    must: [{ peer: "effect", max: 0.02 }],
    systems: {
      skein: () =>
        perOperation(N, () =>
          run(function* (root) {
            const semaphore = new Semaphore(1);
            function* work() {
              yield* semaphore.acquire();
              yield* checkpoint();
              semaphore.release();
            }
            for (let i = 0; i < N; i++) root.spawn(work);
          }),
        ),
      effect: peerRound("effect", N, (effect) => effect.semaphore(N)),
    },
  },
];
