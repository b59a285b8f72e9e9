import { perOperation, type Round, type Row } from "./measure.ts";
import type { HoleJobs, PeerHoles, PeerJobs, PeerName } from "./peer-jobs.ts";

/** The folder of the peers: a small npm project of its own, outside the workspace. It ends with `/`. */
export const peersFolder: URL = new URL("../peers/", import.meta.url);

export const peerNames: readonly PeerName[] = ["bluebird", "effect", "effection", "ix", "redux-saga", "rxjs"];
const isPeer = (system: string): boolean => (peerNames as readonly string[]).includes(system);

/** The jobs of a peer. It has to be installed. */
export async function peer<N extends PeerName>(name: N): Promise<PeerJobs[N]> {
  const module: { readonly jobs: PeerJobs[N] } = await import(new URL(`${name}.js`, peersFolder).href);
  return module.jobs;
}

/** A round in which a peer does a job of `count` operations. */
export const peerRound =
  <N extends PeerName>(name: N, count: number, work: (jobs: PeerJobs[N]) => unknown): Round =>
  async () => {
    const jobs = await peer(name);
    return perOperation(count, () => work(jobs));
  };

/** True if one of the row's systems is a peer that has to be installed. */
export const needsPeers = (row: Row): boolean => Object.keys(row.systems).some(isPeer);

/** The row without the systems that have to be installed. */
export const withoutPeers = (row: Row): Row => ({
  ...row,
  systems: Object.fromEntries(Object.entries(row.systems).filter(([system]) => !isPeer(system))),
});

/** The peers' sides of the scenarios of cancellation, by name and way of writing the cleanup. They have to be installed. */
export async function peerHoles(): Promise<[string, HoleJobs][]> {
  const all: [string, HoleJobs][] = [];
  for (const name of ["effection", "redux-saga", "effect"]) {
    const { holes }: { readonly holes: PeerHoles } = await import(new URL(`${name}.js`, peersFolder).href);
    for (const [how, jobs] of Object.entries(holes)) all.push([`${name}, ${how}`, jobs]);
  }
  return all;
}
