/**
 * The lecture's coroutine: a function that can be left in the middle, keeps its variables, gives values out and takes
 * values in. Its body is a task of its own (a producer), in the group in which it was first stepped, so that it may
 * wait as well; while it waits, its step is *under way*.
 *
 *     created ──► running ⇄ suspended ──► closed
 */
import {
  bridge,
  currentScheduler,
  dequeue,
  enqueue,
  Future,
  listenTo,
  MisuseError,
  shift,
  type Wait,
  type Waiter,
  type WaiterNode,
  type WaitQueue,
} from "@skein/future";
import { WouldBlockError } from "../errors.ts";
import { TaskGroup } from "../group/group.ts";
import { type Answer, ENDED, type Operation, WAITS } from "../operation.ts";
import { CancelScope } from "../scope/cancel-scope.ts";
import { isDue, reachesFrom } from "../scope/delivery.ts";
import { requireFunction } from "../task/body.ts";
import { currentTask } from "../task/current.ts";
import type { Rare } from "../task/rare.ts";
import type { Task } from "../task/task.ts";
import { expectUse } from "../task/unused.ts";
import { Producer, produce } from "./producer.ts";
import { Step } from "./step.ts";

/** created: not stepped yet; running: a step is under way; suspended: stands at a yield; closed: has ended. */
export type CoroutineState = "created" | "running" | "suspended" | "closed";
type Body<Out, R, In> = () => Generator<Out | Wait, R, In>;

/**
 * What `coroutine` and `receiver` give: a generator that may wait, asked for its items and given values.
 *
 * @example
 * ```ts
 * import { coroutine, run } from "@skein/coroutine";
 *
 * const average = coroutine(function* (): Generator<number, void, number> {
 *   let sum = 0;
 *   for (let count = 0; ; count++) sum += yield sum / (count || 1);
 * });
 * await run(function* () {
 *   const running = average();
 *   console.log(running.state); // created
 *   yield* running.next();
 *   console.log(yield* running.send(4), running.trySend(8)); // { done: false, value: 4 } { done: false, value: 6 }
 *   yield* running.close();
 * });
 * ```
 */
export class Coroutine<Out, R, In> implements WaitQueue {
  /** The name of its function. */
  readonly name: string;
  private readonly body: Body<Out, R, In>;
  private producer: Producer<Out, R, In> | null;
  private closed: boolean;
  private closing: boolean;
  /** A `try…` has thrown WouldBlockError: what its step comes to is for who asks next. */
  private owed: boolean;
  /** For queues of waiters: who waits for the step under way, and who for the end. */
  firstWaiter: WaiterNode | null;
  private underWay: { readonly future: Future<void>; resolve(): unknown } | null;

  /** @internal */
  constructor(name: string, body: Body<Out, R, In>) {
    this.name = name;
    this.body = body;
    this.producer = null;
    this.closed = false;
    this.closing = false;
    this.owed = false;
    this.firstWaiter = null;
    this.underWay = null;
  }

  /** What it is doing. */
  get state(): CoroutineState {
    if (this.closed || this.producer?.phase === "ended") return "closed";
    if (this.producer === null) return "created";
    return this.producer.idle ? "suspended" : "running";
  }

  /**
   * Tells when it can be asked again; done already unless a step is under way. After a WouldBlockError `tryNext()` and
   * `next()` give then what that step came to; `send` and `throw` go on from there, unless it has ended it.
   */
  get ready(): Future<void> {
    const loop = this.producer?.loop ?? currentScheduler();
    if (this.state !== "running") return Future.resolve<void>(undefined, { loop });
    if (this.underWay === null) {
      const { future, resolve } = Future.withResolvers<void>({ loop, name: `${this.name} ready` });
      this.underWay = { future, resolve: () => resolve() };
    }
    return this.underWay.future;
  }

  /** @internal The task that runs its body; null before the first step. */
  get task(): Producer<Out, R, In> | null {
    return this.producer;
  }

  /** Runs it to its next yield or its end. Cancelled while the step is under way, it goes on, and its item is dropped. @throws Whatever its body throws. @throws {WouldBlockError} While a step is under way. */
  next(): Operation<IteratorResult<Out, R>> {
    return expectUse(new Step(this, () => this.stepNext()));
  }

  /** Gives `value` to the yield it stands at, and runs it to its next. @throws {MisuseError} If it stands at none. */
  send(value: In): Operation<IteratorResult<Out, R>> {
    return expectUse(new Step(this, () => this.stepSend(value)));
  }

  /** Throws `error` at the yield it stands at, and runs it to its next. @throws `error` itself, if the body does not catch it. */
  throw(error: unknown): Operation<IteratorResult<Out, R>> {
    return expectUse(new Step(this, () => this.stepThrow(error)));
  }

  /** Ends it: its `finally` blocks run, and may wait. Closing again, or before the first step, does nothing. */
  close(): Operation<IteratorResult<Out, R | undefined>> {
    const step = () => this.stepClose();
    return expectUse(new Step<Out, R | undefined>(this as unknown as Coroutine<Out, R | undefined, never>, step));
  }

  /** As `next()`, at once. @throws {WouldBlockError} If the body waits; the step is under way then: see `ready`. */
  tryNext(): IteratorResult<Out, R> {
    return this.now(this.stepNext());
  }

  /** As `send(value)`, at once. @throws {WouldBlockError} If the body waits; the step is under way then, and has `value`. */
  trySend(value: In): IteratorResult<Out, R> {
    return this.now(this.stepSend(value));
  }

