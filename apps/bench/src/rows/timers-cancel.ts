import { perOperation, type Row } from "../measure.ts";
import { peerRound } from "../peers.ts";
import { onLoop } from "./on-loop.ts";
import { farMs, hundredThousand, million, nothing, repeated, type Size, shown, thousand } from "./timer-sizes.ts";

const FIBERS = 10_000;
const TASKS = 1_000;

/** The usual fate of a timeout: nobody waits for it. */
const cancelRow = (size: Size): Row => ({
  id: `timers-cancel${size.suffix}`,
  what: `set a timer and cancel it, ${shown(size.count)} times`,
  unit: "ns",
  ...size.floor,
  systems: {
    skein: repeated(
      size,
      onLoop((loop) =>
        perOperation(size.count, () => {
          for (let i = 0; i < size.count; i++) loop.callLater(farMs(i), nothing).cancel();
        }),
      ),
    ),
    native: repeated(size, () =>
      perOperation(size.count, () => {
        for (let i = 0; i < size.count; i++) clearTimeout(setTimeout(nothing, farMs(i)));
      }),
    ),
    rxjs: repeated(
      size,
      peerRound("rxjs", size.count, (rxjs) => rxjs.cancelTimers(size.count)),
    ),
    // Theirs sleep in a fiber or a task, so they pay for that too.
    ...(size === thousand
      ? {
          effect: peerRound("effect", FIBERS, (effect) => effect.cancelTimers(FIBERS)),
          effection: peerRound("effection", TASKS, (effection) => effection.cancelTimers(TASKS)),
        }
      : {}),
  },
});

/** So many timers are live at once when the first of them is cancelled. */
const heldRow = (size: Size): Row => ({
  id: `timers-held${size.suffix}`,
  what: `set ${shown(size.count)} timers, then cancel them one after the other`,
  unit: "ns",
  ...size.floor,
  systems: {
    skein: repeated(
      size,
      onLoop((loop) =>
        perOperation(size.count, () => {
          const timers = Array.from({ length: size.count }, (_, i) => loop.callLater(farMs(i), nothing));
          for (const timer of timers) timer.cancel();
        }),
      ),
    ),
    native: repeated(size, () =>
      perOperation(size.count, () => {
        const timers = Array.from({ length: size.count }, (_, i) => setTimeout(nothing, farMs(i)));
        for (const timer of timers) clearTimeout(timer);
      }),
    ),
    ...(size === million
      ? {}
      : {
          rxjs: repeated(
            size,
            peerRound("rxjs", size.count, (rxjs) => rxjs.holdTimers(size.count)),
          ),
        }),
  },
});

const sizes: readonly Size[] = [thousand, hundredThousand, million];

/** Timers that never fire. */
export const cancelledTimerRows: readonly Row[] = [...sizes.map(cancelRow), ...sizes.map(heldRow)];
