import { call, checkpoint, type Operation, run } from "@skein/coroutine";
import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";

const ROUNDS = 200_000;
/** For those that take longer. */
const FEWER = 10_000;
const AWAITS = 1_000_000;

const resume = (depth: number): Row => ({
  id: `resume-${depth}`,
  what: `resume at depth ${depth}: through call(), and through raw yield* (bare)`,
  unit: "ns",
  // Flat: no depth makes it slower than that.
  ...(depth === 1 ? {} : { must: [{ peer: "depth-1", max: 1.5 }] }),
  systems: {
    skein: () => perOperation(ROUNDS, () => run(() => deep(depth, true))),
    ...(depth === 1 ? {} : { "depth-1": () => perOperation(ROUNDS, () => run(() => deep(1, true))) }),
    bare: () => perOperation(ROUNDS, () => run(() => deep(depth, false))),
    native: () => perOperation(ROUNDS, () => nativeDeep(depth)),
    effect: peerRound("effect", FEWER, (effect) => effect.resume(depth, FEWER)),
    effection: peerRound("effection", FEWER, (effection) => effection.resume(depth, FEWER)),
    "redux-saga": peerRound("redux-saga", FEWER, (saga) => saga.resume(depth, FEWER)),
  },
});
function* deep(depth: number, framed: boolean): Operation<void> {
  if (depth > 1) return framed ? yield* call(deep(depth - 1, framed)) : yield* deep(depth - 1, framed);
  for (let i = 0; i < ROUNDS; i++) yield* checkpoint();
}

async function nativeDeep(depth: number): Promise<void> {
  if (depth > 1) return nativeDeep(depth - 1);
  for (let i = 0; i < ROUNDS; i++) await undefined;
}

const calls: Row = {
  id: "call",
  what: "enter and leave a call",
  unit: "ns",
  must: [{ peer: "native", max: 3 }],
  systems: {
    skein: () =>
      perOperation(AWAITS, () => {
        function* callee(n: number): Operation<number> {
          return n;
        }
        return run(function* () {
          let sum = 0;
          for (let i = 0; i < AWAITS; i++) sum += yield* call(callee(i));
          return sum;
        });
      }),
    native: () =>
      perOperation(AWAITS, async () => {
        async function callee(n: number) {
          return n;
        }
        let sum = 0;
        for (let i = 0; i < AWAITS; i++) sum += await callee(i);
        return sum;
      }),
  },
};

/** What a call costs: to enter and leave it, and to resume inside it. */
export const callRows: readonly Row[] = [resume(1), resume(10), resume(100), calls];
