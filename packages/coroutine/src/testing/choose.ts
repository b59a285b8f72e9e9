/** Who goes next when several could: the only freedom that a schedule has. */
import { type Random, seededRandom } from "@skein/future/testing";

/** A task; or the loop itself, for every callback that is no task's. */
export type Actor = object;

/**
 * Picks one of those that are ready, given in the order in which a real loop would run them.
 *
 * @returns its index; 0 is the real loop's choice. Called only where there are two or more.
 */
export type Choose = (ready: readonly Actor[]) => number;

/** How `runTest` and `explore` choose: as a real loop, by chance, or by priorities that few moments change. */
export type Order = "fifo" | "random" | "pct";

/** Within how many choices the moments of `pct` are drawn: as likely among the first ten as among the next hundreds. */
const CHANGE_WITHIN = 1_000;

/** @returns what chooses; undefined for `fifo`, where there is nothing to choose. */
export function chooserOf(order: Order, seed: number, depth: number): Choose | undefined {
  if (order === "random") return byChance(seededRandom(seed));
  if (order === "pct") return byPriority(seededRandom(seed), depth);
  return undefined;
}

function byChance(random: Random): Choose {
  return (ready) => Math.floor(random() * ready.length);
}

/**
 * Probabilistic concurrency testing, after Burckhardt and others (ASPLOS 2010): everybody has a priority drawn by chance,
 * and the highest of those that are ready goes. At `depth - 1` moments, drawn in advance, whoever has just been
 * chosen falls below all others. Finds what takes `depth` steps in a certain order, with a chance that can be reckoned.
 */
function byPriority(random: Random, depth: number): Choose {
  const priorities = new Map<Actor, number>();
  const moments = new Set(Array.from({ length: depth - 1 }, () => Math.floor(CHANGE_WITHIN ** random())));
  let choices = 0;
  let lowest = 0;
  return (ready) => {
    for (const actor of ready) if (!priorities.has(actor)) priorities.set(actor, random());
    const priorityOf = (index: number): number => priorities.get(ready[index] as Actor) ?? 0;
    let best = 0;
    for (let i = 1; i < ready.length; i++) if (priorityOf(i) > priorityOf(best)) best = i;
    if (moments.has(++choices)) priorities.set(ready[best] as Actor, --lowest);
    return best;
  };
}
