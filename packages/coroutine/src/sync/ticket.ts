import type { Waiter, WaiterNode } from "@skein/future";
import type { Operation } from "../operation.ts";
import { Attempt, type Attempted } from "./attempt.ts";

/** What a primitive of several kinds of request offers: each wait says what it asks for. */
export interface Counter<A> extends Omit<Attempted<void>, "isReady" | "take"> {
  canTake(asked: A): boolean;
  take(asked: A): void;
  /** A waiter that asked for `asked` has left without it: those behind it may go on by now. */
  gaveUp(): void;
}

/**
 * A wait that stands in the queue itself, in its task's place, since it carries what was asked for: how many permits,
 * on whose behalf. One a wait; plain requests queue up as the task alone and allocate nothing.
 */
export class Ticket<A> extends Attempt<void> implements WaiterNode {
  waitsIn: object | null = null;
  previousWaiter: WaiterNode | null = null;
  nextWaiter: WaiterNode | null = null;
  readonly asked: A;
  private readonly counter: Counter<A>;
  private waiter: Waiter | null;

  constructor(counter: Counter<A>, asked: A) {
    super({
      lot: counter.lot,
      isReady: () => counter.canTake(asked),
      take: () => counter.take(asked),
      describe: () => counter.describe(),
    });
    this.asked = asked;
    this.counter = counter;
    this.waiter = null;
  }

  get loop(): Waiter["loop"] | undefined {
    return this.waiter?.loop;
  }
  get name(): string {
    return this.waiter?.name ?? "";
  }
  override park(waiter: Waiter): void {
    this.waiter = waiter;
    this.target.lot.enter(this);
  }
  override unpark(): void {
    if (this.target.lot.leave(this)) this.counter.gaveUp();
  }
  wake(value?: unknown): void {
    this.waiter?.wake(value);
  }
}

/** The operation for it: an operation may be used by several tasks at once, a ticket by one. */
export function ticketFor<A>(counter: Counter<A>, asked: A): Operation<void> {
  return { [Symbol.iterator]: () => new Ticket(counter, asked) };
}
