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

/** Within the first 2¹⁰ choices the moments of `pct` are drawn: as likely among the first ten as among the next hundreds. */
const MOMENT_BITS = 10;

/** `random` gives somebody up to 2⁶ times as many lots as another. */
const LOTS_BITS = 7;

/** In every order, the seed of what a real loop would do: where a search begins that is given no other. */
export const PLAIN_SEED = 0;

/** @returns what chooses; undefined for `fifo`, where there is nothing to choose. */
export function chooserOf(order: Order, seed: number, depth: number): Choose | undefined {
  if (order !== "fifo" && seed === PLAIN_SEED) return asTold(new Map());
  if (order === "random") return byChance(seededRandom(seed));
  if (order === "pct") return byPriority(seededRandom(seed), depth);
  return undefined;
}

/**
 * Draws lots, of which some have more than others: how unlike they are is drawn for each run. With equal lots for all, one
 * task would hardly ever be far ahead of another.
 */
function byChance(random: Random): Choose {
  const inequality = random();
  const lots = new Map<Actor, number>();
  return (ready) => {
    let all = 0;
    for (const actor of ready) {
      if (!lots.has(actor)) lots.set(actor, 1 << Math.floor(LOTS_BITS * inequality * random()));
      all += lots.get(actor) ?? 0;
    }
    let drawn = random() * all;
    for (let i = 0; i < ready.length - 1; i++) {
      drawn -= lots.get(ready[i] as Actor) ?? 0;
      if (drawn < 0) return i;
    }
    return ready.length - 1;
  };
}

/**
 * Probabilistic concurrency testing, after Burckhardt and others (ASPLOS 2010): everybody has a priority drawn by chance,
 * and the highest of those that are ready goes. At `depth - 1` moments, drawn in advance, whoever has just been
 * chosen falls below all others. Finds what takes `depth` steps in a certain order, with a chance that can be reckoned.
 */
function byPriority(random: Random, depth: number): Choose {
  const priorities = new Map<Actor, number>();
  // By shifts: what `**` gives differs in its last bit between engines, and a seed has to mean the same in all of them.
  const moment = (): number => Math.floor((1 << Math.floor(MOMENT_BITS * random())) * (1 + random()));
  const moments = new Set(Array.from({ length: depth - 1 }, moment));
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

/** Chooses as it is told, and as a real loop where it is told nothing. `told` maps the number of a choice to its index. */
export function asTold(told: ReadonlyMap<number, number>): Choose {
  let choices = 0;
  return (ready) => Math.min(told.get(choices++) ?? 0, ready.length - 1);
}
