/*
 * What every test here needs: a virtual loop, a log whose entries tell the time, and outcomes in one line.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import {
  CancelledError,
  coroutine,
  type Future,
  GroupError,
  type Operation,
  type RunOptions,
  run,
  scope,
  type Task,
  type TaskGroup,
  type Wait,
} from "../src/index.ts";
import { isA } from "../src/task/body.ts";
import { VirtualLoop } from "../src/testing/index.ts";

type Order = "fifo" | "random" | "pct";

export interface Lab {
  readonly loop: VirtualLoop;
  /** What was said, each with the virtual time. */
  readonly log: string[];
  /** What was reported to the loop: `what, name: message`. */
  readonly reports: string[];
  /** Adds `text` to the log. */
  say(text: string): void;
  /** Starts a program on the loop; nothing has run yet. */
  start<T>(main: (root: TaskGroup) => Operation<T>, options?: RunOptions): Task<T>;
  /** Runs until nothing is left to run, and no timer. */
  finish(): void;
  /** Starts a program, runs it to its end and says how it ended. */
  play<T>(main: (root: TaskGroup) => Operation<T>, options?: RunOptions): string;
}

/** @param options.reports True: errors reported to the loop are collected; by default the first one fails the test. */
export function lab(options: { readonly reports?: boolean; readonly seed?: number; readonly order?: Order } = {}): Lab {
  const log: string[] = [];
  const reports: string[] = [];
  const onError = (error: unknown, info: { readonly what?: string; readonly name?: string }): void => {
    reports.push(`${info.what}, ${info.name}: ${(error as Error).message}`);
  };
  const { order = "fifo", seed = 1 } = options;
  const loop = new VirtualLoop({ seed, order, onError: options.reports ? onError : undefined });
  const started: Task<unknown>[] = [];
  const start: Lab["start"] = (main, runOptions) => {
    const task = run(main, { loop, ...runOptions });
    started.push(task);
    return task;
  };
  const finish = (): void => {
    loop.runUntilIdle();
    while (loop.advanceToNext());
    for (const task of started.splice(0)) failAsserted(task.peek());
    if (loop.timers > 0) throw new Error(`${loop.timers} timers were left on the loop`);
  };
  return {
    loop,
    log,
    reports,
    say: (text) => void log.push(`${loop.now()} ${text}`),
    start,
    finish,
    play(main, runOptions) {
      const task = start(main, runOptions);
      const end = ending(task);
      finish();
      return end();
    },
  };
}

/** An `expect` that failed inside a task fails the test, also where the task's outcome is not looked at. */
function failAsserted(outcome: ReturnType<Future<unknown>["peek"]>): void {
  const errors: unknown[] = outcome?.status === "rejected" ? [outcome.reason] : [];
  for (const error of errors) {
    if (!isA(error, Error)) continue; // it may be a value that cannot be looked at
    if (error instanceof GroupError) errors.push(...error.errors);
    else if (error.name === "AssertionError") throw error;
  }
}

/** Listens to a future, and later says how it ended. */
export function ending(future: Future<unknown>): () => string {
  future.addDoneCallback(() => {});
  return () => read(future);
}

/** How a future stands: `fulfilled 42`, `rejected Error: no`, `rejected GroupError [a, b]`, `cancelled why`, `pending`. */
export function read(future: Future<unknown>): string {
  const outcome = future.peek();
  if (outcome === undefined) return "pending";
  if (outcome.status === "fulfilled") return `fulfilled ${tell(outcome.value)}`;
  return outcome.status === "cancelled" ? `cancelled ${tell(outcome.reason)}` : `rejected ${tell(outcome.reason)}`;
}

/** An error or a value in one line. */
export function tell(value: unknown): string {
  if (value instanceof GroupError) return `GroupError [${value.errors.map(tell).join(", ")}]`;
  if (value instanceof CancelledError) return `CancelledError ${tell(value.reason)}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What `body` throws. */
export function thrown(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable("it did not throw");
}

/** The same inside a task. */
export function* caught(operation: () => Operation<unknown>): Operation<Error> {
  try {
    yield* operation();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable("it did not throw");
}

/** Does `check` once everything that nobody holds is gone. What a job has read by a WeakRef stays until the job is over. */
export async function afterGarbage(check: () => void): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  check();
}

/** A small generator of chance: the same seed, the same program. */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Does `body` inside a coroutine, in a scope between two items. */
export function* asCoroutine(body: () => Operation<unknown>): Operation<unknown> {
  const c = coroutine(function* (): Generator<number | Wait, void, void> {
    yield 1;
    yield* scope(body);
    yield 2;
  })();
  yield* c.next();
  yield* c.next();
  return yield* c.close();
}
