/*
 * The contract of `awaitable.ts` as a list of checks, for awaitables of your own. It needs no test framework: `run`
 * throws what is wrong. A6 is a rule for drivers; `Probe` keeps it.
 */
import type { Scheduler } from "@skein/loop";
import { VirtualLoop } from "@skein/loop/testing";
import { type Awaitable, bridge } from "../awaitable.ts";
import { show, wrong } from "../options.ts";
import { PAUSE, WAIT } from "../waiting.ts";
import { Probe } from "./probe.ts";

/** One fresh thing to be checked. */
export interface AwaitableCase<T> {
  /** Gives the operation under test: the same future each time, or a new `lock.acquire()`. Not ready yet. */
  operation(): Awaitable<T>;
  /** Makes the answer come: to those who wait, or at least to the first of them; else to the next who asks. */
  provide(): void;
  /** The answer that is expected, compared by `Object.is`. Left out: any. */
  readonly answer?: T;
}

/** One rule, to be run by whatever test runner there is. */
export interface AwaitableCheck {
  readonly id: string;
  readonly name: string;
  /** @throws {Error} That says what was expected and what was seen. */
  run(): void;
}

/**
 * The checks of rules A1 to A5. Each calls `make` once, with the loop that its waiters live on.
 *
 * @throws {TypeError} If `make` is no function; and a check, if what it gives is no AwaitableCase.
 * @example
 * ```ts
 * import { Future } from "@skein/future";
 * import { checkAwaitable } from "@skein/future/testing";
 *
 * const checks = checkAwaitable((loop) => {
 *   const { future, resolve } = Future.withResolvers<number>({ loop });
 *   return { operation: () => future, provide: () => resolve(42), answer: 42 };
 * });
 * for (const { id, name, run } of checks) {
 *   await run(); // or, in a test framework: test(`${id} ${name}`, run)
 *   console.log(id, name);
 * }
 * ```
 */
