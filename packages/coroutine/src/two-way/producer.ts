/**
 * A task whose generator also yields items: rules P1–P4 of `operation.ts`. Two-way coroutines and generator sources
 * of streams are both made of it.
 */
import { bridge, type CancelledError, cancelWith, MisuseError, type Scheduler, WAIT, type Wait } from "@skein/future";
import { WouldBlockError } from "../errors.ts";
import type { TaskGroup } from "../group/group.ts";
import { type Answer, ITEM, ENDED as NO_MORE, WAITS } from "../operation.ts";
import { dueAsk } from "../scope/delivery.ts";
import { deliver, errorOf } from "../scope/ending.ts";
import { type Frame, recognise, requireFunction, requireOptions, resume, show, start } from "../task/body.ts";
import { drive, enter, FUEL, leave, threw } from "../task/drive.ts";
import { ASKED, CREATED, ENDED, LOOK, NEXT, RUNNING, SUSPENDED, THROW } from "../task/stage.ts";
import { Task } from "../task/task.ts";
import { stepInContext } from "../task/turn.ts";

/** Items that a producer may still yield while it is being closed, before it is ended by force. */
const MAX_LATE_ITEMS = 16;

export interface ProducerOptions {
  readonly name?: string | undefined;
  /** Called once after each answer WAITS, when there is an item or the end. Must not run user code. */
  readonly onReady: () => void;
}

/**
 * What `produce` starts: a task that gives an item when it is asked.
 *
 * @example
 * ```ts
 * import { group, ITEM, produce, run } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* group(function* (g) {
 *     const letters = produce(
 *       g,
 *       function* () {
 *         yield "a";
 *         yield "b";
 *       },
 *       { onReady: () => {} },
 *     );
 *     while (letters.ask() === ITEM) console.log(letters.item); // a, b
 *   });
 * });
 * ```
 */
export class Producer<Out, R, In = unknown> extends Task<R> {
  /** The item of the last answer ITEM. */
  item: Out | undefined;
  private readonly onReady: () => void;
  /** @internal An answer to WAITS has not come yet. */
  asked: boolean;
  private lateItems: number;
  private closingNow: boolean;
  private thrownIn: unknown;

  /** @internal */
  constructor(
    loop: Scheduler,
    group: TaskGroup | null,
    body: () => Generator<Out | Wait, R, In>,
    options: ProducerOptions,
  ) {
    const name = options.name ?? (body.name || undefined);
    super(loop, name, group, start(body, `step ${name ?? "a producer"}`), true);
    this.item = undefined;
    this.onReady = options.onReady;
    this.asked = false;
    this.lateItems = 0;
    this.closingNow = false;
    this.thrownIn = undefined;
    // In the stack of who asks, it keeps its own context nevertheless. Settled here, so that elsewhere no step looks.
    const { enterHere } = this;
    if (loop.bind !== undefined) {
      this.enterHere = (...step) => stepInContext(this as unknown as Task<unknown>, () => enterHere.apply(this, step));
      this.ask = (value) => this.stepWith(NEXT, value);
    }
  }

  /** True while it can be asked: it was not started yet, or stands at an item. */
  override get idle(): boolean {
    return this.stage === CREATED || this.stage === SUSPENDED;
  }

  /** Steps it with `value`, in the caller's stack. (P1) @throws {WouldBlockError} While an answer is outstanding. (P2) */
  ask(value?: In): Answer {
    if (this.stage !== SUSPENDED || this.trouble !== null) return this.stepWith(NEXT, value);
    const task = this as unknown as Task<unknown>;
    const { running, fuel } = bridge;
    bridge.running = task;
    bridge.fuel = FUEL;
    this.stage = RUNNING;
    try {
      this.goOn(task, value);
    } finally {
      leave(running, fuel);
    }
    return this.answerOfStep();
  }

  /** As `ask`, throwing `error` at its yield. */
  askThrow(error: unknown): Answer {
    if (this.idle) this.thrownIn = error;
    return this.stepWith(THROW, error);
  }

  /** As `cancel`, and the throw happens now, in the caller's stack, unless it is running. */
  close(reason?: unknown): void {
    const posted = this.stage === ASKED; // a cancel from further out was first: the loop delivers it
    this.closingNow = true;
    this.cancel(reason);
    this.closingNow = false;
    if (!posted && this.stage === ASKED) this.enterHere();
  }

  /** @internal */
  override askSoon(): void {
    if (this.closingNow) this.stage = ASKED;
    else super.askSoon();
  }

