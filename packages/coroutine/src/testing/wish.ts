/** What a task of a test asks of the one who drives it: to be woken once all are blocked, or once time has moved. */
import { MisuseError, parkOn, type Request, takeResumed, type Wait, Waitable, type Waiter } from "@skein/future";
import type { Operation } from "../operation.ts";
import { TestLoop } from "./test-loop.ts";

/** Only once everybody else is blocked. */
export type Wish =
  | { readonly kind: "idle" }
  | { readonly kind: "next" }
  | { readonly kind: "advance"; readonly ms: number };

/** A wish, and the task that waits for it. */
export interface WishOf {
  readonly wish: Wish;
  readonly waiter: Waiter;
  /** When an `advance` that has begun is over. */
  untilMs?: number;
}

export class WishFor<T> extends Waitable<T> implements Request {
  private readonly wish: Wish;
  private mine: WishOf | undefined;
  constructor(wish: Wish) {
    super();
    this.wish = wish;
    this.mine = undefined;
  }
  /** One that is kept and used again is a wish of its own each time. */
  override [Symbol.iterator](): WishFor<T> {
    return this.mine === undefined ? this : new WishFor(this.wish);
  }
  next(value?: unknown): IteratorResult<Wait, T> {
    return takeResumed() ? { done: true, value: value as T } : parkOn(this);
  }
  park(waiter: Waiter): void {
    this.mine = { wish: this.wish, waiter };
    wishesOf(waiter).add(this.mine);
  }
  unpark(waiter: Waiter): void {
    if (this.mine !== undefined) wishesOf(waiter).delete(this.mine);
  }
  describe(): string {
    return this.wish.kind === "idle" ? "all others to be blocked" : "the time to be advanced";
  }
}

function wishesOf({ loop, name }: Waiter): Set<WishOf> {
  if (loop instanceof TestLoop) return loop.wishes;
  throw new MisuseError(
    `Cannot wait in task "${name}" until all others are blocked: it is not in a test; run it by runTest, explore or sweepCancel.`,
  );
}

/**
 * Waits until every other task of the test is blocked on something inside the loop. Time does not move before that.
 *
 * @throws {MisuseError} Outside a test.
 * @example
 * ```ts
 * import { Event } from "@skein/coroutine";
 * import { runTest, untilAllBlocked } from "@skein/coroutine/testing";
 *
 * await runTest(function* (root) {
 *   const event = new Event();
 *   root.spawn(() => event.wait());
 *   yield* untilAllBlocked();
 *   console.log(event.statistics().waiting);
 *   event.set();
 * });
 * ```
 */
export function untilAllBlocked(): Operation<void> {
  return new WishFor<void>({ kind: "idle" });
}
