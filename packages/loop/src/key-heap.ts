/** Numbers, the smallest first: a binary heap. */
export class KeyHeap {
  readonly #keys: number[] = [];

  /** The smallest; undefined if there is none. */
  get top(): number | undefined {
    return this.#keys[0];
  }

  push(key: number): void {
    const keys = this.#keys;
    let i = keys.length;
    for (let above = (i - 1) >> 1; i > 0 && (keys[above] as number) > key; above = (i - 1) >> 1) {
      keys[i] = keys[above] as number;
      i = above;
    }
    keys[i] = key;
  }

  /** Takes out the smallest. */
  pop(): void {
    const keys = this.#keys;
    const key = keys.pop() as number;
    const { length } = keys;
    let i = 0;
    for (let below = 1; below < length; below = 2 * i + 1) {
      if (below + 1 < length && (keys[below + 1] as number) < (keys[below] as number)) below++;
      if ((keys[below] as number) >= key) break;
      keys[i] = keys[below] as number;
      i = below;
    }
    if (length > 0) keys[i] = key;
  }
}