  /** @internal P4: one that was never asked has nothing to end. */
  override review(): void {
    if (this.stage !== CREATED) {
      super.review();
      return;
    }
    const error = dueAsk(this as Task<unknown>)?.cancellation?.error;
    if (error === undefined) return;
    this.frame = null;
    cancelWith(this, error);
    this.end();
    this.base?.remove(this as Task<unknown>);
  }

  /** @internal An item; while it is being closed, the item is dropped and the cancellation repeated. (P3) */
  override yielded(value: unknown): unknown {
    if ((value as unknown) === WAIT) return super.yielded(value);
    const closing = this.closing();
    if (closing !== undefined) {
      this.lateItems++;
      return closing;
    }
    if (this.scope !== this.base) {
      return new MisuseError(
        `Cannot yield ${show(value)} in ${this.describe()}: a scope is open around it; yield after it.`,
      );
    }
    this.item = value as Out;
    this.thrownIn = undefined;
    this.stage = SUSPENDED;
    if (this.asked) {
      this.tell();
      this.base?.closeIdle();
    }
    return undefined;
  }

  /** The cancellation that it is ending by, or has to from now on. */
  private closing(): CancelledError | undefined {
    const { trouble } = this;
    if (trouble === null) return undefined;
    if (trouble.ask !== null) return errorOf(trouble.ask.scope);
    const scope = dueAsk(this as Task<unknown>);
    if (scope === null) return undefined;
    deliver(this as Task<unknown>, scope);
    return errorOf(scope);
  }

  /** @internal */
  override get thrownAtItem(): unknown {
    return this.thrownIn;
  }

  /** @internal */
  override isExhausted(): boolean {
    return this.lateItems > MAX_LATE_ITEMS;
  }

  /** @internal */
  override end(): void {
    super.end();
    this.thrownIn = undefined;
    this.tell();
  }

  /** @internal Steps it in the caller's stack; without a mode, as the loop would. */
  protected enterHere(mode?: typeof NEXT | typeof THROW, value?: unknown): void {
    if (mode === undefined) {
      this.step();
      return;
    }
    enter(this as unknown as Task<unknown>, mode, value);
  }

  private stepWith(mode: typeof NEXT | typeof THROW, value: unknown): Answer {
    if (this.trouble !== null && this.stage === CREATED) this.review();
    if (this.stage === ENDED) return NO_MORE;
    if (!this.idle) {
      // Nobody has asked, so it was a cancel from further out that set it going: the answer is its end. (P3)
      if (!this.asked && this.stage !== RUNNING) return this.answerOfStep();
      throw new WouldBlockError(`Cannot step ${this.describe()}: its last step is under way; wait for its answer.`);
    }
    this.enterHere(mode, value);
    return this.answerOfStep();
  }

  private answerOfStep(): Answer {
    if (this.stage === SUSPENDED) {
      this.base?.closeIdle(); // after the answer: it is not lost to who asked
      return ITEM;
    }
    this.item = undefined;
    if (this.stage === ENDED) return NO_MORE;
    this.asked = true;
    return WAITS;
  }

  /** `drive(task, NEXT, value)`; from item to item without what a cancellation, a wait or an end needs: 53 → 39 ns. */
  private goOn(task: Task<unknown>, value: unknown): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = resume(this.frame as Frame, value);
    } catch (error) {
      const seen = recognise(error, task);
      drive(task, threw(task, seen), seen);
      return;
    }
    if (result.value === WAIT || result.done === true || this.trouble !== null || this.scope !== this.base) {
      drive(task, LOOK, result);
      return;
    }
    bridge.request = null;
    this.item = result.value as Out;
    this.stage = SUSPENDED;
  }

  private tell(): void {
    if (!this.asked) return;
    this.asked = false;
    this.onReady();
  }
}

/**
 * Starts a producer in `group`, for a layer above: rules P1–P4 of `operation.ts`.
 *
 * @throws {TypeError} If `body` is no generator function. @throws {MisuseError} If the group has ended.
 * @example
 * ```ts
 * import { group, ITEM, produce, run } from "@skein/coroutine";
 *
 * await run(function* () {
 *   yield* group(function* (g) {
 *     const letters = produce(
 *       g,
 *       function* () {
 *         yield "a";
 *         yield "b";
 *       },
 *       { onReady: () => {} },
 *     );
 *     while (letters.ask() === ITEM) console.log(letters.item); // a, b
 *   });
 * });
 * ```
 */
export function produce<Out, R, In>(
  group: TaskGroup,
  body: () => Generator<Out | Wait, R, In>,
  options: ProducerOptions,
): Producer<Out, R, In> {
  group.refuseIfEnded("produce");
  const what = `start a producer in ${group.describe()}`;
  requireFunction(body, what);
  requireOptions(options, what);
  return new Producer<Out, R, In>(group.owner.loop, group, body, options);
}
