/**
 * A group owns tasks: its block does not end before they have, and the first failure among them, or of the block,
 * cancels the rest. It is a scope whose children are kept in an intrusive list.
 */
import {
  CancelledError,
  dequeue,
  enqueue,
  MisuseError,
  type Request,
  shift,
  TimeoutError,
  type Waiter,
  type WaiterNode,
  type WaitQueue,
} from "@skein/future";
import { ChildFailedError } from "../errors.ts";
import type { Body, Operation } from "../operation.ts";
import { runBlock } from "../scope/block.ts";
import { CancelScope, checkScopeOptions, type ScopeOptions } from "../scope/cancel-scope.ts";
import { isAround } from "../scope/delivery.ts";
import { iterate, requireFunction } from "../task/body.ts";
import { stepEagerly } from "../task/eager.ts";
import { JoinAll } from "../task/join.ts";
import { ENDED } from "../task/stage.ts";
import { Task } from "../task/task.ts";
import { turnOf } from "../task/turn.ts";
import { expectUse } from "../task/unused.ts";
import { GroupError } from "./group-error.ts";
import { checkSpawnOptions, type SpawnOptions } from "./spawn-options.ts";
import { type StartOptions, startIn } from "./start.ts";

export interface GroupOptions<T> extends Omit<ScopeOptions, "deadlineMs"> {
  /** What the group gives when `g.cancel()` cut its body off; without it, the group throws the CancelledError. */
  readonly onCancel?: (() => T) | undefined;
}

/**
 * What `group(…)` and `run` give to their body: a scope whose tasks it waits for, and cancels when one fails. (C2, C3)
 *
 * @example
 * ```ts
 * import { group, run, sleep } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* group(function* (g) {
 *     for (const name of ["first", "second"]) {
 *       g.spawn(function* () {
 *         yield* sleep(1);
 *         console.log(name);
 *       });
 *     }
 *   }); // waits for both
 * });
 * ```
 */
export class TaskGroup extends CancelScope implements Request, WaitQueue {
  /** For queues of waiters: its owner, while it waits for the children. */
  firstWaiter: WaiterNode | null;
  /** @internal */ firstChild: Task<unknown> | null;
  /** @internal */ lastChild: Task<unknown> | null;
  /** @internal True once a cancel reached it: children spawned since have to look. */
  troubled: boolean;
  /** @internal True once the body has ended: producers are closed when nobody is left to ask them. */
  joining: boolean;
  /** @internal Of the children, each object once, in the order in which they came. */
  errors: Set<unknown> | null;
  /** What was spawned last, and its name: the engine takes 20 ns to tell that of a function. Forgotten when a child ends. */
  private lastBody: Body<unknown> | null;
  private lastName: string | undefined;

  /** @internal */
  constructor(owner: Task<unknown>, parent: CancelScope | null, options: ScopeOptions | undefined) {
    super(owner, parent, options);
    this.firstWaiter = null;
    this.firstChild = null;
    this.lastChild = null;
    this.troubled = owner.trouble !== null;
    this.joining = false;
    this.errors = null;
    this.lastBody = null;
    this.lastName = undefined;
  }

  /** @internal Joining is not cut short: what cancels the owner cancels the children, and so they end. */
  get sealed(): true {
    return true;
  }

  /**
   * Starts a task in this group.
   *
   * @param body An operation, or a function that returns one (called at once, here).
   * @returns the task: await it, `yield*` it, `join()` it, cancel it, or leave it to the group.
   * @throws {TypeError} If `body` is neither. @throws {MisuseError} If the group has ended.
   */
  spawn<T>(body: Body<T>, options?: SpawnOptions): Task<T> {
    this.refuseIfEnded("spawn");
    if (options !== undefined) checkSpawnOptions(options, this);
    const frame = iterate(body, "spawn a task", this);
    const name = options?.name ?? this.nameOf(body);
    const task = new Task<T>(this.owner.loop, name, this, frame, options?.onError === "owner");
    if (options?.eager !== true || !stepEagerly(task as Task<unknown>)) this.schedule(task as Task<unknown>);
    return task;
  }

  /**
   * Starts a task in this group and waits until it says that it is ready, by calling `started(value)`: a server that
   * listens, a connection that stands. Until then its failure and its cancellation are the caller's.
   *
   * @returns what `started` was called with; the task goes on as a member of the group.
   * @throws What the task throws before it is ready. {MisuseError} If it ends without having said so, or outside any task.
   * @throws {CancelledError} If the caller was cancelled: the task is cancelled, too, and has ended.
   */
  start<T = void>(body: (started: (value: T) => void) => Operation<unknown>, options?: StartOptions): Operation<T> {
    return startIn(this, body, options);
  }

  override get [Symbol.toStringTag](): string {
    return "TaskGroup";
  }

  /** @internal */
  protected override get kind(): string {
    return "group";
  }

