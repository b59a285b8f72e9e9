import {
  currentScheduler,
  isCancelled,
  type Operation,
  type Scheduler,
  type TaskGroup,
  type Wait,
} from "@skein/coroutine";
import { interrupted } from "../ends.ts";
import { type End, type Host, type Pumped, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import { type PipeTarget, pipe } from "../terminals/pipe-to.ts";
import { begun, closeAll, finish } from "./closing.ts";
import { Parking } from "./parking.ts";
import { toOperation } from "./to-operation.ts";

type Gone = Extract<End, { kind: "stopped" }>;

const NOWHERE: Sink<unknown> = { push: () => false };

/**
 * A run that its target can end, also while the source is silent: it is then stopped by its peer (S7). And one that
 * begins only when the target has room: an item that nobody can take yet is not to be made (S1).
 */
export class Leash<T> implements Streamable<T> {
  readonly tasks: boolean;
  readonly open: Streamable<T>["open"];
  private host: Host | null = null;
  private room: PromiseLike<unknown> | null = null;
  private hold: ReturnType<Scheduler["hold"]> | null = null;
  private gone: Gone | null = null;
  private closed = false;

  constructor(stream: Streamable<T>) {
    this.tasks = stream.tasks;
    this.open = (host, sink) => {
      this.host = host;
      return this.guard(stream.open(host, sink));
    };
  }

  /** The target has no room; what is waited for, once, before the first item. */
  waitFor(room: PromiseLike<unknown>): void {
    this.room = room;
  }

  /** The target is gone, because of `reason`. What ended the run before that stands (S6). */
  cut(reason: unknown): void {
    if (this.closed) return;
    this.gone ??= { kind: "stopped", by: "peer", reason };
    this.host?.wake();
  }

  private guard(source: Source): Source {
    return {
      pump: (budget) => {
        if (this.gone !== null) throw this.gone.reason;
        return this.room === null ? source.pump(budget) : this.wait(this.host as Host, this.room);
      },
      close: (end) => {
        this.closed = true;
        this.hold?.release();
        return source.close(this.gone ?? end);
      },
    };
  }

  private wait({ scheduler }: Host, room: PromiseLike<unknown>): Pumped {
    if (this.hold !== null) return WAIT;
    this.hold = scheduler.hold("a target with room"); // a promise of the platform: virtual time stands still for it
    const go = (): void => {
      this.room = null;
      this.hold?.release();
      this.host?.wake();
    };
    room.then(go, go); // if it failed we are cut as well
    return WAIT;
  }

  /** Pipes to `target`. @throws Its reason, if the target has gone; else as `pipe`. */
  *pipe(target: Required<PipeTarget<T>>, owner: TaskGroup | null): Generator<Wait, void, unknown> {
    const both: PipeTarget<T> = {
      send: (item) => target.send(item),
      close: () => target.close(),
      fail: (error) => closeAll([toOperation(target.fail(error)) as Operation<void>, this.abandon(error, owner)]),
    };
    try {
      yield* pipe(this, both, owner);
    } catch (error) {
      throw this.gone !== null && isCancelled(error) ? this.gone.reason : error; // C4
    }
  }

  /** Cancelled before it was opened: what it would have read is to be told all the same, as by the platform's `pipeTo`. */
  private abandon(error: unknown, owner: TaskGroup | null): Operation<void> | undefined {
    if (this.host !== null) return undefined;
    const scheduler = currentScheduler();
    return begun(() => {
      const closing = this.open(new Parking(scheduler, owner), NOWHERE).close(interrupted(error, scheduler.now()));
      return closing && finish(closing);
    });
  }
}
