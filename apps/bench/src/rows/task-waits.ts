import { Future, type Operation, run } from "@skein/coroutine";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { nativeResolvers } from "./native-resolvers.ts";

const ROUNDS = 200_000;

const pingPong: Row = {
  id: "ping-pong",
  what: "two tasks hand 200,000 futures to each other",
  unit: "ns",
  must: [{ peer: "native", max: 1.5 }],
  systems: {
    skein: () =>
      perOperation(ROUNDS, () => {
        let ball = Future.withResolvers<number>();
        function* player(parity: number): Operation<void> {
          for (let i = 0; i < ROUNDS; i++) {
            if (i % 2 === parity) {
              const caught = ball;
              ball = Future.withResolvers<number>();
              caught.resolve(i);
            } else yield* ball.future;
          }
        }
        return run(function* (root) {
          root.spawn(() => player(1));
          root.spawn(() => player(0));
        });
      }),
    native: () =>
      perOperation(ROUNDS, async () => {
        let ball = nativeResolvers<number>();
        async function player(parity: number) {
          for (let i = 0; i < ROUNDS; i++) {
            if (i % 2 === parity) {
              const caught = ball;
              ball = nativeResolvers<number>();
              caught.resolve(i);
            } else await ball.promise;
          }
        }
        await Promise.all([player(1), player(0)]);
      }),
    effect: peerRound("effect", ROUNDS / 10, (effect) => effect.handOff(ROUNDS / 10)),
  },
};

const AWAITS = 1_000_000;
const awaitDone: Row = {
  id: "await-done",
  what: "wait for a future that is done already",
  unit: "ns",
  must: [{ peer: "native", max: 0.5 }],
  systems: {
    skein: () =>
      perOperation(AWAITS, () => {
        const done = Future.resolve(1);
        return run(function* () {
          let sum = 0;
          for (let i = 0; i < AWAITS; i++) sum += yield* done;
          return sum;
        });
      }),
    native: () =>
      perOperation(AWAITS, async () => {
        const done = Promise.resolve(1);
        let sum = 0;
        for (let i = 0; i < AWAITS; i++) sum += await done;
        return sum;
      }),
  },
};

/** Tasks that wait for futures. */
export const taskWaitRows: readonly Row[] = [pingPong, awaitDone];
