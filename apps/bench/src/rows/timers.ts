import { EventLoop } from "@skein/loop";
import { perOperation, type Row } from "../measure.ts";

const N = 1_000_000;
const nothing = (): void => {};

export const timerRows: readonly Row[] = [
  {
    id: "timers-cancel",
    what: "set and cancel 1,000,000 timers",
    unit: "ns",
    must: [{ peer: "native", max: 1.0 }],
    systems: {
      skein: () => {
        const loop = new EventLoop();
        loop.start();
        return perOperation(N, () => {
          for (let i = 0; i < N; i++) loop.callLater(1000 + (i % 1000), nothing).cancel();
        });
      },
      native: () =>
        perOperation(N, () => {
          for (let i = 0; i < N; i++) clearTimeout(setTimeout(nothing, 1000 + (i % 1000)));
        }),
    },
  },
  {
    id: "timers-fire",
    what: "set 1,000,000 timers and let them fire",
    unit: "ns",
    must: [{ peer: "native", max: 1.0 }],
    systems: {
      skein: () =>
        perOperation(N, () => {
          const loop = new EventLoop();
          loop.start();
          return new Promise<void>((resolve) => {
            let left = N;
            const fire = (): void => {
              if (--left === 0) resolve();
            };
            for (let i = 0; i < N; i++) loop.callLater(1 + (i % 10), fire);
          });
        }),
      native: () =>
        perOperation(
          N,
          () =>
            new Promise<void>((resolve) => {
              let left = N;
              const fire = (): void => {
                if (--left === 0) resolve();
              };
              for (let i = 0; i < N; i++) setTimeout(fire, 1 + (i % 10));
            }),
        ),
    },
  },
];
