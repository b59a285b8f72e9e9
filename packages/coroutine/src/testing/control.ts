/** What a test's body can do with its own time: the second argument of the body. */
import { parkOn, type Request, takeResumed, type Wait, Waitable, type Waiter } from "@skein/future";
import { type Random, seededRandom, type VirtualLoop } from "@skein/future/testing";
import { requireMs } from "../body.ts";
import type { Operation } from "../operation.ts";
import type { Births } from "./births.ts";
import type { Journal } from "./journal.ts";
import type { Watched } from "./leaks.ts";

/** What is to be done once everybody else is blocked; gives what the waiter is woken with. */
type Wish = { readonly kind: "idle" } | { readonly kind: "next" } | { readonly kind: "advance"; readonly ms: number };

/** A wish, on behalf of the task that waits for it. */
export interface WishOf {
  readonly wish: Wish;
  readonly waiter: Waiter;
  /** When an `advance` that has begun is over. */
  untilMs?: number;
}

/** A test's hold on its loop, its clock and its chance. */
export class TestControl {
  /** Where the body runs. Do not run it yourself: the test does. */
  readonly loop: VirtualLoop;
  /** What replays this run. */
  readonly seed: number;
  /** Chance for the body, from the same seed. */
  readonly random: Random;
  /** @internal */ readonly wishes: Set<WishOf> = new Set();
  /** @internal */ readonly watched: Watched[] = [];
  private readonly journal: Journal;
  private readonly births: Births;

  /** @internal */
  constructor(loop: VirtualLoop, journal: Journal, births: Births) {
    this.loop = loop;
    this.seed = loop.seed;
    this.random = seededRandom(~loop.seed);
    this.journal = journal;
    this.births = births;
  }

  /** Virtual milliseconds since the test began. */
  now(): number {
    return this.loop.now();
  }

  /** Adds a line to the log of the test, with the time and the name of the running task. */
  say(text: string): void {
    this.journal.write(text);
  }

  /** Lets `ms` go by, running all that falls due, and gives the task its turn when it is over. @throws {RangeError} If it is not 0 or more, or not finite. */
  advance(ms: number): Operation<void> {
    requireMs(ms, "advance the time");
    if (ms < 0 || ms === Number.POSITIVE_INFINITY) {
      throw new RangeError(`Cannot advance the time by ${ms} ms: give a finite number of milliseconds, 0 or more.`);
    }
    return new WishFor<void>(this.wishes, { kind: "advance", ms });
  }

  /** Jumps to the next deadline and runs what is due. @returns false if there was none. */
  advanceToNext(): Operation<boolean> {
    return new WishFor<boolean>(this.wishes, { kind: "next" });
  }

  /** Waits until every other task is blocked; the time stands still. */
  untilIdle(): Operation<void> {
    return new WishFor<void>(this.wishes, { kind: "idle" });
  }

  /**
   * Counts something among what may not outlive the test.
   *
   * @param isOpen Asked when the test is over.
   */
  watch(kind: string, name: string, isOpen: () => boolean): void {
    const birth = this.births.note(name);
    this.watched.push({ kind, name, isOpen, bornAt: birth.at() });
  }
}

class WishFor<T> extends Waitable<T> implements Request {
  private readonly wishes: Set<WishOf>;
  private readonly wish: Wish;
  private mine: WishOf | undefined;
  constructor(wishes: Set<WishOf>, wish: Wish) {
    super();
    this.wishes = wishes;
    this.wish = wish;
  }
  override [Symbol.iterator](): WishFor<T> {
    return this.mine === undefined ? this : new WishFor(this.wishes, this.wish);
  }
  next(value?: unknown): IteratorResult<Wait, T> {
    return takeResumed() ? { done: true, value: value as T } : parkOn(this);
  }
  park(waiter: Waiter): void {
    this.mine = { wish: this.wish, waiter };
    this.wishes.add(this.mine);
  }
  unpark(): void {
    if (this.mine !== undefined) this.wishes.delete(this.mine);
  }
  describe(): string {
    return this.wish.kind === "idle" ? "all others to be blocked" : "the time to be advanced";
  }
}
