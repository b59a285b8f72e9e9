/** What a test rejects with. */
import { counted } from "./counted.ts";
import { framesOf } from "./frames.ts";

/** A task that waits for what never comes. */
export interface BlockedTask {
  readonly name: string;
  /** `lock "db" (held by "writer")`. */
  readonly waitingFor: string;
}

/** What outlived the body. */
export interface Leak {
  /** `"task"`, `"timer"`, `"abort listener"`, `"lock"`, `"permits"`, `"promise"`, `"channel"`, `"stream"`, or what `t.watch` was told. */
  readonly kind: string;
  readonly name: string;
  /** `file:line:column` where it was made, or whose it is. */
  readonly bornAt: string;
}

/** What every failure of a test tells. */
export interface Findings {
  /** Replays this very schedule, as `{ seed }` or by the environment's `SKEIN_SEED`. */
  readonly seed: number;
  /** Which of the schedules it was, from 0. */
  readonly run: number;
  /** What happened, one line each: virtual milliseconds, the task, and what it did. */
  readonly log: readonly string[];
  /** How to see it again, in words. Default: by its seed. */
  readonly replay?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A body failed. `cause` is its own error.
 *
 * @example
 * ```ts
 * import { runTest, TestFailedError } from "@skein/coroutine/testing";
 *
 * try {
 *   await runTest(function* () { throw new Error("boom"); }, { seed: 7 });
 * } catch (error) {
 *   if (error instanceof TestFailedError) console.log(error.seed, error.run, error.log, error.cause);
 * }
 * ```
 */
export class TestFailedError extends Error implements Findings {
  readonly code: "TEST_FAILED" | "DEADLOCK" | "LEAK";
  readonly seed: number;
  readonly run: number;
  readonly log: readonly string[];
  /** The fewest choices that make it fail: who went before whom. Only if schedules were explored. */
  readonly switches: readonly string[] | undefined;

  constructor(what: string, findings: Findings, code: TestFailedError["code"] = "TEST_FAILED") {
    super(`${what}\n${textOf(findings)}`, "cause" in findings ? { cause: findings.cause } : undefined);
    this.name = "TestFailedError";
    this.code = code;
    this.seed = findings.seed;
    this.run = findings.run;
    this.log = findings.log;
    this.switches = undefined;
    // Frameworks show the code at the first line of a stack: it is to be where the body failed, not where that was noticed.
    this.stack = [`${nameOf[code]}: ${this.message}`, ...framesOf("cause" in findings ? findings.cause : this)].join(
      "\n",
    );
  }
}

const nameOf = { TEST_FAILED: "TestFailedError", DEADLOCK: "DeadlockError", LEAK: "LeakError" } as const;

/** Adds what was found only after the failure. */
export function withSwitches(failure: TestFailedError, switches: readonly string[]): TestFailedError {
  const lines =
    switches.length === 0 ? ["    nothing: a real loop's order fails, too"] : switches.map((line) => `    ${line}`);
  (failure as { switches: readonly string[] }).switches = switches;
  return amended(failure, `  what it takes:\n${lines.join("\n")}`);
}

/** Adds lines to the message, and so to the stack. */
export function amended(failure: TestFailedError, lines: string): TestFailedError {
  const { message, stack = message } = failure;
  failure.message = `${message}\n${lines}`;
  failure.stack = stack.replace(message, () => failure.message);
  return failure;
}

/**
 * Nothing can ever wake these tasks: no callback is ready, no timer is set, and no promise is waited for.
 *
 * @example
 * ```ts
 * import { Event } from "@skein/coroutine";
 * import { DeadlockError, runTest } from "@skein/coroutine/testing";
 *
 * const failure = await runTest(() => new Event({ name: "never" }).wait()).catch((error) => error);
 * if (!(failure instanceof DeadlockError)) throw failure;
 * console.log(failure.tasks.map(({ name, waitingFor }) => `${name} waits for ${waitingFor}`));
 * ```
 */
export class DeadlockError extends TestFailedError {
  readonly tasks: readonly BlockedTask[];
  /** Names of tasks of which each waits for the next, and the last for the first; undefined if none is known. */
  readonly cycle: readonly string[] | undefined;

  constructor(tasks: readonly BlockedTask[], cycle: readonly string[] | undefined, hint: string, findings: Findings) {
    const lines = tasks.map(({ name, waitingFor }) => `  "${name}" waits for ${waitingFor}`);
    if (cycle !== undefined) lines.push(`  in a circle: ${[...cycle, cycle[0]].join(" → ")}`);
    super(
      `Deadlock: nothing can ever wake ${count(tasks.length, "task")}${hint}\n${lines.join("\n")}`,
      findings,
      "DEADLOCK",
    );
    this.name = "DeadlockError";
    this.tasks = tasks;
    this.cycle = cycle;
  }
}

/**
 * The body is over, and something of it is not.
 *
 * @example
 * ```ts
 * import { LeakError, runTest } from "@skein/coroutine/testing";
 *
 * const failure = await runTest(function* (_root, t) { t.loop.callLater(1_000, () => {}); }).catch((error) => error);
 * if (!(failure instanceof LeakError)) throw failure;
 * console.log(failure.leaks[0]?.kind);
 * ```
 */
export class LeakError extends TestFailedError {
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[], findings: Findings) {
    const lines = leaks.map(({ kind, name, bornAt }) => `  ${kind} "${name}", from ${bornAt}`);
    super(`Leak: ${count(leaks.length, "thing")} outlived the test\n${lines.join("\n")}`, findings, "LEAK");
    this.name = "LeakError";
    this.leaks = leaks;
  }
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** How many of the last lines of the log an error's message shows. */
const SHOWN = 30;

function textOf({ seed, run, log, replay }: Findings): string {
  const parts = [`  schedule ${run}, seed ${seed}: ${replay ?? `SKEIN_SEED=${seed} replays it`}`];
  const lines = counted(log);
  const shown = lines.slice(-SHOWN).map((line) => `    ${line}`);
  if (shown.length > 0) parts.push(lines.length > SHOWN ? "  the end of the log:" : "  the log:", ...shown);
  return parts.join("\n");
}
