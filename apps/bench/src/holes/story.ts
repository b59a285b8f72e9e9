/**
 * What happens in a scenario, in the order in which it does. Whoever plays it notes what it comes to by these words; the
 * rest is the same for all systems.
 */
export type Happening =
  /** The cleanup of the worker has begun: its `finally`, or whatever the library has for it. */
  | "closing"
  /** It has ended. */
  | "closed"
  /** The code after the cancelled call runs, which is never to be. */
  | "charged"
  /** Somebody cancels the whole, while the worker cleans up because its sibling has failed. */
  | "second cancel"
  /** The library says that all of it has ended. */
  | "over";

export type Story = Happening[];

/** How long a cleanup takes, in milliseconds. */
export const CLEANUP_MS = 20;
/** Long enough to see what should not come any more. */
const AFTERMATH_MS = 100;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays a scenario to its end, and looks on a little longer. */
export async function tell(play: (story: Story) => PromiseLike<void>): Promise<Story> {
  const story: Story = [];
  await play(story);
  story.push("over");
  await pause(CLEANUP_MS + AFTERMATH_MS);
  return story;
}

/** What is wrong with a story; "sound" if nothing is. */
export function verdict(story: readonly Happening[]): string {
  const faults: string[] = [];
  if (story.includes("charged")) faults.push("the code after the cancelled call ran");
  if (!story.includes("closing")) faults.push("the cleanup was skipped");
  else if (!story.includes("closed")) faults.push("the cleanup was cut off");
  else if (story.indexOf("closed") > story.indexOf("over")) faults.push("nobody waited for the cleanup");
  return faults.length === 0 ? "sound" : faults.join("; ");
}
