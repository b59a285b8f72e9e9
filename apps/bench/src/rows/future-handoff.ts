import { Future } from "@skein/future";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { nativeResolvers } from "./native-resolvers.ts";

const N = 200_000;
const FEWER = 20_000;

type Step = () => void;

/** Calls `next(step)`, which sees to it that `step` is called later, again and again. */
const chain = (next: (step: Step, left: number) => void): Promise<void> =>
  new Promise((resolve) => {
    let left = N;
    const step = (): void => {
      if (left-- === 0) resolve();
      else next(step, left);
    };
    step();
  });

/** A fresh future each time: listened to, settled, and heard. */
const native = (): Promise<number> =>
  perOperation(N, () =>
    chain((step, left) => {
      const { promise, resolve } = nativeResolvers<number>();
      promise.then(step);
      resolve(left);
    }),
  );
const peers = {
  bluebird: peerRound("bluebird", N, (bluebird) => bluebird.handOff(N)),
  effect: peerRound("effect", FEWER, (effect) => effect.handOff(FEWER)),
};

/** Futures alone, without tasks: each is made, listened to and settled, and who hears it makes the next. */
export const handOffRows: readonly Row[] = [
  {
    id: "future-handoff",
    what: "a future heard by addDoneCallback settles, and its callback makes the next, 200,000 times",
    unit: "ns",
    must: [{ peer: "native", max: 1.5 }],
    systems: {
      skein: () =>
        perOperation(N, () =>
          chain((step, left) => {
            const { future, resolve } = Future.withResolvers<number>();
            future.addDoneCallback(step);
            resolve(left);
          }),
        ),
      native,
      ...peers,
    },
  },
  {
    id: "future-then",
    what: "the same through then(), which makes a second future each time",
    unit: "ns",
    systems: {
      skein: () =>
        perOperation(N, () =>
          chain((step, left) => {
            const { future, resolve } = Future.withResolvers<number>();
            future.then(step);
            resolve(left);
          }),
        ),
      native,
      ...peers,
    },
  },
];
