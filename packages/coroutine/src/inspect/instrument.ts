import { requireOptions } from "../task/body.ts";
import { type Observer, observeWith } from "../task/observer.ts";
import type { Task } from "../task/task.ts";

/** What there is to be told. Each is called synchronously, with the task that it happens to. */
export interface Instrument {
  /** A task was made; it has not begun. */
  spawned?(task: Task<unknown>): void;
  /** A task is about to be stepped by the loop, or for the first time by an eager spawn. */
  beforeStep?(task: Task<unknown>): void;
  /** Its step is over: it waits, pauses or has ended. */
  afterStep?(task: Task<unknown>): void;
  /** A task has ended; its outcome is not there yet. */
  ended?(task: Task<unknown>): void;
}

/** Stops what it was given for. Idempotent; for `using`, too. */
export interface Stoppable {
  stop(): void;
  [Symbol.dispose](): void;
}

const instruments = new Set<Instrument>();

/** An instrument that throws is taken off and reported: the run and the other instruments go on. */
function tell(task: Task<unknown>, what: keyof Instrument): void {
  for (const instrument of instruments) {
    try {
      instrument[what]?.(task);
    } catch (error) {
      remove(instrument);
      task.loop.reportError(error, { what: `instrument's ${what}`, name: task.name });
    }
  }
}

const fanOut: Observer = {
  spawned: (task) => tell(task, "spawned"),
  ended: (task) => tell(task, "ended"),
  step(task, step) {
    tell(task, "beforeStep");
    step(task);
    tell(task, "afterStep");
  },
};

function remove(instrument: Instrument): void {
  instruments.delete(instrument);
  if (instruments.size === 0) observeWith(null);
}

/**
 * Has an instrument told of every task from now on. While there is none, tasks pay nothing for it.
 *
 * Steps of two-way coroutines and generator sources that are made in their caller's stack are the caller's.
 *
 * @example
 * ```ts
 * import { run, sleep } from "@skein/coroutine";
 * import { instrument } from "@skein/coroutine/inspect";
 *
 * let steps = 0;
 * const counter = instrument({ afterStep: () => { steps++; } });
 * await run(() => sleep(1));
 * counter.stop();
 * console.log(steps);
 * ```
 */
export function instrument(hooks: Instrument): Stoppable {
  requireOptions(hooks, "instrument the tasks");
  instruments.add(hooks);
  observeWith(fanOut);
  const stop = (): void => remove(hooks);
  return { stop, [Symbol.dispose]: stop };
}
