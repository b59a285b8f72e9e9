import { MisuseError, type Scheduler, type Task, type TaskGroup, type TimerHandle } from "@skein/coroutine";
import { DONE, failed, NOBODY_LEFT } from "../ends.ts";
import { MemoryLog } from "../log/log.ts";
import type { Lagged } from "../log/stream-log.ts";
import { Parking } from "../run/parking.ts";
import type { End, Host, Sink, Source, Streamable } from "../source.ts";
import { forEach } from "../terminals/for-each.ts";
import { SharedReader } from "./shared-reader.ts";

/** The options of `share`, complete. */
export interface SharedSettings {
  readonly replay: number;
  readonly slow: "wait" | "drop" | "lag" | "evict";
  readonly capacity: number;
  readonly idleMs: number;
}

const shutDown = (reason: unknown): End => ({ kind: "stopped", by: "shutdown", reason });

/**
 * What the readers of a shared stream have in common: the task that runs the source, and the log that it fills.
 *
 *     idle ── first pump ────► running ── end, failure ──► ended (for ever)
 *      ▲                          │
 *      └── idleMs without one ────┘
 */
export class Shared<T> {
  readonly settings: SharedSettings;
  private readonly upstream: Streamable<T>;
  private readonly owner: TaskGroup;
  private readonly readers = new Set<SharedReader<T>>();
  private log: MemoryLog<T> | null = null;
  private task: Task<void> | null = null;
  private idleTimer: TimerHandle | null = null;
  /** Where the producer waits for readers that are behind, with `slow: "wait"`. */
  private room: Parking | null = null;

  constructor(upstream: Streamable<T>, owner: TaskGroup, settings: SharedSettings) {
    this.upstream = upstream;
    this.owner = owner;
    this.settings = settings;
  }

  open(host: Host, sink: Sink<T | Lagged>): Source {
    this.idleTimer?.cancel();
    this.idleTimer = null;
    this.log ??= this.prepare(host);
    const from = Math.max(this.log.first, this.log.next - this.settings.replay);
    const reader = new SharedReader<T>(this, this.log, from, host, sink);
    this.readers.add(reader);
    return reader;
  }

  private prepare({ scheduler }: Host): MemoryLog<T> {
    const { replay, capacity } = this.settings;
    this.room = new Parking(scheduler, null);
    return new MemoryLog<T>({ keep: Math.max(replay, capacity) });
  }

  /** A reader asks: the source is started, if it was not. */
  start({ scheduler }: Host, log: MemoryLog<T>): void {
    if (this.task !== null || log.ended !== null) return;
    const produce = () =>
      forEach(this.upstream, (item) => {
        log.append(item);
        return this.isFull(log) ? this.waitForRoom(log) : undefined;
      });
    try {
      const task = this.owner.spawn(produce, { name: "share", onError: "owner" });
      task.addDoneCallback(() => this.ended(log, task, scheduler));
      this.task = task;
    } catch (error) {
      if (!(error instanceof MisuseError)) throw error;
      log.end(shutDown(this.owner.signal.reason)); // the owner has ended already
    }
  }

  private isFull(log: MemoryLog<T>): boolean {
    if (this.settings.slow !== "wait") return false;
    for (const reader of this.readers) if (log.next - reader.cursor >= this.settings.capacity) return true;
    return false;
  }

  private *waitForRoom(log: MemoryLog<T>) {
    while (this.isFull(log)) yield* this.room as Parking;
  }

  /** A reader that was `capacity` behind has moved or left. */
  madeRoom(): void {
    this.room?.wake();
  }

  private ended(log: MemoryLog<T>, task: Task<void>, scheduler: Scheduler): void {
    const { outcome } = task;
    if (this.task === task) this.idleTimer?.cancel();
    else if (outcome?.status === "rejected") {
      // It was stopped, so no reader will come to this log, and a failure must not be lost.
      scheduler.reportError(outcome.reason, { what: "failed after its close", name: "share" });
    }
    if (outcome?.status === "fulfilled") log.end(DONE);
    else if (outcome?.status === "rejected") log.end(failed(outcome.reason));
    else log.end(shutDown(outcome?.reason));
  }

  leave(reader: SharedReader<T>): void {
    if (!this.readers.delete(reader)) return; // closed before
    this.madeRoom();
    const { idleMs } = this.settings;
    if (this.readers.size > 0 || this.task === null || this.task.outcome !== undefined) return;
    if (idleMs === 0) this.stop();
    else if (idleMs !== Number.POSITIVE_INFINITY) {
      this.idleTimer = reader.host.scheduler.callLater(idleMs, () => this.stop());
    }
  }

  private stop(): void {
    this.task?.cancel(NOBODY_LEFT);
    this.task = this.log = this.room = null;
  }
}