export function checkAwaitable<T>(make: (loop: Scheduler) => AwaitableCase<T>): AwaitableCheck[] {
  if (typeof make !== "function") throw wrong("check an awaitable", "make", make, "a function");
  const check = (
    id: string,
    name: string,
    body: (given: AwaitableCase<T>, probe: (name?: string) => Probe) => void,
  ) => ({
    id,
    name,
    run(): void {
      const loop = new VirtualLoop();
      const given = make(loop);
      for (const method of ["operation", "provide"] as const) {
        const seen = (given as Partial<AwaitableCase<T>> | null | undefined)?.[method];
        if (typeof seen !== "function")
          throw wrong("check an awaitable", `${method}, of what make() gave,`, seen, "a function");
      }
      body(given, (probeName) => new Probe(loop, probeName));
    },
  });

  return [
    check("A1", "a wait yields WAIT and leaves one request", ({ operation }, probe) => {
      const { result, request } = probe().step(operation());
      equal(result.done, false, "done");
      equal(result.value, WAIT, "the yielded value");
      expect(request !== null && request !== PAUSE, "the request is missing or PAUSE, although nothing is ready");
      expect(request?.describe().length, "the request describes itself as nothing");
    }),
    check(
      "A1",
      "asking enqueues nothing: a step given up leaves no waiter",
      ({ operation, provide, answer }, probe) => {
        const gone = probe();
        gone.step(operation());
        provide();
        equal(gone.woken, 0, "wakes of a probe that never parked");
        equal(gone.waitsIn, null, "the queue of a probe that never parked");
        answers(probe().step(operation()), answer, "a fresh step after that");
      },
    ),
    check("A2", "the answer wakes the parked waiter once and unlinks it", ({ operation, provide, answer }, probe) => {
      const task = probe();
      const asked = operation();
      task.park(task.step(asked));
      equal(task.woken, 0, "wakes before there is an answer");
      provide();
      equal(task.woken, 1, "wakes");
      equal(task.waitsIn, null, "the queue of a woken waiter");
      answers(task.step(asked, { resumed: true }), answer, "the resumed step");
    }),
    check("A2", "wake wins: the answer stands also without fuel", ({ operation, provide, answer }, probe) => {
      const task = probe();
      const asked = operation();
      task.park(task.step(asked));
      provide();
      const step = task.step(asked, { resumed: true, fuel: 0 });
      answers(step, answer, "a resumed step without fuel");
      equal(step.bitLeft, false, "the resumed bit, after the step");
    }),
    check("A2", "nobody takes the answer between waking and resuming", ({ operation, provide, answer }, probe) => {
      const task = probe();
      const asked = operation();
      task.park(task.step(asked));
      provide();
      probe("barger").step(operation());
      answers(task.step(asked, { resumed: true }), answer, "the resumed step, somebody else having asked meanwhile");
    }),
    check("A3", "a waiter taken out is not woken, and has taken nothing", ({ operation, provide, answer }, probe) => {
      const [quitter, stayer] = [probe("quitter"), probe("stayer")];
      const request = quitter.park(quitter.step(operation()));
      const asked = operation();
      stayer.park(stayer.step(asked));
      request.unpark(quitter);
      equal(quitter.waitsIn, null, "the queue of a waiter taken out");
      provide();
      equal(quitter.woken, 0, "wakes of a waiter taken out");
      equal(stayer.woken, 1, "wakes of the waiter behind it");
      answers(stayer.step(asked, { resumed: true }), answer, "the resumed step of the one behind it");
    }),
    check("A3", "waiters may leave from anywhere, and leaving twice does nothing", ({ operation, provide }, probe) => {
      const tasks = ["first", "second", "third"].map((name) => probe(name));
      const requests = tasks.map((task) => task.park(task.step(operation())));
      for (const index of [1, 2]) {
        requests[index]?.unpark(tasks[index] as Probe);
        requests[index]?.unpark(tasks[index] as Probe);
      }
      provide();
      equal(tasks.map((task) => task.woken).join(), "1,0,0", "wakes of first (stayed), second and third (left)");
    }),
    check("A4", "a ready answer costs one unit of fuel", ({ operation, provide, answer }, probe) => {
      provide();
      const task = probe();
      answers(task.step(operation(), { fuel: 1 }), answer, "a step with one unit");
      equal(task.fuel, 0, "the fuel left of one unit");
    }),
    check(
      "A4",
      "without fuel a ready answer asks for a pause and takes nothing",
      ({ operation, provide, answer }, probe) => {
        provide();
        const task = probe();
        const asked = operation();
        const step = task.step(asked, { fuel: 0 });
        equal(step.request, PAUSE, "the request of a step without fuel");
        equal(step.result.value, WAIT, "the yielded value");
        answers(task.step(asked), answer, "the fresh step a pass later");
      },
    ),
    check("A5", "stepping by hand throws, before there is an answer", ({ operation }) => {
      equal(bridge.running, null, "the running waiter (the check itself must not run inside a driver)");
      throws(() => [...(operation() as Iterable<unknown>)], "[...operation]");
      throws(() => operation()[Symbol.iterator]().next(), "next()");
      equal(bridge.request, null, "the request left behind by hand");
    }),
    check("A5", "a second request in one step throws", ({ operation }, probe) => {
      const twice: Awaitable<T> = {
        [Symbol.iterator]: () => ({
          next() {
            operation()[Symbol.iterator]().next();
            return operation()[Symbol.iterator]().next();
          },
          throw: (error) => {
            throw error;
          },
        }),
      };
      throws(() => probe().step(twice), "next() with the last request not picked up");
    }),
  ];
}

function expect(truth: unknown, message: string): void {
  if (!truth) throw new Error(message);
}

function equal(seen: unknown, wanted: unknown, what: string): void {
  if (!Object.is(seen, wanted)) throw new Error(`${what}: expected ${show(wanted)}, saw ${show(seen)}`);
}

function answers<T>(step: { result: IteratorResult<unknown, T> }, answer: T | undefined, what: string): void {
  equal(step.result.done, true, `done, of ${what}`);
  if (answer !== undefined) equal(step.result.value, answer, `the answer of ${what}`);
}

function throws(body: () => unknown, what: string): void {
  try {
    body();
  } catch (error) {
    equal((error as { code?: unknown }).code, "MISUSE", `the code of what ${what} throws`);
    return;
  }
  throw new Error(`${what} did not throw`);
}
