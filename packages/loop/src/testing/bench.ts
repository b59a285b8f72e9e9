import { check } from "../callback.ts";
import type { ErrorInfo, Scheduler } from "../scheduler.ts";

/** A scheduler and the means to let time go by for it. */
export interface Subject {
  readonly scheduler: Scheduler;
  /** Lets at least `ms` go by on the scheduler's clock, and runs all that is ready or due until then. */
  advance(ms: number): void | Promise<void>;
  /** How many timers and other handles the scheduler keeps open on its host now. Left out: L7 is not checked. */
  openHandles?(): number;
}

/**
 * Makes a fresh scheduler that is ready to run and gives errors to `onError`. A scheduler with an `advance` method, such
 * as a `VirtualLoop`, is its own subject; one with neither is taken to run by itself, on real time.
 */
export type MakeScheduler = (
  onError: (error: unknown, info: ErrorInfo) => void,
) => Subject | (Scheduler & { advance?(ms: number): void });

/** What a check works on: the subject, a log, and the errors that reached the handler. */
export class Bench {
  readonly subject: Subject;
  readonly loop: Scheduler;
  readonly log: unknown[] = [];
  readonly errors: unknown[] = [];
  /** Called for each error; a check may make it throw. */
  onError: (error: unknown) => void = (error) => this.errors.push(error);

  constructor(make: MakeScheduler) {
    const made = make((error) => this.onError(error));
    check("check a scheduler", "what make() gave", made, "an object");
    this.subject = "scheduler" in made ? made : asSubject(made);
    this.loop = this.subject.scheduler;
    check("check a scheduler", "callSoon, of what make() gave,", this.loop?.callSoon);
  }

  /** A callback that writes `entry` in the log. */
  readonly write = (entry: unknown): void => void this.log.push(entry);

  async advance(ms: number): Promise<void> {
    await this.subject.advance(ms);
  }
}

function asSubject(scheduler: Scheduler & { advance?(ms: number): void }): Subject {
  if (scheduler.advance) return { scheduler, advance: (ms) => scheduler.advance?.(ms) };
  return { scheduler, advance: (ms) => new Promise<void>((resolve) => void scheduler.callLater(ms, resolve)) };
}
