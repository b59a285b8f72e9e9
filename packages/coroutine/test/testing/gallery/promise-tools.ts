/* What a program by promises takes from a library, made as fair and as strict as Skein's own. */

/** First come, first served. */
export class Mutex {
  private last: Promise<unknown> = Promise.resolve();

  /** Gives what unlocks it. */
  acquire(): Promise<() => void> {
    let release: () => void = () => {};
    const mine = this.last.then(() => release);
    this.last = new Promise<void>((resolve) => {
      release = resolve;
    });
    return mine;
  }
}

/** Wakes who waits now, and nobody who comes later. */
export class Bell {
  private waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  ring(): void {
    this.waiting.shift()?.();
  }
}

/** Counts what is free. */
export class Pool {
  free: number;
  private readonly bell = new Bell();

  constructor(free: number) {
    this.free = free;
  }
  async acquire(): Promise<void> {
    while (this.free === 0) await this.bell.wait();
    this.free--;
  }
  release(): void {
    this.free++;
    this.bell.ring();
  }
}
