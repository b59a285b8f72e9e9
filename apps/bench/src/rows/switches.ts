import { checkpoint, run } from "@skein/coroutine";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const switches = (id: string, tasks: number, each: number, must: Row["must"]): Row => ({
  id,
  what: `${tasks.toLocaleString("en")} tasks × ${each.toLocaleString("en")} yield* checkpoint()`,
  unit: "ns",
  ...(must === undefined ? {} : { must }),
  systems: {
    skein: () =>
      perOperation(tasks * each, () =>
        run(function* (root) {
          function* work() {
            for (let i = 0; i < each; i++) yield* checkpoint();
          }
          for (let t = 0; t < tasks; t++) root.spawn(work);
        }),
      ),
    native: () =>
      perOperation(tasks * each, async () => {
        async function work() {
          for (let i = 0; i < each; i++) await undefined;
        }
        const all: Promise<void>[] = [];
        for (let t = 0; t < tasks; t++) all.push(work());
        await Promise.all(all);
      }),
    bare: () =>
      perOperation(tasks * each, () => {
        function* work() {
          for (let i = 0; i < each; i++) yield i;
        }
        const all: Generator<number, void>[] = [];
        for (let t = 0; t < tasks; t++) all.push(work());
        for (let i = 0; i < each; i++) for (const generator of all) generator.next();
      }),
    effect: peerRound("effect", (tasks * each) / 100, (effect) => effect.switches(tasks / 100, each)),
    effection: peerRound("effection", (tasks * each) / 1000, (effection) => effection.switches(tasks / 1000, each)),
    "redux-saga": peerRound("redux-saga", (tasks * each) / 100, (saga) => saga.switches(tasks / 100, each)),
  },
});

/** As many turns in all, of ever more tasks. */
export const switchRows: readonly Row[] = [
  switches("switch-1k", 1000, 1000, [
    { peer: "native", max: 1.2 },
    { peer: "bare", max: 4 },
  ]),
  switches("switch-10k", 10_000, 100, undefined),
  switches("switch-100k", 100_000, 10, [{ peer: "native", max: 0.6 }]),
];
