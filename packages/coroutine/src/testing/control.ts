/** What a test's body can do with its own time: the second argument of the body. */
import type { Random, VirtualLoop } from "@skein/future/testing";
import type { Operation } from "../operation.ts";
import { requireMs } from "../task/body.ts";
import type { Births } from "./births.ts";
import type { Journal } from "./journal.ts";
import type { Watched } from "./leaks.ts";
import type { TestLoop } from "./test-loop.ts";
import { untilAllBlocked, WishFor } from "./wish.ts";

/**
 * A test's hold on its loop, its clock and its chance.
 *
 * @example
 * ```ts
 * import { sleep } from "@skein/coroutine";
 * import { runTest } from "@skein/coroutine/testing";
 *
 * await runTest(function* (root, control) {
 *   root.spawn(function* () {
 *     yield* sleep(3_600_000);
 *     control.say("an hour later");
 *   });
 *   yield* control.advance(3_600_000);
 *   console.log(control.now()); // 3600000
 * });
 * ```
 */
export class TestControl {
  /** Where the body runs. Do not run it yourself: the test does. */
  readonly loop: VirtualLoop;
  /** What replays this run. */
  readonly seed: number;
  /** Chance for the body, from the same seed: what `Math.random` is, too, while the loop runs. */
  readonly random: Random;
  /** @internal */ readonly watched: Watched[] = [];
  private readonly journal: Journal;
  private readonly births: Births;
  private readonly reports: unknown[];

  /** @internal */
  constructor(loop: TestLoop, journal: Journal, births: Births) {
    this.loop = loop;
    this.seed = loop.seed;
    this.random = loop.random;
    this.journal = journal;
    this.births = births;
    this.reports = loop.reports;
  }

  /** Virtual milliseconds since the test began. */
  now(): number {
    return this.loop.now();
  }

  /** Adds a line to the log of the test, with the time and the name of the running task. */
  say(text: string): void {
    this.journal.write(text);
  }

  /** Lets `ms` go by, running all that falls due, and gives the task its turn when it is over. @throws {RangeError} If it is not 0 or more, or not finite. */
  advance(ms: number): Operation<void> {
    requireMs(ms, "advance the time");
    if (ms < 0 || ms === Number.POSITIVE_INFINITY) {
      throw new RangeError(`Cannot advance the time by ${ms} ms: give a finite number of milliseconds, 0 or more.`);
    }
    return new WishFor<void>({ kind: "advance", ms });
  }

  /** Jumps to the next deadline and runs what is due. @returns false if there was none. */
  advanceToNext(): Operation<boolean> {
    return new WishFor<boolean>({ kind: "next" });
  }

  /** Takes the errors that were reported to the loop so far: left there, they fail the test. */
  takeReports(): unknown[] {
    return this.reports.splice(0);
  }

  /** Waits until every other task is blocked; the time stands still. */
  untilIdle(): Operation<void> {
    return untilAllBlocked();
  }

  /**
   * Counts something among what may not outlive the test.
   *
   * @param isOpen Asked when the test is over.
   */
  watch(kind: string, name: string, isOpen: () => boolean): void {
    const birth = this.births.note(name);
    this.watched.push({ kind, name, isOpen, bornAt: birth.at() });
  }
}
