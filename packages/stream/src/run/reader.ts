import {
  currentScheduler,
  dequeue,
  enqueue,
  Future,
  type Operation,
  openWatch,
  PAUSE,
  parkOn,
  type Request,
  type Resource,
  ready,
  type Scheduler,
  shift,
  type TaskGroup,
  takeResumed,
  type Wait,
  Waitable,
  type Waiter,
  type WaiterNode,
  wakeAll,
} from "@skein/coroutine";
import { DONE, ENOUGH, failed, interrupted } from "../ends.ts";
import { END, type End, type Host, type Pumped, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import { beginClosing, closeAll, finish } from "./closing.ts";
import { Lodging } from "./lodging.ts";
import { Pace } from "./pace.ts";

/** Takes a stream's items one by one: `yield* reader.next()`. Several tasks may ask; they are answered in order. */
export interface Reader<T> {
  /**
   * The next item, or `{ done: true }` for ever after the end.
   * @throws What the source threw, once. A cancelled `next` has taken nothing.
   */
  next(): Operation<IteratorResult<T, undefined>>;
}

/** For `use`: the run is opened in the task that uses it and closed with its block. */
export function readerOf<T>(stream: Streamable<T>): Resource<Reader<T>> {
  return {
    *acquire(): Generator<Wait, ReaderRun<T>, unknown> {
      const scheduler = currentScheduler();
      if (!stream.tasks) return new ReaderRun(stream, scheduler, null, null);
      const opened = Future.withResolvers<TaskGroup>({ loop: scheduler, name: "a reader's owner" });
      const lodging = new Lodging(scheduler, "reader", opened.resolve);
      try {
        return new ReaderRun(stream, scheduler, yield* opened.future, lodging);
      } catch (error) {
        yield* finish(lodging.close());
        throw error;
      }
    },

    /** How the block was left is how the run ends. (S6) */
    release(reader, error) {
      const run = reader as ReaderRun<T>;
      const end = error === undefined ? ENOUGH : interrupted(error, run.scheduler.now());
      const closing = closeAll([run.close(end), run.lodging?.close()]);
      return closing && finish(closing);
    },
  };
}

/** Pumps in the stack of the task that asks, so an item that is there costs no task switch. */
class ReaderRun<T> implements Reader<T>, Host, Sink<T>, Request {
  readonly scheduler: Scheduler;
  readonly owner: TaskGroup | null;
  readonly lodging: Lodging | null;
  firstWaiter: WaiterNode | null = null;
  private readonly source: Source;
  private readonly pace: Pace;
  private readonly nextItem: NextItem<T> = new NextItem(this);
  private item: IteratorYieldResult<T> | null = null;
  private end: End | null = null;
  /** A wake that came while nobody was parked: it may have been for what the last pump just missed. */
  private woken = false;
  /** The first in line was woken, and has not asked yet: until then nobody passes it. */
  private called = false;
  /** Who parks next was the first in line, and stays that. */
  private first = false;
  /** So much was given without a wait that others have to run first. */
  private turnOver = false;

  constructor(stream: Streamable<T>, scheduler: Scheduler, owner: TaskGroup | null, lodging: Lodging | null) {
    this.scheduler = scheduler;
    this.owner = owner;
    this.lodging = lodging;
    this.pace = new Pace(scheduler);
    this.source = stream.open(this, this);
    openWatch?.("stream", "reader", () => this.end === null);
  }

  next(): Operation<IteratorResult<T, undefined>> {
    return this.nextItem;
  }

  get waiting(): boolean {
    return this.firstWaiter !== null && !this.called;
  }

  wake(): void {
    if (this.end !== null) return;
    const waiter = this.called ? null : shift(this);
    if (waiter === null) {
      this.woken = true;
      return;
    }
    this.called = true;
    waiter.wake();
  }

  push(item: T): boolean {
    if (this.end === null) this.item = { done: false, value: item };
    return false;
  }

  /** Pumps until there is an item or the end; null: to be waited for. Who was not `called` has to stand in line. */
  take(called: boolean): IteratorResult<T, undefined> | null {
    if (called) {
      this.called = this.turnOver = false;
      this.pace.rested();
    } else if (this.called || this.firstWaiter !== null) return this.later(false);
    else if (this.turnOver) return this.giveWay();
    while (this.end === null) {
      this.woken = false;
      const pumped = this.pump();
      const { item } = this;
      this.item = null;
      if (item !== null) {
        this.turnOver = this.pace.tired(1);
        if (this.firstWaiter !== null) this.wake(); // the next in line may ask now
        return item;
      }
      if (pumped === WAIT) return this.later(true);
      if (pumped === END) this.finish(DONE);
      else if (this.pace.tired()) return this.giveWay();
    }
    return { done: true, value: undefined };
  }

  /** To be called again after the others. */
  private giveWay(): null {
    this.woken = true;
    return this.later(true);
  }

  /** The wake does not depend on who asks being let park: whoever is cancelled now leaves it to the next in line. */
  private later(first: boolean): null {
    this.first = first;
    if (first && this.woken) this.scheduler.callSoon(wake, this as ReaderRun<unknown>); // when the others have had a turn
    return null;
  }

  private pump(): Pumped {
    try {
      return this.source.pump(this.pace.budget);
    } catch (error) {
      this.finish(failed(error));
      throw error;
    }
  }

  private finish(end: End): void {
    this.end ??= end;
    this.called = false;
    wakeAll(this);
  }

  close(end: End): Operation<void> | undefined {
    this.finish(end);
    return beginClosing(this.source, this.end as End);
  }

  park(waiter: Waiter): void {
    enqueue(this, waiter);
    if (this.first) this.firstWaiter = waiter; // of a ring: the last is the first now
  }
  unpark(waiter: Waiter): void {
    dequeue(this, waiter);
  }
  describe(): string {
    return "a reader's next item";
  }
}

const wake = (run: ReaderRun<unknown>): void => run.wake();

class NextItem<T> extends Waitable<IteratorResult<T, undefined>> {
  private readonly run: ReaderRun<T>;
  constructor(run: ReaderRun<T>) {
    super();
    this.run = run;
  }
  next(): IteratorResult<Wait, IteratorResult<T, undefined>> {
    const called = takeResumed();
    if (!called && !ready()) return parkOn(PAUSE);
    const value = this.run.take(called);
    return value === null ? parkOn(this.run) : { done: true, value };
  }
}
