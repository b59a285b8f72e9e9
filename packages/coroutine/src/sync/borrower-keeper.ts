import type { Task } from "../task/task.ts";
import { type Holder, Keeper } from "./keeper.ts";

/** Watches one of several borrowers after the other: as long as one of them lives, its token may come back. */
export class BorrowerKeeper extends Keeper {
  private readonly borrowers: () => Iterable<unknown>;

  /** @param borrowers Of whom the next token has to come; empty if it may come otherwise. */
  constructor(describe: () => string, borrowers: () => Iterable<unknown>) {
    super(describe);
    this.borrowers = borrowers;
  }

  override get ended(): boolean {
    const next = this.next();
    const lost = next !== null && hasEnded(next);
    if (lost) this.task = next;
    else if (next !== this.task) this.hand(next);
    return lost;
  }

  override wake(): void {
    if (this.ended) super.wake();
  }

  /** One of whom a token may come; one that has ended if it never will. */
  private next(): Holder | null {
    let lost: Holder | null = null;
    for (const borrower of this.borrowers()) {
      if (!isTask(borrower)) return null; // anybody may give that back
      if (!hasEnded(borrower)) return borrower;
      lost ??= borrower;
    }
    return lost;
  }
}

/** `phase` says so only a little later. */
const hasEnded = (task: Holder): boolean => (task as Task<unknown>).state !== "pending";

const isTask = (borrower: unknown): borrower is Holder =>
  (borrower as Partial<Holder> | null)?.observe !== undefined && (borrower as Holder).phase !== undefined;
