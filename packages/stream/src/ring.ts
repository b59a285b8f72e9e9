/** A queue that grows by doubling and never shrinks; every operation is O(1) and allocates nothing once it has grown. */
export class Ring<T> {
  private slots: (T | undefined)[] = new Array(8);
  private head = 0;
  private size = 0;

  get length(): number {
    return this.size;
  }

  push(item: T): void {
    if (this.size === this.slots.length) this.grow();
    this.slots[(this.head + this.size) & (this.slots.length - 1)] = item;
    this.size++;
  }

  /** Puts `item` first: it is the next to be taken. */
  unshift(item: T): void {
    if (this.size === this.slots.length) this.grow();
    this.head = (this.head - 1) & (this.slots.length - 1);
    this.slots[this.head] = item;
    this.size++;
  }

  /** Takes the first. The ring must not be empty. */
  shift(): T {
    const item = this.slots[this.head] as T;
    this.slots[this.head] = undefined; // or it would keep the item alive
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.size--;
    return item;
  }

  /** The item at `index` from the first. It must exist. */
  at(index: number): T {
    return this.slots[(this.head + index) & (this.slots.length - 1)] as T;
  }

  /** Puts `item` in the place of the last. The ring must not be empty. */
  replaceLast(item: T): void {
    this.slots[(this.head + this.size - 1) & (this.slots.length - 1)] = item;
  }

  clear(): void {
    this.slots = new Array(8);
    this.head = this.size = 0;
  }

  private grow(): void {
    const { slots, head, size } = this;
    const grown = new Array<T | undefined>(size * 2);
    for (let i = 0; i < size; i++) grown[i] = slots[(head + i) & (size - 1)];
    this.slots = grown;
    this.head = 0;
  }
}
