import type { HoleJobs } from "../peer-jobs.ts";
import { peerHoles } from "../peers.ts";
import { skeinHoles } from "./skein.ts";
import { tell, verdict } from "./story.ts";

/** The scenarios, in words. In each the cleanup has to wait for something. */
const scenarios: readonly { readonly play: keyof HoleJobs; readonly what: string }[] = [
  {
    play: "cancelledCall",
    what: "a task is cancelled inside a call whose cleanup waits; then comes code that must not run",
  },
  { play: "secondCancel", what: "a sibling fails; while the worker cleans up because of that, the whole is cancelled" },
];

/** Plays each scenario on each system, and writes what became of it. */
export async function showHoles(write: (line: string) => void): Promise<void> {
  const systems: [string, HoleJobs][] = [["skein, finally", skeinHoles], ...(await peerHoles())];
  for (const { play, what } of scenarios) {
    write(what);
    for (const [name, jobs] of systems) {
      const story = await tell(jobs[play]);
      write(`  ${name.padEnd(20)} ${verdict(story).padEnd(70)} ${story.join(", ")}`);
    }
  }
}
