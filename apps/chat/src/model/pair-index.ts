/** No pair has this number. */
export const ABSENT = -1;

/**
 * Numbers pairs of whole numbers in the order in which they are first seen. An open-addressing table on typed arrays:
 * a `Map` would need a string or a float for each pair and is five times slower to fill.
 */
export class PairIndex {
  readonly #mask: number;
  readonly #slots: Int32Array;
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  #size = 0;

  /** @param capacity the most pairs that will be added */
  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(capacity * 2 + 2));
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots).fill(ABSENT);
    this.#lefts = new Int32Array(capacity);
    this.#rights = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a pair, or {@link ABSENT}. */
  find(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right)] as number;
  }

  /** The number of a pair, a new one if it was not there. */
  add(left: number, right: number): number {
    const slot = this.#slotOf(left, right);
    const known = this.#slots[slot] as number;
    if (known !== ABSENT) return known;
    this.#lefts[this.#size] = left;
    this.#rights[this.#size] = right;
    this.#slots[slot] = this.#size;
    return this.#size++;
  }

  #slotOf(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) & this.#mask;
    for (;;) {
      const pair = this.#slots[slot] as number;
      if (pair === ABSENT || (this.#lefts[pair] === left && this.#rights[pair] === right)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
