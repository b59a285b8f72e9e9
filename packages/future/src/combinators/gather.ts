/*
 * What every combinator is made of: a future that watches others. It owns none of them (F5): it puts one waiter in
 * each, and takes all of them out as soon as it knows its answer, or is cancelled. (F4)
 *
 * A member's end is looked at in the settler's stack, which is safe as settling runs no user code, and means that a
 * combined future is settled no later than the member that decides it: a `cancel` cannot get in between.
 */
import type { TimerHandle } from "@skein/loop";
import { Constructor, type Future } from "../future.ts";
import { listenTo, slotOf, statusOf } from "../internal.ts";
import { PENDING } from "../outcome.ts";
import { QueueNode } from "../queue-node.ts";
import type { CancelHook } from "../reaction.ts";
import { dequeue, type WaitQueue } from "../wait-queue.ts";
import type { Members } from "./members.ts";

/** What makes one combinator differ from another. Both settle `target` when they know enough. */
export interface Plan<T> {
  readonly name?: string | undefined;
  /** With true, members that are still to come are nobody's business once the answer is known: their errors are dropped. */
  readonly takesAll?: boolean;
  readonly timeoutMs?: number | undefined;
  onSettled(target: Future<T>, member: Future<unknown>, index: number): void;
  onTimeout?(target: Future<T>): void;
}

/** A future that is settled by `plan`, as the members settle; at once by those that are settled already. */
export function gather<T>(members: Members, plan: Plan<T>): Future<T> {
  const gathering = new Gathering(members, plan);
  gathering.start();
  return gathering.target;
}

/** How deep combinators may settle each other in one stack before a pass is taken in between. */
const MAX_DEPTH = 100;

class Gathering<T> implements CancelHook, Watcher {
  readonly target: Future<T>;
  readonly depth: number;
  readonly #members: Members;
  readonly #plan: Plan<T>;
  readonly #watches: Watch[] = [];
  #timer: TimerHandle | null = null;

  constructor(members: Members, plan: Plan<T>) {
    this.#members = members;
    this.#plan = plan;
    this.target = new Constructor<T>(members.loop, plan.name, this);
    let depth = 0;
    for (const member of members.futures) {
      const hook = slotOf(member);
      if (hook instanceof Gathering && hook.depth >= depth) depth = hook.depth + 1;
    }
    this.depth = depth;
  }

  start(): void {
    const { futures, loop } = this.#members;
    for (let index = 0; index < futures.length && statusOf(this.target) === PENDING; index++) {
      const watch = new Watch(this, index);
      this.#watches.push(watch);
      (futures[index] as Future<unknown>).observe(watch);
    }
    const { timeoutMs } = this.#plan;
    if (timeoutMs === undefined || statusOf(this.target) !== PENDING) return;
    try {
      this.#timer = loop.callLater(timeoutMs, () => {
        this.#plan.onTimeout?.(this.target);
        this.#release(false);
      });
    } catch (error) {
      this.#release(false); // the loop is closed: whoever is told so leaves nothing behind
      throw error;
    }
  }

  settled(member: Future<unknown>, index: number): void {
    if (statusOf(this.target) !== PENDING) return;
    this.#plan.onSettled(this.target, member, index);
    if (statusOf(this.target) === PENDING) return;
    const quiet = this.#plan.takesAll === true;
    if (quiet) for (const other of this.#members.futures) listenTo(other);
    this.#release(quiet);
  }

  cancelled(): void {
    this.#release(false);
  }

  #release(quiet: boolean): void {
    this.#timer?.cancel();
    for (const watch of this.#watches) {
      if (watch.waitsIn !== null) dequeue(watch.waitsIn as WaitQueue, watch);
    }
    for (const link of this.#members.wrapped) link.leave(quiet);
  }
}

/** The side of a gathering that its watches see. */
interface Watcher {
  readonly target: Future<unknown>;
  readonly depth: number;
  settled(member: Future<unknown>, index: number): void;
}

class Watch extends QueueNode {
  readonly #gathering: Watcher;
  readonly #index: number;

  constructor(gathering: Watcher, index: number) {
    super();
    this.#gathering = gathering;
    this.#index = index;
  }
  get name(): string {
    return this.#gathering.target.name;
  }
  wake(member: Future<unknown>): void {
    const gathering = this.#gathering;
    if (gathering.depth % MAX_DEPTH !== MAX_DEPTH - 1) gathering.settled(member, this.#index);
    else gathering.target.loop.callSoon(() => gathering.settled(member, this.#index));
  }
}
