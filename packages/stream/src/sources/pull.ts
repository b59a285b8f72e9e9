import type { Operation, Scheduler } from "@skein/coroutine";
import { begun, closeAll } from "../run/closing.ts";
import { untold } from "../run/untold.ts";
import { END, type End, type Host, MORE, type Pumped, type Sink, type Source, WAIT } from "../source.ts";

/**
 * A run over something of the platform that answers by promise. One pull at a time; while it is under way the loop
 * is told so, or virtual time would run past it.
 */
export abstract class PullSource<T> implements Source {
  protected readonly host: Host;
  private readonly sink: Sink<T>;
  private readonly label: string;
  private hold: ReturnType<Scheduler["hold"]> | null = null;
  private answer: IteratorResult<T, unknown> | null = null;
  private failure: { readonly error: unknown } | null = null;
  protected over = false;

  constructor(host: Host, sink: Sink<T>, label: string) {
    this.host = host;
    this.sink = sink;
    this.label = label;
  }

  /** Asks for the next item. Called once at a time, first in the first pump. Somebody's iterator may answer at once. */
  protected abstract pull(): PromiseLike<IteratorResult<T, unknown>> | IteratorResult<T, unknown>;
  /** The end has come by itself: let go of the thing. */
  protected abstract ended(): void;
  /** Starts the cleanup; `pulling` says that a pull is under way, which nobody will take. */
  protected abstract stop(end: End, pulling: boolean): Operation<void> | undefined;

  pump(budget: number): Pumped {
    if (this.over) return END;
    const { answer, failure } = this;
    if (failure !== null) {
      this.finish();
      throw failure.error;
    }
    if (answer === null) return this.ask();
    this.answer = null;
    if (answer.done) return this.finish();
    if (!this.sink.push(answer.value)) return MORE;
    return this.over ? END : budget > 1 ? this.ask() : MORE;
  }

  private finish(): typeof END {
    this.over = true;
    this.ended();
    return END;
  }

  private ask(): typeof WAIT {
    if (this.hold !== null) return WAIT;
    this.hold = this.host.scheduler.hold(this.label);
    try {
      Promise.resolve(this.pull()).then(this.settle, this.rejected);
    } catch (error) {
      this.rejected(error);
    }
    return WAIT;
  }

  private readonly rejected = (error: unknown): void => {
    // The run was closed meanwhile. An item is nobody's then; a failure must not be lost.
    if (this.over) this.host.scheduler.reportError(error, { what: "orphaned pull", name: this.label });
    else {
      this.failure = { error };
      this.settled();
    }
  };

  private readonly settle = (answer: IteratorResult<T, unknown>): void => {
    if (this.over) return;
    if (Object(answer) !== answer) {
      this.rejected(new TypeError(`Cannot take an item: next() gave ${answer}; let it give { done, value }.`));
      return;
    }
    this.answer = answer;
    this.settled();
  };

  private settled(): void {
    this.hold?.release();
    this.hold = null;
    this.host.wake();
  }

  close(end: End): Operation<void> | undefined {
    if (this.over) return undefined;
    this.over = true;
    const { failure } = this;
    const told = failure === null ? undefined : untold(this.host, end, this.label, failure.error);
    const pulling = this.hold !== null;
    this.hold?.release();
    this.hold = null;
    return closeAll([told, begun(() => this.stop(end, pulling))]);
  }
}
