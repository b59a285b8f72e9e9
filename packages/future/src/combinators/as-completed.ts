import type { Scheduler } from "@skein/loop";
import { TimeoutError } from "../errors.ts";
import { Constructor, type Future } from "../future.ts";
import { fulfil, reject, settleLike } from "../internal.ts";
import { type FutureOptions, readLoop } from "../options.ts";
import { QueueNode } from "../queue-node.ts";
import type { CancelHook } from "../reaction.ts";
import { dequeue, enqueue, shift, type WaitQueue, waitersOf } from "../wait-queue.ts";
import { gather } from "./gather.ts";
import { type Member, type Members, type MemberValue, readMembers } from "./members.ts";
import { readTimeout } from "./timeout.ts";

/** How `asCompleted` waits. */
export interface AsCompletedOptions extends FutureOptions {
  /** After so many milliseconds, what has not settled yet is a TimeoutError. Default: no limit. */
  timeoutMs?: number;
}

/**
 * Gives as many futures as there are members: the first ends as the first member to settle does, the second as the
 * second, and so on, in whichever order they are awaited. Leaving the loop early ends nothing: iterating again goes
 * on with the rest. `close()` stops watching. The error of a member that nobody has asked for is nobody's.
 *
 * @throws {TypeError} If a member cannot be waited for or `timeoutMs` is no number. @throws {RangeError} If it is NaN.
 * @example
 * ```ts
 * import { asCompleted, Future } from "@skein/future";
 *
 * const large = Future.withResolvers<string>();
 * const small = Future.withResolvers<string>();
 * const images = asCompleted([large.future, small.future]);
 * small.resolve("small.png");
 * large.resolve("large.png");
 * // In a task: for (const next of images) show(yield* next)
 * for await (const image of images) console.log(image); // small.png, then large.png
 * ```
 */
export function asCompleted<M extends Member<unknown>>(
  members: Iterable<M>,
  options: AsCompletedOptions = {},
): Completions<MemberValue<M>> {
  const what = "iterate as completed";
  readLoop(options, what);
  const { timeoutMs: limitMs = Number.POSITIVE_INFINITY, name } = options;
  const timeoutMs = readTimeout(what, limitMs);
  return new CompletionsOf<MemberValue<M>>(readMembers(what, members, options), name, timeoutMs);
}

/** What `asCompleted` gives: futures of those that settle, in that order. */
export interface Completions<T> extends IterableIterator<Future<T>> {
  /** How many futures it has still to give. */
  readonly left: number;
  /** The future of the next member to settle. */
  next(): IteratorResult<Future<T>, undefined>;
  [Symbol.iterator](): this;
  /** Stops watching: futures given and not settled yet are cancelled, no more are given. The members go on. */
  close(): void;
}

/** The place of a future that was asked for, among those that wait for a member to settle. */
class Place<T> extends QueueNode implements CancelHook {
  readonly item: Future<T>;
  readonly #giveBack: () => void;

  constructor(loop: Scheduler, giveBack: () => void) {
    super();
    this.item = new Constructor<T>(loop, undefined, this);
    this.#giveBack = giveBack;
  }
  wake(member: Future<T>): void {
    settleLike(this.item, member);
  }
  cancelled(): void {
    if (this.waitsIn === null) return;
    dequeue(this.waitsIn as WaitQueue, this);
    this.#giveBack();
  }
}

class CompletionsOf<T> implements Completions<T> {
  readonly #members: Members;
  readonly #watch: Future<void>;
  /** In the order in which they settled; from `#given` on, those that were not asked for yet. */
  readonly #settled: (Future<T> | undefined)[] = [];
  #given = 0;
  /** Asked for, and not there yet. */
  readonly #asked: WaitQueue = { firstWaiter: null };
  #left: number;
  #timeout: TimeoutError | undefined;

  constructor(members: Members, name: string | undefined, timeoutMs: number | undefined) {
    this.#members = members;
    this.#left = members.futures.length;
    let missing = this.#left;
    this.#watch = gather<void>(members, {
      name,
      timeoutMs,
      onSettled: (target, member) => {
        const place = shift(this.#asked);
        if (place) place.wake(member);
        else this.#settled.push(member as Future<T>);
        if (--missing === 0) fulfil(target, undefined);
      },
      onTimeout: (target) => {
        this.#timeout = new TimeoutError(`${missing} of ${members.futures.length} took longer than ${timeoutMs} ms`, {
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        });
        for (const item of this.#takeAsked()) reject(item, this.#timeout);
        fulfil(target, undefined);
      },
    });
    if (missing === 0) fulfil(this.#watch, undefined);
  }

  get left(): number {
    return this.#left;
  }

  next(): IteratorResult<Future<T>, undefined> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left--;
    // A future that was cancelled while it waited has taken nothing: its place is given again.
    const place = new Place<T>(this.#members.loop, () => this.#left++);
    const { item } = place;
    const member = this.#settled[this.#given];
    if (member !== undefined) {
      this.#settled[this.#given++] = undefined;
      settleLike(item, member);
    } else if (this.#timeout !== undefined) reject(item, this.#timeout);
    else enqueue(this.#asked, place);
    return { done: false, value: item };
  }

  [Symbol.iterator](): this {
    return this;
  }

  close(): void {
    this.#watch.cancel();
    this.#left = 0;
    for (const item of this.#takeAsked()) item.cancel("asCompleted was closed");
  }

  /** Those that wait, taken out: none of them gives its place back. */
  #takeAsked(): Future<T>[] {
    const asked = waitersOf(this.#asked) as Place<T>[];
    for (const place of asked) dequeue(this.#asked, place);
    return asked.map(({ item }) => item);
  }
}
