/** What is ready to run in a test whose order somebody chooses, one step at a time. */
import type { Actor, Choose } from "./choose.ts";

/** How often a callback may be passed over: a chooser may starve nobody for ever, as no real loop does. */
const MAX_PASSED_OVER = 1_000;

/** A choice that was made. */
export interface Choice {
  readonly of: number;
  readonly chose: number;
  readonly atMs: number;
  /** Who was chosen, and who would have been by a real loop. */
  readonly who: Actor;
  readonly insteadOf: Actor;
}

/** A callback, and whose step it is. */
interface Ready {
  readonly callback: (arg: never) => void;
  readonly arg: unknown;
  readonly actor: Actor;
  passedOver: number;
}

export class ReadyQueue {
  /** The choices that were made, where there was one. */
  readonly choices: Choice[] = [];
  private readonly choose: Choose;
  private readonly ready: Ready[] = [];

  constructor(choose: Choose) {
    this.choose = choose;
  }

  get isEmpty(): boolean {
    return this.ready.length === 0;
  }

  push(callback: (arg: never) => void, arg: unknown, actor: Actor): void {
    this.ready.push({ callback, arg, actor, passedOver: 0 });
  }

  /** Takes out who is chosen to go next. */
  take(nowMs: number): Ready | undefined {
    const firsts: Ready[] = [];
    const seen = new Set<Actor>();
    for (const entry of this.ready) {
      if (seen.has(entry.actor)) continue; // what one actor has to do keeps its order
      seen.add(entry.actor);
      firsts.push(entry);
    }
    const first = firsts[0];
    let next = first;
    if (first !== undefined && firsts.length > 1 && first.passedOver < MAX_PASSED_OVER) {
      const actors = firsts.map(({ actor }) => actor);
      const chose = this.choose(actors);
      next = firsts[chose] as Ready;
      const who = next.actor;
      this.choices.push({ of: firsts.length, chose, atMs: nowMs, who, insteadOf: first.actor });
    }
    if (next === undefined) return undefined;
    if (next !== first && first !== undefined) first.passedOver++;
    this.ready.splice(this.ready.indexOf(next), 1);
    return next;
  }
}
