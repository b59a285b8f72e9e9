import type { Callback } from "./callback.ts";

/** A list of more slots than this is given up once a pass has filled less than a quarter of it: a burst is over. */
const KEEP_SLOTS = 4096;

/**
 * What is ready to run, first in first out: two lists of callback, argument, callback, argument, …, so that scheduling
 * allocates nothing. One is filled while the other, the pass, is run; then they change places. A pass is by
 * construction what was ready when it began. (L3)
 *
 * Invariant: every slot outside `#at`…`#end` of the pass and 0…`#filled` of the filling is undefined or was never
 * set, so that nothing is kept alive by having run.
 */
export class ReadyQueue {
  #filling: unknown[] = [];
  #filled = 0;
  #pass: unknown[] = [];
  #at = 0;
  #end = 0;

  /** How many wait for their turn, in the pass or after it. */
  get length(): number {
    return this.passLeft + this.#filled / 2;
  }

  /** How many of the pass have not had their turn. */
  get passLeft(): number {
    return (this.#end - this.#at) / 2;
  }

  push(callback: Callback, arg: unknown): void {
    const slots = this.#filling;
    slots[this.#filled++] = callback;
    slots[this.#filled++] = arg;
  }

  /** Once the pass is over, makes a new one of what is ready. */
  beginPass(): void {
    const { length } = this.#pass;
    const emptied = length > KEEP_SLOTS && this.#end * 4 < length ? [] : this.#pass;
    this.#pass = this.#filling;
    this.#filling = emptied;
    this.#end = this.#filled;
    this.#at = this.#filled = 0;
  }

  /** Runs the next `count` of the pass, fewer if there are no more: the hot loop, with nothing in it but the slots. */
  run(count: number, onThrow: (error: unknown, callback: Callback, arg: unknown) => void): void {
    const slots = this.#pass;
    for (let left = count; left > 0 && this.#at < this.#end; left--) {
      const at = this.#at;
      const callback = slots[at] as Callback;
      const arg = slots[at + 1];
      slots[at] = slots[at + 1] = undefined;
      this.#at = at + 2;
      try {
        callback(arg);
      } catch (error) {
        onThrow(error, callback, arg);
      }
    }
  }

  clear(): void {
    this.#filling = [];
    this.#pass = [];
    this.#filled = this.#at = this.#end = 0;
  }
}
