/**
 * A task steps one generator until it ends: the driver of `awaitable.ts`. Its stages are drawn in `stage.ts`; the hot
 * path, `step`, is here, and everything else that a step may be in `drive.ts`.
 */
import {
  bridge,
  Future,
  MisuseError,
  PAUSE,
  type Request,
  type Scheduler,
  WAIT,
  type Wait,
  type Waiter,
  type WaiterNode,
} from "@skein/future";
import type { TaskGroup } from "../group/group.ts";
import type { Operation } from "../operation.ts";
import { CancelScope } from "../scope/cancel-scope.ts";
import type { Cleanups } from "../scope/cleanup.ts";
import { isDue, type Trouble } from "../scope/delivery.ts";
import { type Frame, recognise, resume, say, show } from "./body.ts";
import { claim } from "./claim.ts";
import { drive, FUEL, leave, notParked, stepInTrouble, threw } from "./drive.ts";
import { Join, type Outcome } from "./join.ts";
import { observer, stackOf } from "./observer.ts";
import { type Context, inherited, newRare, type Rare } from "./rare.ts";
import { ASKED, CREATED, ENDED, LOOK, NEXT, RESUMED, RUNNING, type Stage, SUSPENDED, THROW, WAITING } from "./stage.ts";
import { post } from "./turn.ts";
import { expectUse } from "./unused.ts";

/** Where a task is in its life. */
export type TaskPhase = "created" | "ready" | "waiting" | "cancelling" | "ended";

/**
 * A Future that has started: it runs a generator, belongs to a group, and can be cancelled. Await it from anywhere,
 * `yield*` it in a task; neither owns it.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 *
 * const task = run(function* () {
 *   yield* sleep(10);
 *   return "pizza";
 * });
 * console.log(task.phase, await task);
 * ```
 */
export class Task<T> extends Future<T> implements Waiter {
  /** For queues of waiters. */ waitsIn: object | null;
  /** For queues of waiters. */ previousWaiter: WaiterNode | null;
  /** For queues of waiters. */ nextWaiter: WaiterNode | null;
  /** @internal */ frame: Frame | null;
  /** @internal */ stage: Stage;
  /** @internal Waiting: the Request that it is parked on. Resumed: what it was woken with. One field, as every task has it. */
  waitSlot: unknown;
  /** @internal The group it is in; null for a root. */
  readonly base: TaskGroup | null;
  /** @internal Its innermost open scope, or `base`. */
  scope: CancelScope | null;
  /** @internal */ trouble: Trouble | null;
  /** @internal What few tasks have. */
  rare: Rare | null;
  /** @internal */ previousSibling: Task<unknown> | null;
  /** @internal */ nextSibling: Task<unknown> | null;

  /** @internal */
  constructor(loop: Scheduler, name: string | undefined, base: TaskGroup | null, frame: Frame, ownerHears: boolean) {
    super(loop, name === undefined ? name : say(name));
    if (loop.debug === true) claim(frame, this as Task<unknown>);
    this.waitsIn = null;
    this.previousWaiter = null;
    this.nextWaiter = null;
    this.frame = frame;
    this.stage = CREATED;
    this.waitSlot = undefined;
    this.base = base;
    this.scope = base;
    this.trouble = base?.troubled ? { ask: null, insisted: 0 } : null;
    const context = inherited();
    this.rare = ownerHears || context !== null ? newRare(ownerHears, context) : null;
    this.previousSibling = null;
    this.nextSibling = null;
    if (base !== null) base.add(this as Task<unknown>);
    if (observer !== null) observer.spawned(this as Task<unknown>);
  }

  /** @internal What it is parked on. */
  get request(): Request | null {
    return this.stage === WAITING ? (this.waitSlot as Request) : null;
  }

  /** @internal The scope around the whole task that `task.cancel()` cancels; made by the first. */
  get own(): CancelScope | null {
    return this.rare === null ? null : this.rare.own;
  }

  /** @internal From now on its group hears of its failure, as of any other's; also of one that has come already. */
  leaveToGroup(): void {
    if (this.rare !== null) this.rare.ownerHears = false;
    const { outcome } = this;
    if (outcome?.status === "rejected") this.base?.childFailed(this.name, outcome.reason);
  }

  /** @internal The values of context variables; the map is never changed, but replaced. */
  get context(): Context | null {
    return this.rare === null ? null : this.rare.context;
  }
  /** @internal */
  set context(context: Context | null) {
    this.rare ??= newRare(false, null);
    this.rare.context = context;
  }

  /** @internal */
  get cleanups(): Cleanups | null {
    return this.rare === null ? null : this.rare.cleanups;
  }
  /** @internal */
  set cleanups(cleanups: Cleanups | null) {
    this.rare ??= newRare(false, null);
    this.rare.cleanups = cleanups;
  }

  /** created → ready ⇄ waiting → ended; cancelling once a cancellation is on its way or was thrown. */
  get phase(): TaskPhase {
    if (this.stage === ENDED) return "ended";
    if (this.stage === ASKED || (this.trouble !== null && this.trouble.ask !== null)) return "cancelling";
    if (this.stage === CREATED) return "created";
    return this.stage === WAITING || this.stage === SUSPENDED ? "waiting" : "ready";
  }

