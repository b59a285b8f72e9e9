import { chooserOf, PLAIN_SEED } from "./choose.ts";
import { type Exhausted, type ExhaustiveOptions, exhaustive } from "./exhaustive.ts";
import { checkOptions, requireWhole, seedOf, type TestBody, type TestOptions } from "./options.ts";
import { play } from "./play.ts";
import { shrink } from "./shrink.ts";
import { withSwitches } from "./test-errors.ts";

export interface ExploreOptions extends TestOptions {
  /** How many schedules to try, each by the next seed: from `seed`, else from a real loop's order. Or which seeds. Default 100. */
  readonly seeds?: number | readonly number[] | undefined;
}

/** What was tried, where nothing failed. */
export interface Explored {
  readonly runs: number;
  /** Of the first run; without a list of seeds, each further one has the next number. */
  readonly seed: number;
}

/** `explore`, and its kin. */
export interface Explore {
  /**
   * Runs a body under many schedules: whenever several tasks are ready, the seed decides who goes first. Each run begins
   * anew, so whatever the tasks share has to be made in the body.
   *
   * It begins with a real loop's order, unless it is given a seed. The first failure is looked at again, to find the fewest choices that make it fail.
   *
   * @param options `order`: `"random"` (the default) or `"pct"`, which runs one task far ahead of another more often.
   * @throws {TestFailedError} Of the first schedule that fails. Its `seed` replays that one alone, by `SKEIN_SEED` in the
   * environment or by `{ seeds: [seed] }`. @throws {RangeError} If an option is of no use.
   */
  <T>(body: TestBody<T>, options?: ExploreOptions): Promise<Explored>;
  /**
   * Runs a body, of few and short tasks, under every schedule there is, up to a bound.
   *
   * @throws {TestFailedError} Of the first schedule that fails, with its number as `run`.
   */
  exhaustive<T>(body: TestBody<T>, options?: ExhaustiveOptions): Promise<Exhausted>;
}

/**
 * Searches the schedules of a body for one that fails.
 *
 * @example
 * ```ts
 * import { checkpoint } from "@skein/coroutine";
 * import { explore } from "@skein/coroutine/testing";
 *
 * const failure = await explore(function* (root) {
 *   const order: string[] = [];
 *   const tasks = ["a", "b"].map((name) =>
 *     root.spawn(function* () { yield* checkpoint(); order.push(name); }, { name }));
 *   for (const task of tasks) yield* task;
 *   if (order[0] !== "a") throw new Error("b was faster");
 * }, { seeds: 20 }).catch((error) => error);
 * console.log(failure.seed, failure.run, failure.switches);
 * ```
 */
export const explore: Explore = /* @__PURE__ */ Object.assign(searchByChance, { exhaustive });

async function searchByChance<T>(body: TestBody<T>, options: ExploreOptions = {}): Promise<Explored> {
  checkOptions(body, options, "explore", ["seeds"]);
  const { order = "random", depth = 3 } = options;
  const seeds = seedsOf(options);
  for (const [run, seed] of seeds.entries()) {
    const played = await play(body, { options, seed, run, choose: chooserOf(order, seed, depth) });
    if (played.failure === undefined) continue;
    const switches = await shrink(played, (choose) => play(body, { options, seed, run, choose }));
    throw withSwitches(played.failure, switches);
  }
  return { runs: seeds.length, seed: seeds[0] as number };
}

function seedsOf({ seeds = 100, seed }: ExploreOptions): readonly number[] {
  if (Array.isArray(seeds)) {
    if (seeds.length === 0) throw new RangeError("Cannot explore: there are no seeds; give at least one.");
    if (seed !== undefined)
      throw new TypeError("Cannot explore: there is a list of seeds and a seed; give one of them.");
    for (const each of seeds) requireWhole(each, Number.NEGATIVE_INFINITY, "a seed", "explore");
  } else requireWhole(seeds as number, 1, "seeds", "explore");
  const { seed: first, replays } = seedOf({ seed: seed ?? PLAIN_SEED });
  if (replays) return [first];
  return Array.isArray(seeds) ? seeds : Array.from({ length: seeds as number }, (_, run) => first + run);
}