  /** @internal What the last step came to. */
  result(): IteratorResult<Out, R> {
    const producer = this.producer as Producer<Out, R, In> | null;
    if (producer !== null && producer.phase !== "ended") return { done: false, value: producer.item as Out };
    if (this.closed || producer === null) return { done: true, value: undefined as R };
    this.closed = true;
    if (this.closing && producer.state === "cancelled") return { done: true, value: undefined as R };
    return { done: true, value: producer.result() };
  }

  /** @internal */
  park(waiter: Waiter): void {
    enqueue(this, waiter);
  }
  /** @internal */
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }

  private stepNext(): Answer {
    const { state } = this;
    if (state !== "closed" && !(this.owed && state === "suspended")) return this.start("step").ask();
    if (!this.owed && this.producer?.state === "cancelled") this.closed = true; // with its group: there is no more to tell
    this.owed = false;
    return ENDED; // or stands at the item already
  }

  /** True, once, if the step of a `try…` has ended it. */
  private owesEnd(): boolean {
    const owes = this.owed && this.state === "closed";
    if (owes) this.owed = false;
    return owes;
  }

  private stepSend(value: In): Answer {
    if (this.owesEnd()) return ENDED;
    const { state } = this;
    if (state === "closed") throw this.misuse("send to", "it has ended", "make a new one");
    if (state === "created" && value !== undefined) {
      throw this.misuse("send to", "it stands at no yield yet", "call next() first, or make it with receiver()");
    }
    return this.start("send to").ask(value);
  }

  private stepThrow(error: unknown): Answer {
    if (this.owesEnd()) return ENDED;
    const { state } = this;
    if (state === "closed") throw error;
    if (state === "created") {
      this.closed = true;
      throw error;
    }
    return this.start("throw into").askThrow(error);
  }

  private stepClose(): Answer {
    if (this.owesEnd()) return ENDED;
    if (this.producer === null || this.state === "closed") {
      this.closed = true;
      return ENDED;
    }
    if (bridge.running === this.producer)
      throw this.misuse("close", "it is running this very call", "return from it instead");
    this.closing = true;
    this.producer.close("closed");
    if (this.producer.phase === "ended") return ENDED;
    if (!this.producer.asked) this.producer.ask(); // P3: it answers WAITS, and tells of its end
    return WAITS;
  }

  private start(what: string): Producer<Out, R, In> {
    if (this.producer === null) {
      const options = { name: this.name, onReady: () => this.tell() };
      const group = groupHere();
      this.producer =
        group === null
          ? new Producer(currentScheduler(), null, this.body, options)
          : produce(group, this.body, options);
      if (group !== null && inCleanup(group)) barrier(this.producer as Task<unknown>);
    } else if (bridge.running === this.producer) {
      throw this.misuse(what, "it is running this very call", "step it from outside");
    }
    if (this.producer.idle) this.owed = false;
    return this.producer;
  }

  private now(answer: Answer): IteratorResult<Out, R> {
    if (answer !== WAITS) return this.result();
    this.owed = true;
    throw new WouldBlockError(
      `Cannot answer for coroutine "${this.name}" at once: its body waits. The step is under way; \`yield* c.ready\` tells when ` +
        "c.tryNext() has its answer; `yield* c.next()` or `yield* c.send(value)` would have waited for it.",
    );
  }

  private tell(): void {
    const { producer, underWay } = this;
    this.underWay = null;
    underWay?.resolve();
    const ended = producer?.phase === "ended";
    // Who waits for the step is thrown it, on a later turn; who waits for `ready` is going to ask.
    if (ended && (this.firstWaiter !== null || (this.owed && underWay !== null))) listenTo(producer);
    // The item is handed over here: by the time the waiter runs, another step may have been taken.
    const step = ended ? undefined : { done: false, value: producer?.item };
    for (let waiter = shift(this); waiter !== null; waiter = shift(this)) waiter.wake(step);
  }

  private misuse(what: string, state: string, todo: string): MisuseError {
    return new MisuseError(`Cannot ${what} coroutine "${this.name}": ${state}; ${todo}.`);
  }
}

function groupHere(): TaskGroup | null {
  const task = currentTask();
  let scope = task?.scope ?? null;
  while (scope !== null && !(scope instanceof TaskGroup)) scope = scope.parent;
  return scope;
}

/** True if the running task does not see a cancel that has reached `group`: it cleans up after that, or is shielded. */
function inCleanup(group: TaskGroup): boolean {
  const task = currentTask();
  return task !== undefined && task.trouble !== null && !isDue(task) && reachesFrom(group) !== null;
}

/** From now on `task` is cleanup of the group that it is in: asks from there do not reach it. */
function barrier(task: Task<unknown>): void {
  (task.rare as Rare).own = new CancelScope(task, task.base, { name: task.name }, "cleanup");
}

/**
 * Makes a two-way coroutine of a generator function: `yield item` gives a value out and takes one in, and
 * `yield* operation` waits. Values go in by `send`, come out as its answer.
 *
 * @throws {TypeError} If `fn` is no function.
 * @example
 * ```ts
 * import { coroutine } from "@skein/coroutine";
 *
 * const averager = coroutine(function* (): Generator<number, void, number> {
 *   let sum = 0, count = 0, average = 0;
 *   while (true) {
 *     sum += yield average;
 *     average = sum / ++count;
 *   }
 * });
 * const c = averager();
 * c.tryNext();
 * console.log(c.trySend(10).value, c.trySend(20).value, c.state);
 * ```
 */
export function coroutine<A extends readonly unknown[], Y, R, In>(
  fn: (...args: A) => Generator<Y, R, In>,
): (...args: A) => Coroutine<Exclude<Y, Wait>, R, In> {
  requireFunction(fn, "make a coroutine", "the body", "a generator function");
  return (...args) =>
    new Coroutine(fn.name || "coroutine", () => fn(...args) as Generator<Exclude<Y, Wait> | Wait, R, In>);
}
