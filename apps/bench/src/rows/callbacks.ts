import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { onLoop } from "./on-loop.ts";
import { ticks } from "./ticks.ts";

const N = 500_000;
const FEWER = 50_000;

const callbacks: Row = {
  id: "callbacks",
  what: "schedule 500,000 callbacks that do nothing, and run them (native: queueMicrotask)",
  unit: "ns",
  systems: {
    skein: onLoop((loop) =>
      perOperation(N, () =>
        ticks(N, (tick) => {
          for (let i = 0; i < N; i++) loop.callSoon(tick);
        }),
      ),
    ),
    native: () =>
      perOperation(N, () =>
        ticks(N, (tick) => {
          for (let i = 0; i < N; i++) queueMicrotask(tick);
        }),
      ),
    then: () =>
      perOperation(N, () =>
        ticks(N, (tick) => {
          const done = Promise.resolve();
          for (let i = 0; i < N; i++) done.then(tick);
        }),
      ),
    immediate: () =>
      perOperation(N, () =>
        ticks(N, (tick) => {
          for (let i = 0; i < N; i++) setImmediate(tick);
        }),
      ),
    bluebird: peerRound("bluebird", N, (bluebird) => ticks(N, (tick) => bluebird.callbacks(N, tick))),
    rxjs: peerRound("rxjs", FEWER, (rxjs) => ticks(FEWER, (tick) => rxjs.callbacks(FEWER, tick))),
  },
};

/** Each callback schedules the next. */
const chain = (count: number, schedule: (callback: () => void) => unknown): Promise<void> =>
  ticks(count, (tick) => {
    let left = count;
    const next = (): void => {
      tick();
      if (--left > 0) schedule(next);
    };
    schedule(next);
  });

const callbackChain: Row = {
  id: "callbacks-chain",
  what: "a callback that schedules itself anew, 500,000 times (native: queueMicrotask)",
  unit: "ns",
  systems: {
    skein: onLoop((loop) => perOperation(N, () => chain(N, (next) => loop.callSoon(next)))),
    native: () => perOperation(N, () => chain(N, (next) => queueMicrotask(next))),
    immediate: () => perOperation(FEWER, () => chain(FEWER, (next) => setImmediate(next))),
  },
};

/** Callbacks that run soon. */
export const callbackRows: readonly Row[] = [callbacks, callbackChain];
