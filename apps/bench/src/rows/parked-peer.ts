import { hostTurn, perOperation, type Round } from "../measure.ts";
import type { PeerJobs } from "../peer-jobs.ts";
import { peer } from "../peers.ts";

/** A round in which a peer cancels and joins `count` tasks, each of which waits for something of its own. */
export const parkedPeer =
  (name: keyof PeerJobs & ("effect" | "effection" | "redux-saga"), count: number): Round =>
  async () => {
    const cancel = await (await peer(name)).park(count, []);
    await hostTurn();
    return perOperation(count, cancel);
  };
