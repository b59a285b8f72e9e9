/** From a schedule that fails to the few choices in it that matter. */
import { say } from "../task/body.ts";
import { asTold, type Choose } from "./choose.ts";
import { counted } from "./counted.ts";
import { HostTimeoutError } from "./drive.ts";
import type { Played } from "./play.ts";
import type { TestFailedError } from "./test-errors.ts";

/** The number of a choice, and what was chosen: not what a real loop would have. */
type Switch = readonly [number: number, chose: number];

/**
 * How many runs it may take, and how many steps in all of them: beyond that, what is left is short enough, or the
 * program too long to be worth it. No limit in seconds, which would give other choices on other machines.
 */
const MAX_RUNS = 300;
const MAX_STEPS = 500_000;

/**
 * Leaves out ever smaller parts of what was chosen, as long as the body fails in the same way (delta debugging).
 *
 * @param again Runs the body under other choices.
 * @returns the choices that are left, in lines: who went before whom.
 */
export async function shrink(
  failed: Played<unknown>,
  again: (choose: Choose) => Promise<Played<unknown>>,
): Promise<readonly string[]> {
  let shortest = failed;
  let left = switchesOf(failed);
  let runs = 0;
  let steps = 0;
  /** True, and adopted, if it fails so, too. */
  const fails = async (switches: readonly Switch[]): Promise<boolean> => {
    runs++;
    const played = await again(asTold(new Map(switches)));
    steps += played.steps;
    if (!isSame(played.failure, failed.failure)) return false;
    shortest = played;
    left = switchesOf(played);
    return true;
  };
  const tooSlow = failed.failure?.cause instanceof HostTimeoutError;
  if (!tooSlow && !(await fails([]))) {
    for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < left.length && runs < MAX_RUNS && steps < MAX_STEPS; ) {
        if (!(await fails([...left.slice(0, at), ...left.slice(at + size)]))) at += size;
      }
    }
  }
  return counted(
    shortest.choices.flatMap(({ chose, atMs, who, insteadOf }) =>
      chose === 0 ? [] : [`at ${atMs} ms "${shortest.nameOf(who)}" goes before "${shortest.nameOf(insteadOf)}"`],
    ),
  );
}

const switchesOf = (played: Played<unknown>): readonly Switch[] =>
  played.choices.flatMap(({ chose }, number) => (chose === 0 ? [] : [[number, chose] as const]));

function isSame(one: TestFailedError | undefined, other: TestFailedError | undefined): boolean {
  return one !== undefined && one.code === other?.code && say(one.cause) === say(other.cause);
}
