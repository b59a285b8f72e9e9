/*
 * What a task may expect of an operation, as a list of checks, for operations of your own: rules of `operation.ts`, each
 * tried by tasks on a virtual loop. Needs no test framework: `run` throws what is wrong.
 */
import { VirtualLoop } from "@skein/future/testing";
import type { Operation } from "../operation.ts";
import { run } from "../run.ts";
import { moveOnAfter } from "../scope/scope.ts";
import { say, show } from "../task/body.ts";
import { currentTask } from "../task/current.ts";
import type { Task } from "../task/task.ts";

/** One fresh thing to be checked. */
export interface OperationCase<T> {
  /** Gives the operation under test: the same each time, or a new `lock.acquire()`. Not ready yet. Called by a task. */
  operation(): Operation<T>;
  /** Makes one answer come, then and there: to who waits longest, else to the next who asks. Called outside any task. */
  provide(): void;
  /** The answer that is expected, compared by `Object.is`. Left out: any. */
  readonly answer?: T;
}

/** One rule, to be run by whatever test runner there is. */
export interface OperationCheck {
  readonly id: string;
  readonly name: string;
  /** @throws {Error} That says what was expected and what was seen. */
  run(): void;
}

/** A case, and tasks that use it on one loop. Each `spawn` waits for the operation once, and runs until nothing is ready. */
interface Trial<T> extends OperationCase<T> {
  readonly loop: VirtualLoop;
  spawn(name: string, body?: (use: () => Operation<T>) => Operation<unknown>): Task<unknown>;
  settle(): void;
}

/**
 * The checks of an operation that waits for something. Each calls `make` once, with the loop that its tasks live on.
 *
 * @example
 * ```ts
 * import { Event } from "@skein/coroutine";
 * import { checkOperation } from "@skein/coroutine/testing";
 *
 * for (const { id, name, run } of checkOperation(() => {
 *   const event = new Event();
 *   return { operation: () => event.wait(), provide: () => event.set() };
 * })) {
 *   run(); // test(`${id} ${name}`, run);
 *   console.log(id, name);
 * }
 * ```
 */
export function checkOperation<T>(make: (loop: VirtualLoop) => OperationCase<T>): OperationCheck[] {
  const check = (id: string, name: string, body: (trial: Trial<T>) => void): OperationCheck => ({
    id,
    name,
    run: () => inTrial(make, body),
  });
  return [
    check("answer", "who waits gets the answer, and is told of as waiting until then", (trial) => {
      const task = trial.spawn("waiter");
      equal(task.phase, "waiting", "the phase before there is an answer");
      equal((task.request?.describe() ?? "") === "", false, "that it describes what it waits for as nothing");
      trial.provide();
      trial.settle();
      answered(task, trial);
    }),
    check("answer", "an answer that is there already is given without waiting for anything", (trial) => {
      trial.provide();
      answered(trial.spawn("late"), trial);
    }),
    check("ask", "a cancel ends the wait at once, with its reason", (trial) => {
      const task = trial.spawn("quitter");
      task.cancel("enough");
      trial.settle();
      cancelled(task, "enough");
      equal(trial.loop.timers, 0, "the timers left");
    }),
    check(
      "ask",
      "it is a cancellation point also where the answer is there already, which stays for the next",
      (trial) => {
        trial.provide();
        const task = trial.spawn("doomed", function* (use) {
          currentTask()?.cancel("before");
          yield* use();
        });
        cancelled(task, "before");
        answered(trial.spawn("next"), trial);
      },
    ),
    check("ask", "a cancelled wait has taken nothing: the answer goes to the one behind", (trial) => {
      const quitter = trial.spawn("quitter");
      const stayer = trial.spawn("stayer");
      quitter.cancel("enough");
      trial.provide();
      trial.settle();
      cancelled(quitter, "enough");
      answered(stayer, trial);
    }),
    check("ask", "a deadline ends it, and nobody is told of its end twice", (trial) => {
      const task = trial.spawn("limited", (use) => moveOnAfter(5, use));
      trial.loop.advance(5);
      equal(task.peek()?.status, "fulfilled", "the end of a wait whose time ran out");
      trial.provide();
      answered(trial.spawn("next"), trial);
    }),
    check(
      "wake wins",
      "an answer that came before the cancel stands, and the cancel shows at the next wait",
      (trial) => {
        let seen: { readonly value: T } | undefined;
        const task = trial.spawn("winner", function* (use) {
          seen = { value: yield* use() };
          yield* use();
        });
        trial.provide();
        task.cancel("too late");
        trial.settle();
        equal(seen !== undefined, true, "that the answer was given");
        if (trial.answer !== undefined) equal(seen?.value, trial.answer, "the answer");
        cancelled(task, "too late");
      },
    ),
    check(
      "cleanup",
      "it may be waited for in the cleanup of a cancelled task, and a second cancel does not cut it off",
      (trial) => {
        let seen = false;
        const task = trial.spawn("closing", function* (use) {
          try {
            yield* use();
          } finally {
            yield* use();
            seen = true;
          }
        });
        task.cancel("first");
        trial.settle();
        task.cancel("second");
        trial.settle();
        equal(seen, false, "that the cleanup is over before there is an answer");
        trial.provide();
        trial.settle();
        equal(seen, true, "that the cleanup ran to its end");
        cancelled(task, "first");
      },
    ),
    check("C1", "stepping it by hand throws", (trial) => {
      for (const byHand of [
        () => [...(trial.operation() as Iterable<unknown>)],
        () => trial.operation()[Symbol.iterator]().next(),
      ]) {
        let error: unknown;
        try {
          byHand();
        } catch (thrown) {
          error = thrown;
        }
        equal((error as { code?: unknown } | undefined)?.code, "MISUSE", "the code of what iteration by hand throws");
      }
    }),
  ];
}

function inTrial<T>(make: (loop: VirtualLoop) => OperationCase<T>, body: (trial: Trial<T>) => void): void {
  const loop = new VirtualLoop({ maxCallbacks: 10_000 });
  const given = make(loop);
  body({
    loop,
    operation: () => given.operation(),
    provide: () => given.provide(),
    ...("answer" in given ? { answer: given.answer } : {}),
    settle: () => loop.runUntilIdle(),
    spawn(name, wait = (use) => use()) {
      const task = run(() => wait(() => given.operation()), { loop, name });
      task.addDoneCallback(() => {});
      loop.runUntilIdle();
      return task;
    },
  });
}

function answered<T>(task: Task<unknown>, { answer }: Trial<T>): void {
  const outcome = task.peek();
  equal(outcome?.status, "fulfilled", `the end of ${task.describe()}`);
  if (answer !== undefined && outcome?.status === "fulfilled") equal(outcome.value, answer, "the answer");
}

function cancelled(task: Task<unknown>, reason: string): void {
  const outcome = task.peek();
  const status = outcome?.status === "rejected" ? `rejected (${say(outcome.reason)})` : outcome?.status;
  equal(status, "cancelled", `the end of ${task.describe()}`);
  if (outcome?.status === "cancelled") equal(outcome.reason, reason, "its reason");
}

function equal(seen: unknown, wanted: unknown, what: string): void {
  if (!Object.is(seen, wanted)) throw new Error(`${what}: expected ${show(wanted)}, saw ${show(seen)}`);
}
