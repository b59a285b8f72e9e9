import { perOperation, type Round, type Row } from "../measure.ts";
import { peer } from "../peers.ts";
import { onLoop } from "./on-loop.ts";
import { ticks } from "./ticks.ts";
import { hundredThousand, million, repeated, type Size, shown, soonMs, thousand } from "./timer-sizes.ts";

/**
 * What it takes to set the timers, and to fire them once all are due. The time until then is spent here, since it is
 * the same for everybody: of a thousand timers one would measure little else.
 */
async function setAndFire(count: number, set: (tick: () => void) => unknown): Promise<number> {
  let fired = Promise.resolve();
  const setting = await perOperation(count, () => {
    fired = ticks(count, set);
  });
  const due = performance.now() + soonMs(9) + 1;
  while (performance.now() < due);
  return setting + (await perOperation(count, () => fired));
}

/** The same by a peer; `count` may be smaller than the row's. */
const peerSetAndFire =
  (name: "effect" | "effection" | "rxjs", count: number): Round =>
  async () => {
    const jobs = await peer(name);
    return setAndFire(count, (tick) => jobs.setTimers(count, tick));
  };

const fireRow = (size: Size): Row => ({
  id: `timers-fire${size.suffix}`,
  what: `set ${shown(size.count)} timers and let them fire`,
  unit: "ns",
  ...size.floor,
  systems: {
    skein: repeated(
      size,
      onLoop((loop) =>
        setAndFire(size.count, (tick) => {
          for (let i = 0; i < size.count; i++) loop.callLater(soonMs(i), tick);
        }),
      ),
    ),
    native: repeated(size, () =>
      setAndFire(size.count, (tick) => {
        for (let i = 0; i < size.count; i++) setTimeout(tick, soonMs(i));
      }),
    ),
    ...(size === million ? {} : { rxjs: repeated(size, peerSetAndFire("rxjs", size.count)) }),
    // Theirs sleep in a fiber or a task, so they pay for that too.
    ...(size === thousand
      ? { effect: peerSetAndFire("effect", 10_000), effection: peerSetAndFire("effection", 1_000) }
      : {}),
  },
});

/** Timers that fire. */
export const firedTimerRows: readonly Row[] = [thousand, hundredThousand, million].map(fireRow);
