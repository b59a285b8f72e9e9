import type { Scheduler } from "@skein/coroutine";

/** Of a pump that nothing is known about, the first after each wait; and of the first that is measured. */
const BLIND_BUDGET = 10;
const FIRST_BUDGET = 2;
/** What may be done before it is seen that items have become slow. Twice as many would save 2 % of a quick item's time. */
const MOST_BUDGET = 128;
/** Of so many bursts one begins with a small pump, so that the next is timed. */
const LOOK_EVERY = 16;
/** How long a run may keep the loop, and how many items it may pump meanwhile where the clock stands still. */
const TURN_MS = 1;
const TURN_ITEMS = 65_536;

/**
 * How many items to pump at once, and when to give the others a turn (**S8**): a pump should take about a
 * millisecond, so the size doubles while pumps are short, and falls to what would have fitted when one was long. The clock is read only where
 * there was more than a blind pump could take, and in one burst of many: a source that waits every few items hardly pays for it.
 */
export class Pace {
  /** How many items the next pump may take. */
  budget: number;
  private readonly scheduler: Scheduler;
  private size: number;
  /** Of the first pump after a wait: less only where items were seen to be slow. */
  private blind: number;
  private rests: number;
  private granted: number;
  private turnBegan: number;
  private lookedAt: number;
  private spent: number;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
    this.size = FIRST_BUDGET;
    this.granted = this.budget = this.blind = BLIND_BUDGET;
    this.rests = this.turnBegan = this.lookedAt = this.spent = 0;
  }

  /**
   * To be asked after a pump that could have gone on, or of which `items` were enough: true if it is time to let others
   * run. Then call `rested()`. Many that are stopped after an item count as one that is not.
   */
  tired(items: number = this.budget): boolean {
    this.budget -= items;
    if (this.budget > 0) return false;
    const now = this.scheduler.now();
    if (this.spent > 0) this.adapt(now - this.lookedAt);
    else this.turnBegan = now; // of the first pump of a turn nobody knows when it began
    this.spent += this.granted;
    this.lookedAt = now;
    this.granted = this.budget = this.size;
    return now - this.turnBegan >= TURN_MS || this.spent >= TURN_ITEMS;
  }

  private adapt(tookMs: number): void {
    if (tookMs >= TURN_MS) this.size = this.blind = Math.max(1, Math.floor((this.size * TURN_MS) / tookMs));
    else if (this.size < MOST_BUDGET) this.size *= 2;
    this.blind = Math.min(Math.max(this.blind, this.size), BLIND_BUDGET);
  }

  /** A turn begins: to be called after a wait of any kind. */
  rested(): void {
    this.spent = 0;
    const looks = this.rests++ % LOOK_EVERY === 0;
    this.granted = this.budget = looks ? Math.min(this.blind, FIRST_BUDGET) : this.blind;
  }
}
