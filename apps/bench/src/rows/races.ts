import { Future, race } from "@skein/future";
import { heapPer, perOperation, type Round, type Row } from "../measure.ts";
import type { PeerName } from "../peer-jobs.ts";
import { peer, peerRound } from "../peers.ts";
import { nativeResolvers } from "./native-resolvers.ts";

const RACES = 100_000;
/** Fewer for those that take longer. */
const FIBERS = 20_000;
const TASKS = 1_000;

/** Races one long-lived future, which is kept, against short ones: what a shutdown signal does to a busy server. */
async function races(kept: unknown[]): Promise<void> {
  const longLived = Future.withResolvers<number>();
  kept.push(longLived);
  for (let i = 0; i < RACES; i++) {
    const short = Future.withResolvers<number>();
    const winner = race([longLived.future, short.future]);
    short.resolve(i);
    await winner;
  }
}

async function nativeRaces(kept: unknown[]): Promise<void> {
  const longLived = nativeResolvers<number>();
  kept.push(longLived);
  for (let i = 0; i < RACES; i++) {
    const short = nativeResolvers<number>();
    const winner = Promise.race([longLived.promise, short.promise]);
    short.resolve(i);
    await winner;
  }
}

/** What a race leaves behind as long as the long-lived future lives. */
const leftBy = (count: number, work: (kept: unknown[]) => PromiseLike<unknown>): Promise<number> =>
  heapPer(count, async (kept) => {
    await work(kept);
    return async () => {};
  });
const leftByPeer =
  (name: Exclude<PeerName, "ix" | "redux-saga" | "rxjs">, count: number): Round =>
  async () => {
    const jobs = await peer(name);
    return leftBy(count, (kept) => jobs.races(count, kept));
  };

/** Waiting for the first of two, one of which never ends. */
export const raceRows: readonly Row[] = [
  {
    id: "race-long-lived",
    what: "race one long-lived future against a short one, 100,000 times",
    unit: "ns",
    systems: {
      skein: () => perOperation(RACES, () => races([])),
      native: () => perOperation(RACES, () => nativeRaces([])),
      bluebird: peerRound("bluebird", RACES, (bluebird) => bluebird.races(RACES, [])),
      effect: peerRound("effect", FIBERS, (effect) => effect.races(FIBERS, [])),
      effection: peerRound("effection", TASKS, (effection) => effection.races(TASKS, [])),
    },
  },
  {
    id: "memory-race",
    what: "heap that each such race leaves behind while the long-lived future is kept",
    unit: "bytes",
    // Nothing (F4); a byte is what the heap itself may be off by.
    must: [{ most: 1 }],
    systems: {
      skein: () => leftBy(RACES, races),
      native: () => leftBy(RACES, nativeRaces),
      bluebird: leftByPeer("bluebird", RACES),
      effect: leftByPeer("effect", FIBERS),
      effection: leftByPeer("effection", TASKS),
    },
  },
];
