import { check } from "../callback.ts";
import { Bench, type MakeScheduler } from "./bench.ts";
import { RULES } from "./scheduler-rules.ts";

/** One rule of the contract, to be run by any test framework. */
export interface SchedulerCheck {
  /** The law: `"L1"` … `"L7"`, or `"API"` for what the methods' own docs promise. */
  readonly id: string;
  /** The id and the rule, as a test's name. */
  readonly name: string;
  /** Rejects, saying what was expected and what was seen, if the rule is broken. */
  run(): Promise<void>;
}

/**
 * The conformance kit of the `Scheduler` contract: the checks that every loop passes, yours too.
 *
 * @param make Called by each check for a scheduler of its own.
 * @throws {TypeError} If `make` is no function.
 * @example
 * ```ts
 * import { checkScheduler, VirtualLoop } from "@skein/loop/testing";
 *
 * for (const { name, run } of checkScheduler((onError) => new VirtualLoop({ onError }))) {
 *   await run(); // or, in a test framework: test(name, run)
 *   console.log(name);
 * }
 * ```
 */
export function checkScheduler(make: MakeScheduler): SchedulerCheck[] {
  check("check a scheduler", "make", make);
  return RULES.map(([id, rule, body]) => ({
    id,
    name: `${id} ${rule}`,
    run: async () => {
      await body(new Bench(make));
    },
  }));
}
