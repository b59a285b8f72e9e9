/** One run of a test's body: from a fresh loop to what came of it. */

import { ChildFailedError } from "../errors.ts";
import type { TaskGroup } from "../group/group.ts";
import type { Operation } from "../operation.ts";
import { run } from "../run.ts";
import { isA, say } from "../task/body.ts";
import { roots } from "../task/roots.ts";
import type { Task } from "../task/task.ts";
import { Births } from "./births.ts";
import type { Choose } from "./choose.ts";
import { TestControl } from "./control.ts";
import { Doorbell } from "./doorbell.ts";
import { drive, hostTurn, wipe } from "./drive.ts";
import { followClock } from "./foreign-clock.ts";
import { Journal, type Onlooker } from "./journal.ts";
import { LeakWatch } from "./leaks.ts";
import type { TestBody, TestOptions } from "./options.ts";
import type { Choice } from "./ready-queue.ts";
import { amended, DeadlockError, type Findings, LeakError, TestFailedError } from "./test-errors.ts";
import { TestLoop } from "./test-loop.ts";
import { blockedAmong, cycleAmong, livingOn } from "./wait-graph.ts";

export interface Play {
  readonly options: TestOptions;
  readonly seed: number;
  /** Which of several runs it is. */
  readonly run: number;
  readonly choose: Choose | undefined;
  /** For the failure's message: how to see it again. */
  readonly replay?: string;
  /** True: to end cancelled is no failure. */
  readonly mayBeCancelled?: boolean;
  /** Told of the run's tasks, once it is set up. */
  readonly onlooker?: (task: Task<unknown>, t: TestControl) => Onlooker;
}

export interface Played<T> {
  readonly outcome: ReturnType<Task<T>["peek"]>;
  readonly failure: TestFailedError | undefined;
  readonly choices: readonly Choice[];
  readonly log: readonly string[];
  /** How much there was to tell: how long the run was, for whoever wants to run it again. */
  readonly steps: number;
  nameOf(actor: object): string;
}

export async function play<T>(
  body: TestBody<T>,
  { options, seed, run: index, choose, replay, mayBeCancelled, onlooker }: Play,
): Promise<Played<T>> {
  const births = new Births();
  const bell = new Doorbell();
  const loop = new TestLoop({ seed, maxCallbacks: options.maxCallbacks, choose, bell, births });
  const leakWatch = new LeakWatch(loop, births);
  const others: Onlooker[] = [leakWatch];
  const journal = new Journal(loop, others);
  const t = new TestControl(loop, journal, births);
  let giveBack = (): void => {};
  let root: TaskGroup | undefined;
  const findings = (): Findings => ({ seed, run: index, log: journal.log, replay });

  const judge = async (task: Task<unknown>): Promise<TestFailedError | undefined> => {
    const { time, hostClock, holdTimeoutMs = 20_000, maxJumps = 1_000_000 } = options;
    const manual = time === "manual";
    const hostFollows = hostClock !== undefined;
    let stuck: unknown;
    const ended = await drive({ loop, task, bell, manual, holdTimeoutMs, maxJumps, hostFollows }).catch((error) => {
      stuck = error;
      return false;
    });
    if (!ended) {
      // An error before that, also one that nobody could catch, is likelier the reason than the outcome of it.
      const first = failureIn(root, findings()) ?? reported(loop.reports, findings());
      if (first !== undefined) return first;
      return stuck === undefined ? deadlock(loop, manual, findings()) : failed(stuck, findings());
    }
    loop.advance(0); // what was to be told of its end, and timers that are due
    if (leakWatch.mayShrink) await hostTurn().then(() => loop.runUntilIdle());
    const failure = failureOf(task, mayBeCancelled === true, findings()) ?? reported(loop.reports, findings());
    if (failure !== undefined || options.leakCheck === false) return failure;
    const leaks = leakWatch.find(t.watched);
    return leaks.length === 0 ? undefined : new LeakError(leaks, findings());
  };

  try {
    if (options.hostClock !== undefined) giveBack = followClock(options.hostClock, loop);
    const main = (group: TaskGroup): Operation<T> => {
      root = group;
      return body(group, t);
    };
    const task = run(main, { loop, name: options.name ?? (body.name || "test") });
    task.addDoneCallback(() => {}); // its failure is heard of here
    if (onlooker !== undefined) others.push(onlooker(task as Task<unknown>, t));
    const failure = await judge(task as Task<unknown>).catch((error: unknown) => failed(error, findings()));
    const log = failure?.log ?? journal.log;
    if (failure !== undefined) wipe(loop, failure);
    return {
      outcome: task.peek(),
      failure,
      choices: loop.choices,
      log,
      steps: journal.length,
      nameOf: (actor) => nameOf(actor, journal),
    };
  } finally {
    giveBack();
    leakWatch.stop();
    journal.stop();
    for (const task of roots) if (task.loop === loop) roots.delete(task); // one that does not even end when it is wiped
  }
}

function deadlock(loop: TestLoop, manual: boolean, findings: Findings): DeadlockError {
  const living = livingOn(loop);
  const timers = loop.timersSet.length;
  const hint = manual && timers > 0 ? `: time is moved by hand, and ${timers} timers wait for it` : "";
  return new DeadlockError(
    blockedAmong(living),
    cycleAmong(living)?.map(({ name }) => name),
    hint,
    findings,
  );
}

function failureOf(task: Task<unknown>, mayBeCancelled: boolean, findings: Findings): TestFailedError | undefined {
  const outcome = task.peek();
  if (outcome?.status === "fulfilled" || (outcome?.status === "cancelled" && mayBeCancelled)) return undefined;
  try {
    task.result();
  } catch (error) {
    return failed(error, findings);
  }
  return undefined;
}

/** What the body or one of its tasks has failed with, where the others that were cancelled by it do not end. */
function failureIn(root: TaskGroup | undefined, findings: Findings): TestFailedError | undefined {
  const reason = root?.cancellation?.error.reason;
  if (!isA(reason, ChildFailedError)) return undefined;
  return amended(failed(reason.cause, findings), "  and what was cancelled by that does not end: see the log");
}

/** Errors that nobody could catch fail a test, too. */
function reported(reports: readonly unknown[], findings: Findings): TestFailedError | undefined {
  if (reports.length === 0) return undefined;
  if (reports.length === 1) return failed(reports[0], findings);
  return failed(new AggregateError(reports, `${reports.length} errors were reported to the loop`), findings);
}

export function failed(error: unknown, findings: Findings): TestFailedError {
  return new TestFailedError(say(error), { ...findings, cause: error });
}

const nameOf = (actor: object, journal: Journal): string =>
  actor instanceof TestLoop ? "the loop" : journal.nameOf(actor as Task<unknown>);
