import type { Choose } from "./choose.ts";
import { checkOptions, requireWhole, type TestBody, type TestOptions } from "./options.ts";
import { play } from "./play.ts";
import { shrink } from "./shrink.ts";
import { withSwitches } from "./test-errors.ts";

export interface ExhaustiveOptions extends Omit<TestOptions, "order" | "depth" | "seed"> {
  /** At most so many schedules. Default 10,000. */
  readonly maxRuns?: number | undefined;
  /** Only schedules that differ from a real loop's at so many choices. Default: no bound. */
  readonly maxSwitches?: number | undefined;
}

export interface Exhausted {
  /** How many schedules were run. */
  readonly runs: number;
  /** True if there are no others within `maxSwitches`. */
  readonly complete: boolean;
}

interface Step {
  readonly of: number;
  chose: number;
}

/** A walk in depth through the tree of choices: each run follows the path it is given, then chooses as a real loop. */
export async function exhaustive<T>(body: TestBody<T>, options: ExhaustiveOptions = {}): Promise<Exhausted> {
  checkOptions(body, options, "explore", ["maxRuns", "maxSwitches"], ["seed", "order", "depth"]);
  const { maxRuns = 10_000, maxSwitches = Number.POSITIVE_INFINITY } = options;
  requireWhole(maxRuns, 1, "maxRuns", "explore");
  const path: Step[] = [];
  const again = (run: number, choose: Choose) => play(body, { options, seed: 0, run, choose, replay });
  const replay = "the search is the same every time";
  for (let run = 0; run < maxRuns; run++) {
    const played = await again(run, along(path));
    if (played.failure !== undefined) {
      const switches = await shrink(played, (choose) => again(run, choose));
      throw withSwitches(played.failure, switches);
    }
    if (!toNext(path, maxSwitches)) return { runs: run + 1, complete: true };
  }
  return { runs: maxRuns, complete: false };
}

function along(path: Step[]): Choose {
  let steps = 0;
  return ({ length }) => {
    const known = path[steps++];
    if (known === undefined) path.push({ of: length, chose: 0 });
    else if (known.of !== length) {
      throw new Error(
        `Cannot search all schedules: at choice ${steps} ${length} tasks are ready where ${known.of} were before; ` +
          "make what the tasks share in the body, and use no chance but `t.random`",
      );
    }
    return known?.chose ?? 0;
  };
}

/** Turns to the next branch. @returns false after the last. */
function toNext(path: Step[], maxSwitches: number): boolean {
  for (let last = path.pop(); last !== undefined; last = path.pop()) {
    const switches = path.filter(({ chose }) => chose > 0).length + 1;
    if (last.chose + 1 < last.of && switches <= maxSwitches) {
      path.push({ of: last.of, chose: last.chose + 1 });
      return true;
    }
  }
  return false;
}
