/** The log of one run: what each task did, by name, with virtual times. */
import { bridge, type Scheduler } from "@skein/future";
import { type Instrument, instrument, type Stoppable } from "../inspect/instrument.ts";
import { say, show } from "../task/body.ts";
import { ASKED, ENDED } from "../task/stage.ts";
import type { Task } from "../task/task.ts";

/** Beyond that the oldest half is dropped: a test may run for virtual days. */
const MAX_LINES = 20_000;

/** What else wants to be told of the tasks of one loop. */
export type Onlooker = Instrument;

export class Journal implements Stoppable {
  readonly lines: string[] = [];
  private dropped = 0;
  private readonly loop: Scheduler;
  private readonly names = new Map<Task<unknown>, string>();
  private readonly used = new Map<string, number>();
  private ended: Task<unknown>[] = [];
  private readonly watching: Stoppable;

  /** @param others Told of the same tasks, after the log. */
  constructor(loop: Scheduler, others: readonly Onlooker[]) {
    this.loop = loop;
    const tell =
      (what: keyof Instrument, log: (task: Task<unknown>) => void) =>
      (task: Task<unknown>): void => {
        if (task.loop !== loop) return;
        log(task);
        for (const other of others) other[what]?.(task);
      };
    this.watching = instrument({
      spawned: tell("spawned", (task) => this.spawned(task)),
      beforeStep: tell("beforeStep", (task) => this.beforeStep(task)),
      afterStep: tell("afterStep", (task) => this.afterStep(task)),
      ended: tell("ended", (task) => void this.ended.push(task)),
    });
  }

  stop(): void {
    this.watching.stop();
  }
  [Symbol.dispose](): void {
    this.stop();
  }

  /** The lines, and how many were dropped before them. */
  get log(): string[] {
    return this.dropped === 0 ? [...this.lines] : [`… ${this.dropped} lines before`, ...this.lines];
  }

  /** How many lines there were, dropped ones too. */
  get length(): number {
    return this.dropped + this.lines.length;
  }

  /** What the log calls a task: by its name, numbered where several have the same. */
  nameOf(task: Task<unknown>): string {
    let name = this.names.get(task);
    if (name === undefined) {
      const uses = (this.used.get(task.name) ?? 0) + 1;
      this.used.set(task.name, uses);
      name = uses === 1 ? task.name : `${task.name}#${uses}`;
      this.names.set(task, name);
    }
    return name;
  }

  /** Adds a line in the name of the running task. */
  write(text: string): void {
    const task = bridge.running as Task<unknown> | null;
    this.line(task === null ? "outside" : this.nameOf(task), text);
  }

  private line(who: string, text: string): void {
    if (this.lines.length >= MAX_LINES) {
      this.lines.splice(0, MAX_LINES / 2);
      this.dropped += MAX_LINES / 2;
    }
    this.lines.push(`${this.loop.now()} ${who}: ${text}`);
  }

  private spawned(task: Task<unknown>): void {
    const by = bridge.running as Task<unknown> | null;
    this.line(this.nameOf(task), by === null ? "is started" : `is spawned by ${this.nameOf(by)}`);
  }

  private beforeStep(task: Task<unknown>): void {
    if (task.stage === ASKED) this.line(this.nameOf(task), "is told that it was cancelled");
  }

  private afterStep(task: Task<unknown>): void {
    if (task.stage !== ENDED) this.line(this.nameOf(task), `waits for ${task.request?.describe() ?? "its next turn"}`);
    for (const over of this.ended) this.line(this.nameOf(over), endOf(over)); // the outcome is there only by now
    if (this.ended.length > 0) this.ended = [];
  }
}

function endOf(task: Task<unknown>): string {
  const outcome = task.peek();
  if (outcome === undefined) return "ends";
  if (outcome.status === "fulfilled") return outcome.value === undefined ? "ends" : `returns ${show(outcome.value)}`;
  if (outcome.status === "cancelled") {
    return outcome.reason === undefined ? "ends cancelled" : `ends cancelled: ${say(outcome.reason)}`;
  }
  return `fails: ${say(outcome.reason)}`;
}