  /** For drivers. */
  park(waiter: Waiter): void {
    enqueue(this, waiter);
  }
  /** For drivers. */
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }

  /** @internal */
  add(child: Task<unknown>): void {
    const last = this.lastChild;
    child.previousSibling = last;
    if (last === null) this.firstChild = child;
    else last.nextSibling = child;
    this.lastChild = child;
  }

  /** @internal Forgets a child that has ended, and wakes the owner after the last. */
  remove(child: Task<unknown>): void {
    const { previousSibling, nextSibling } = child;
    if (previousSibling === null) this.firstChild = nextSibling;
    else previousSibling.nextSibling = nextSibling;
    if (nextSibling === null) this.lastChild = previousSibling;
    else nextSibling.previousSibling = previousSibling;
    child.previousSibling = child.nextSibling = null;
    this.lastBody = null; // it may hold much, and whoever spawns many has mostly done so by now
    if (this.firstChild === null) shift(this)?.wake();
    else this.closeIdle();
  }

  /** @internal */
  childFailed(name: string, error: unknown): void {
    this.errors ??= new Set();
    this.errors.add(error);
    this.cancelWith(new ChildFailedError(name, error), false);
  }

  /** @internal */
  override reached(tasks: Task<unknown>[]): void {
    super.reached(tasks);
    this.troubled = true; // so that children spawned from now on look, too
    for (let child = this.firstChild; child !== null; child = child.nextSibling) tasks.push(child);
  }

  /** @internal */
  override bodyEnded(failed: boolean, error: unknown): void {
    this.joining = true;
    if (failed) {
      const stop = this.isStop(error);
      const reason = stop ? (error as CancelledError).reason : new ChildFailedError(this.owner.name, error);
      // What was asked at a wait in here has reached the children, too; what was insisted upon, or thrown by the body, perhaps not.
      const { ask, insisted } = this.owner.trouble ?? {};
      const asked = stop && ask?.level === this && ask.scope === (error as CancelledError).scope && insisted === 0;
      this.cancelWith(reason, false, !asked);
    }
  }

  /**
   * @internal Closes the producers once only such as stand idle are left: nobody in the group will ask them any more.
   * While the owner is further in, its cleanups may.
   */
  closeIdle(): void {
    if (!this.joining || this.owner.scope !== this) return;
    for (let child = this.firstChild; child !== null; child = child.nextSibling) {
      if (!child.idle) return;
    }
    this.joining = false; // one that was never asked ends, and leaves, in here: not to come here again for each
    for (let child = this.firstChild; child !== null; ) {
      const next: Task<unknown> | null = child.nextSibling;
      child.cancel(`${this.describe()} has ended`);
      child = next;
    }
    this.joining = true;
  }

  /** @internal */
  override join(): Operation<void> | null {
    this.closeIdle();
    return this.firstChild === null ? null : new JoinAll(this);
  }

  /** @internal */
  override hasErrors(failed: boolean, error: unknown): boolean {
    return this.errors !== null || (failed && !this.isStop(error));
  }

  /** @internal C3: the body's error first, then the children's. C4: a cancellation is only its cause. */
  toError(failed: boolean, error: unknown): GroupError {
    const stopped = failed && this.isStop(error);
    const errors = new Set(failed && !stopped ? [error, ...(this.errors ?? [])] : this.errors);
    return new GroupError([...errors], this.name || this.owner.name, stopped ? error : undefined);
  }

  /** True if `error` only says that the body was stopped, from the group itself or from further out. */
  private isStop(error: unknown): boolean {
    return error instanceof CancelledError && (this.absorbs(error) || isAround(error.scope, this, this.owner));
  }

  /** @internal */
  refuseIfEnded(what: string): void {
    if (!this.open) {
      throw new MisuseError(`Cannot ${what} in ${this.describe()}: it has ended; do it before, or in an outer group.`);
    }
  }

  private nameOf(body: Body<unknown>): string | undefined {
    if (body !== this.lastBody) {
      this.lastName = (body as { name?: string }).name || undefined;
      this.lastBody = body;
    }
    return this.lastName;
  }

  private schedule(task: Task<unknown>): void {
    try {
      task.loop.callSoon(turnOf(task), task);
    } catch (error) {
      task.stage = ENDED; // a closed loop: the task must not hold the group
      this.remove(task);
      throw error;
    }
  }
}

/**
 * Runs `body` with a group of its own, and ends when the body and every task spawned in the group have ended.
 *
 * If one of them fails, the others are cancelled and waited for, and a GroupError with every error is thrown.
 * `g.cancel()` cancels all of them.
 *
 * @throws {GroupError} With the errors of body and children; never with cancellations.
 * @throws {CancelledError} If the task was cancelled, or `g.cancel()` cut the body off and there is no `onCancel`.
 * @example
 * ```ts
 * import { group, run, sleep } from "@skein/coroutine";
 *
 * await run(() => group(function* (g) {
 *   g.spawn(function* tick() { for (let i = 1; i <= 2; i++) { yield* sleep(5); console.log("tick", i); } });
 *   console.log("body done, children not");
 * }));
 * ```
 */
export function group<T>(body: (g: TaskGroup) => Operation<T>, options?: GroupOptions<T>): Operation<T> {
  requireFunction(body, "open a group");
  checkScopeOptions(options, "open a group");
  if (options?.onCancel !== undefined) requireFunction(options.onCancel, "open a group", "onCancel");
  return expectUse(runGroup(body, options));
}

/** @internal `alone`: how an error of the body comes out if there is no other. That of a run's main is not wrapped. */
export function runGroup<T>(
  body: (g: TaskGroup) => Operation<T>,
  options: GroupOptions<T> | undefined,
  alone: "wrapped" | "bare" = "wrapped",
): Operation<T> {
  return runBlock(
    (task) => new TaskGroup(task, task.scope, options),
    body,
    (g, failed, error): T => {
      if (g.hasErrors(failed, error)) {
        const all = g.toError(failed, error);
        throw alone === "bare" && failed && all.errors.length === 1 && all.errors.includes(error) ? error : all;
      }
      if (!g.absorbs(error)) throw error;
      g.cancelCaught = true;
      if (options?.onCancel) return options.onCancel();
      throw g.cancellation?.byDeadline ? new TimeoutError(`${g.describe()} ran out of time`, { cause: error }) : error;
    },
  );
}
