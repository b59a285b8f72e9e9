import type { Random } from "./random.ts";

/** A callback that is ready, as an order sees it. */
export interface Ready {
  readonly callback: (arg: unknown) => void;
  readonly arg: unknown;
}

/** Puts the callbacks of a pass in the order in which they will run. */
export type Arrange = (pass: Ready[]) => void;

/** The ways in which a `VirtualLoop` can order a pass. */
export type OrderName = "fifo" | "random" | "pct";

/**
 * How many times a run of `pct` demotes somebody, and among how many callbacks these moments are drawn: as likely among
 * the first ten as among the next hundreds, since nobody knows how long the program under test is.
 */
const CHANGE_POINTS = 3;
const CHANGE_WITHIN = 1_000;

/**
 * - `fifo`: as a real loop does. (Undefined: there is nothing to arrange.)
 * - `random`: any order of the pass is as likely as any other.
 * - `pct`: probabilistic concurrency testing, after Burckhardt and others (ASPLOS 2010). Whoever is at work has a random
 *   priority, kept from pass to pass, and goes before those of lower priority; at a few random moments whoever
 *   has just had its turn becomes the lowest of all. This finds a bug that needs `d` steps in a certain order with a
 *   chance that can be reckoned, where `random` hardly ever runs one task far ahead of another.
 *
 * *Whoever*: the callback's argument if it is an object (the task that a step belongs to), else the callback itself.
 * Both orders stay inside a pass, so nobody starves (L3).
 */
export function makeArrange(order: OrderName, random: Random): Arrange | undefined {
  if (order === "random") return (pass) => shuffle(pass, random);
  if (order === "pct") return prioritise(random);
  return undefined;
}

function shuffle(pass: Ready[], random: Random): void {
  for (let last = pass.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const picked = pass[pick] as Ready;
    pass[pick] = pass[last] as Ready;
    pass[last] = picked;
  }
}

function prioritise(random: Random): Arrange {
  const priorities = new WeakMap<object, number>();
  const changes = Array.from({ length: CHANGE_POINTS }, () => Math.floor(CHANGE_WITHIN ** random()));
  let turns = 0;
  let lowest = 0;
  const priorityOf = (who: object): number => {
    const known = priorities.get(who);
    if (known !== undefined) return known;
    const drawn = random();
    priorities.set(who, drawn);
    return drawn;
  };
  return (pass) => {
    // Drawn in call order before sorting: how a sort compares must not decide who draws what.
    const ranked = pass.map((ready) => ({ ready, who: whose(ready), priority: priorityOf(whose(ready)) }));
    ranked.sort((a, b) => b.priority - a.priority); // stable: one who is ready twice keeps its own order
    ranked.forEach(({ ready, who }, i) => {
      pass[i] = ready;
      if (changes.includes(++turns)) priorities.set(who, --lowest);
    });
  };
}

function whose({ callback, arg }: Ready): object {
  return typeof arg === "object" && arg !== null ? arg : callback;
}
