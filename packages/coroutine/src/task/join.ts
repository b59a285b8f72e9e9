import { type Future, PAUSE, parkOn, type Request, ready, takeResumed, type Wait, Waitable } from "@skein/future";

/** How a task ended, in the shape of `Promise.allSettled` with a third case. */
export type Outcome<T> = NonNullable<Future<T>["outcome"]>;

/** Waits for a future to settle and gives its outcome: `yield* future` without the throw. */
export class Join<T> extends Waitable<Outcome<T>> {
  private readonly future: Future<T>;
  constructor(future: Future<T>) {
    super();
    this.future = future;
  }
  next(): IteratorResult<Wait, Outcome<T>> {
    const resumed = takeResumed();
    const { outcome } = this.future;
    if (outcome === undefined) return parkOn(this.future);
    if (resumed || ready()) return { done: true, value: outcome };
    return parkOn(PAUSE);
  }
}

/** Waits for the tasks of `group` to end, which is told by the group. */
export class JoinAll extends Waitable<void> {
  private readonly group: Request;
  constructor(group: Request) {
    super();
    this.group = group;
  }
  next(): IteratorResult<Wait, void> {
    return takeResumed() ? { done: true, value: undefined } : parkOn(this.group);
  }
}
