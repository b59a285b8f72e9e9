import { isCancelled, type Operation, openWatch, run, type Scheduler, type TaskGroup } from "@skein/coroutine";
import { DONE, failed } from "../ends.ts";
import { END, type End, type Host, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import { beginClosing, closeAll, finish } from "./closing.ts";
import { Lodging } from "./lodging.ts";
import { Pace } from "./pace.ts";

/** Who takes the items of an `OuterRun`. */
export interface Outlet<T> {
  /** True while it wants an item now. */
  readonly hungry: boolean;
  take(item: T): void;
  /** The run has ended so, and all its cleanup is over; `cleanup` holds what that threw. Called once. */
  over(end: End, cleanup: { readonly error: unknown } | null): void;
}

/**
 * A run that is consumed from outside any task: pumped in the stack of who asks, and then, where it had to wait, in
 * a callback of the loop. A task exists only if the stream needs an owner for its own, or for a cleanup that waits.
 *
 *     new ── ask ──► housing (tasks only) ──► opening ──► idle ⇄ pumping ⇄ resting (WAIT, or its turn is over)
 *                                                          └── END, throw, close() ──► closing ──► over
 */
export class OuterRun<T> implements Host, Sink<T> {
  readonly scheduler: Scheduler;
  owner: TaskGroup | null = null;
  private readonly stream: Streamable<T>;
  private readonly outlet: Outlet<T>;
  private readonly name: string;
  private state: "new" | "housing" | "opening" | "idle" | "tired" | "pumping" | "parked" | "scheduled" | "closing" =
    "new";
  private woken = false;
  /** How many items the pump has given. */
  private given = 0;
  /** The last of them was enough; whoever is hungry again asks. (A ReadableStream is slow to tell.) */
  private full = false;
  private source: Source | null = null;
  private lodging: Lodging | null = null;
  private pace: Pace | null = null;
  private abandoned: End | null = null;

  constructor(stream: Streamable<T>, outlet: Outlet<T>, scheduler: Scheduler, name: string) {
    this.stream = stream;
    this.outlet = outlet;
    this.scheduler = scheduler;
    this.name = name;
    openWatch?.("stream", name, () => this.state !== "new" && !this.isClosing(), scheduler);
  }

  get waiting(): boolean {
    return this.state === "parked" && this.outlet.hungry;
  }

  /** Says that the outlet is hungry: it may be fed before this returns, if not so many were that others have to run first. */
  ask(): void {
    this.full = false;
    if (this.state === "idle") this.pump();
    else if (this.state === "tired") this.schedule();
    else if (this.state === "new") this.begin();
  }

  wake(): void {
    if (this.state === "parked") this.schedule();
    else this.woken = true;
  }

  push(item: T): boolean {
    if (this.isClosing()) return false;
    this.given++;
    this.outlet.take(item);
    this.full = this.isClosing() || !this.outlet.hungry;
    return !this.full;
  }

  /** Ends the run from the consumer's side; what ended first stands. Legal inside `take`. */
  close(end: End): void {
    if (this.isClosing()) return;
    if (this.state === "opening") {
      this.abandoned ??= end; // by what opens it: there will be something to close when that has returned
      return;
    }
    this.state = "closing";
    const closing = beginClosing(this.source, end);
    if (closing === undefined && this.lodging === null) this.outlet.over(end, null);
    else this.wait(end, closing);
  }

  /**
   * As `close`, for who holds the run and may have asked for nothing yet: what it would have read (another's stream,
   * say) is to be told all the same. It is opened then, and closed before the first pump. (S4)
   */
  abandon(end: End): void {
    if (this.state === "new" || this.state === "housing") {
      this.abandoned ??= end;
      if (this.state === "new") this.begin();
    } else this.close(end);
  }

  private isClosing(): boolean {
    return this.state === "closing";
  }

  private begin(): void {
    if (!this.stream.tasks) {
      this.open(null);
      return;
    }
    this.state = "housing";
    this.lodging = new Lodging(this.scheduler, this.name, (owner) => this.open(owner));
  }

  private open(owner: TaskGroup | null): void {
    if (this.isClosing()) return; // closed before its tasks had an owner: nothing of it is to start (S4)
    this.owner = owner;
    this.state = "opening";
    let refused: End | null = null;
    try {
      this.source = this.stream.open(this, this);
    } catch (error) {
      refused = failed(error);
    }
    this.state = "idle";
    const end = refused ?? this.abandoned;
    if (end === null) this.pump();
    else this.close(end);
  }

  private schedule(): void {
    this.state = "scheduled";
    this.scheduler.callSoon(resume, this as OuterRun<unknown>);
  }

  /** @internal */
  resume(): void {
    if (this.state !== "scheduled") return;
    this.state = "idle";
    this.pace?.rested();
    if (this.outlet.hungry) this.pump();
  }

  private pump(): void {
    this.state = "pumping";
    try {
      const end = this.pumpOn(this.source as Source);
      if (end) this.close(DONE);
    } catch (error) {
      if (!this.isClosing()) this.close(failed(error));
      else if (!isCancelled(error)) {
        // By a function that has closed the run: nobody is left to be told, and a failure must not be lost.
        this.scheduler.reportError(error, { what: "failed after its close", name: this.name });
      }
    }
  }

  /** Pumps until the outlet has had enough or there is nothing more to do now; true: the source has ended. */
  private pumpOn(source: Source): boolean {
    this.pace ??= new Pace(this.scheduler);
    for (;;) {
      this.woken = false;
      this.given = 0;
      const pumped = source.pump(this.pace.budget);
      if (this.isClosing()) return false;
      if (pumped === END) return true;
      if (this.full) {
        this.state = this.pace.tired(this.given) ? "tired" : "idle";
        return false;
      }
      if (pumped === WAIT) {
        if (this.woken) continue;
        this.state = "parked";
        return false;
      }
      if (this.pace.tired()) {
        this.schedule();
        return false;
      }
    }
  }

  private wait(end: End, closing: Operation<void> | undefined): void {
    const { lodging, scheduler, name } = this;
    const all = closeAll([closing && finish(closing), lodging?.close()]) as Operation<void>;
    const cleanup = run(() => all, { loop: scheduler, name: `closing ${name}` });
    cleanup.addDoneCallback(() => {
      const { outcome } = cleanup;
      this.outlet.over(end, outcome?.status === "fulfilled" ? null : { error: outcome?.reason });
    });
  }
}

const resume = (run: OuterRun<unknown>): void => run.resume();
