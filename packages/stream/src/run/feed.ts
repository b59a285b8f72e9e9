import type { Operation, Scheduler, TaskGroup } from "@skein/coroutine";
import { END, type End, type Host, type Sink, type Source, type Streamable, WAIT } from "../source.ts";
import { beginClosing } from "./closing.ts";
import { Pace } from "./pace.ts";

/** Who takes the items of a `Feed`. */
export interface Eater<T> {
  /** True while there is room for another item. */
  readonly hungry: boolean;
  /** Takes an item. What it throws ends the feed, as a failure of the source would. */
  eat(item: T): void;
  /** The source has ended or failed: see `Feed.ended`. */
  fed(): void;
}

/**
 * The host of an operator's source that is to run ahead of its consumer: it is pumped in callbacks of the loop, while
 * the operator has room, and not only when somebody asks.
 *
 *     idle ── ask() ──► scheduled ──► pumping ── nothing there ──► parked ── wake() ──► scheduled
 *      ▲                                │
 *      └───────── no room left ─────────┘       END, throw, close(): over
 */
export class Feed<T> implements Host, Sink<T> {
  readonly scheduler: Scheduler;
  readonly owner: TaskGroup | null;
  /** How the source ended, once it has. */
  ended: { readonly error?: unknown } | null = null;
  private readonly eater: Eater<T>;
  private readonly source: Source;
  private readonly pace: Pace;
  private state: "idle" | "scheduled" | "pumping" | "parked" | "over" = "idle";
  private woken = false;

  constructor(upstream: Streamable<T>, host: Host, eater: Eater<T>) {
    this.scheduler = host.scheduler;
    this.owner = host.owner;
    this.eater = eater;
    this.pace = new Pace(host.scheduler);
    this.source = upstream.open(this, this);
  }

  get waiting(): boolean {
    return this.state === "parked" && this.eater.hungry;
  }

  /** There is room: it will be filled, soon. */
  ask(): void {
    if (this.state === "idle") this.schedule();
  }

  wake(): void {
    if (this.state === "parked") this.schedule();
    else this.woken = true;
  }

  push(item: T): boolean {
    if (this.isOver()) return false;
    this.eater.eat(item);
    return !this.isOver() && this.eater.hungry;
  }

  private isOver(): boolean {
    return this.state === "over";
  }

  private schedule(): void {
    this.state = "scheduled";
    this.scheduler.callSoon(resume, this as Feed<unknown>);
  }

  /** @internal */
  resume(): void {
    if (this.state !== "scheduled") return;
    this.pace.rested();
    this.state = "pumping";
    try {
      if (this.eater.hungry ? this.pumpOn() : this.rest("idle")) this.end({});
    } catch (error) {
      this.end({ error });
    }
  }

  /** True: the source has ended. */
  private pumpOn(): boolean {
    for (;;) {
      this.woken = false;
      const pumped = this.source.pump(this.pace.budget);
      if (this.isOver()) return false;
      if (pumped === END) return true;
      if (!this.eater.hungry) return this.rest("idle");
      if (pumped === WAIT) {
        if (this.woken) continue;
        return this.rest("parked");
      }
      if (this.pace.tired()) {
        this.schedule();
        return false;
      }
    }
  }

  private rest(state: "idle" | "parked"): false {
    this.state = state;
    return false;
  }

  private end(ended: { readonly error?: unknown }): void {
    if (this.isOver()) {
      // Closed meanwhile: nobody is left to be told, and a failure must not be lost.
      if ("error" in ended) this.scheduler.reportError(ended.error, { what: "failed after its close", name: "feed" });
      return;
    }
    this.state = "over";
    this.ended = ended;
    this.eater.fed();
  }

  close(end: End): Operation<void> | undefined {
    this.state = "over";
    return beginClosing(this.source, end);
  }
}

const resume = (feed: Feed<unknown>): void => feed.resume();