  /**
   * Asks the task to end: CancelledError with this `reason` is thrown at its wait, and its `finally` blocks run and
   * may wait. It has ended when `join()` answers.
   * @returns false if it has ended or was cancelled before: the first reason stands.
   */
  override cancel(reason?: unknown): boolean {
    if (this.stage === ENDED) return false;
    this.rare ??= newRare(false, null);
    this.rare.own ??= new CancelScope(this as Task<unknown>, this.base, { name: this.name });
    return this.rare.own.cancel(reason);
  }

  /** Waits for the end and gives how it ended, without throwing the task's error. Does not cancel it. */
  join(): Operation<Outcome<T>> {
    return expectUse(new Join(this));
  }

  /** Cancels the task and waits for its cleanup: for `await using`. Throws what the task failed with, if it was not that. */
  [Symbol.asyncDispose](): PromiseLike<void> {
    this.cancel();
    return this.then(
      () => {},
      (error: unknown) => {
        if (this.state !== "cancelled") throw error;
      },
    );
  }

  /**
   * The frames in which it stands, the innermost first, as a stack is written. Node's inspector tells them: once
   * `@skein/coroutine/inspect` was imported, and not in browsers; else there is its name.
   */
  stack(): string {
    return stackOf(this as Task<unknown>);
  }

  protected override get kind(): string {
    return "task";
  }

  /** Only once its last frame has ended. (F1) */
  protected override settle(status: number, slot: unknown): boolean {
    if (this.frame !== null) throw new MisuseError(`Cannot settle ${this.describe()}: it still runs; cancel it.`);
    return super.settle(status, slot);
  }

  /** For whoever took it out of its queue: it goes on with `value`. */
  wake(value?: unknown): void {
    this.waitSlot = value;
    this.stage = RESUMED;
    post(this as Task<unknown>);
  }

  /** @internal Resumes, parks again. */
  step(): void {
    if (this.trouble !== null) {
      stepInTrouble(this as Task<unknown>);
      return;
    }
    const { running, fuel } = bridge;
    bridge.running = this;
    bridge.fuel = FUEL;
    bridge.resumed = this.stage === RESUMED;
    this.stage = RUNNING;
    const gift = this.waitSlot;
    this.waitSlot = undefined;
    let result: IteratorResult<Wait, unknown> | undefined;
    let failure: unknown;
    try {
      result = resume(this.frame as Frame, gift);
    } catch (error) {
      failure = recognise(error, this as Task<unknown>);
    }
    try {
      const { request } = bridge;
      if (
        result !== undefined &&
        result.value === WAIT &&
        request !== null &&
        request !== PAUSE &&
        this.trouble === null
      ) {
        bridge.request = null;
        this.waitSlot = request;
        this.stage = WAITING;
        try {
          request.park(this);
        } catch (error) {
          drive(this as Task<unknown>, THROW, notParked(this as Task<unknown>, error));
          return;
        }
        if ((this.stage as Stage) === RUNNING) drive(this as Task<unknown>, NEXT, undefined); // a call
      } else if (result === undefined) drive(this as Task<unknown>, threw(this as Task<unknown>, failure), failure);
      else drive(this as Task<unknown>, LOOK, result);
    } finally {
      leave(running, fuel); // also where a loop refuses what it is asked: the next step must not find this task here
    }
  }

  /** @internal What it was woken with. */
  takeGift(): unknown {
    const gift = this.waitSlot;
    this.waitSlot = undefined;
    return gift;
  }

  /** @internal Throws what is due at the wait it stands at, if anything is by now. */
  review(): void {
    const { request } = this;
    if ((request === null && this.stage !== SUSPENDED) || request?.sealed || !isDue(this as Task<unknown>)) return;
    request?.unpark(this);
    this.waitSlot = undefined;
    this.askSoon();
  }

  /** @internal */
  askSoon(): void {
    this.stage = ASKED;
    post(this as Task<unknown>);
  }

  /** @internal A yield of anything but a wait. Gives the error to throw there, or undefined to stand still. */
  yielded(value: unknown): unknown {
    const what = value === WAIT ? "WAIT by hand" : show(value);
    return new MisuseError(
      `Cannot yield ${what} in ${this.describe()}: it is no wait; write \`yield* operation\` or \`yield* until(promise)\`.`,
    );
  }

  /** @internal True if it goes on only when it is asked; producers do. */
  get idle(): boolean {
    return false;
  }

  /** @internal What was thrown in at the last item, until there is another; producers have such. */
  get thrownAtItem(): unknown {
    return undefined;
  }

  /** @internal True if a frame that yields once more is to be ended by force; producers have such. */
  isExhausted(): boolean {
    return false;
  }

  /** @internal Drops everything that a finished task needs no more. */
  end(): void {
    if (observer !== null) observer.ended(this as Task<unknown>);
    this.stage = ENDED;
    this.trouble = null;
    this.rare?.own?.leave();
  }
}
