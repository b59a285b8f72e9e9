import type { TaskGroup } from "../group/group.ts";
import { ENDED } from "../task/stage.ts";
import type { Task } from "../task/task.ts";
import { chooserOf } from "./choose.ts";
import type { TestControl } from "./control.ts";
import type { Onlooker } from "./journal.ts";
import { checkOptions, orderOf, requireWhole, seedOf, type TestBody, type TestOptions } from "./options.ts";
import { failed, play } from "./play.ts";

export interface SweepOptions<T> extends TestOptions {
  /**
   * Whom to cancel: all tasks of that name, where there are any by then. Whoever waits for them has to stand it; the second cancel
   * of a pair is the body's. Default: the body.
   */
  readonly target?: string | undefined;
  /** Looks at what must hold whenever the body is cancelled; what it throws fails the sweep. */
  readonly check?: ((end: SweepEnd<T>) => void | PromiseLike<void>) | undefined;
  /** False: cancels once a run, and not also a second time while the first is still under way. Default true. */
  readonly pairs?: boolean | undefined;
  /** At most so many runs, spread evenly over the pairs if there are more. Default 2,000. */
  readonly maxRuns?: number | undefined;
}

/** How a run of a sweep ended. */
export interface SweepEnd<T> {
  readonly outcome: NonNullable<ReturnType<Task<T>["peek"]>>;
  /** At which waits it was cancelled, counted from 1; empty for the run that was left alone. */
  readonly cancelledAt: readonly number[];
}

export interface Swept {
  readonly runs: number;
  /** How many waits there were in the run that was left alone. */
  readonly waits: number;
}

/**
 * Runs a body again and again, cancelled at its first wait, at its second, and so on; then twice a run, by the root
 * group and while that is under way by the root task, at every pair of waits. Whatever the body shares with the outside
 * has to be made anew in it. With a `target` a task in the body is cancelled, and not the body.
 *
 * @returns how much there was to do.
 * @throws {TestFailedError} If the body, left alone, fails; if, cancelled, it ends with any other error than that; or if `check`
 * throws. @throws {DeadlockError | LeakError} If it never ends or leaves something behind.
 * @example
 * ```ts
 * import { ensure, sleep } from "@skein/coroutine";
 * import { sweepCancel } from "@skein/coroutine/testing";
 *
 * let open = 0;
 * const { waits } = await sweepCancel(function* () {
 *   open++;
 *   yield* ensure(function* () { // a `finally` that waits could be cut off, where it was not a cancel that began it
 *     yield* sleep(1);
 *     open--;
 *   });
 *   yield* sleep(10);
 * }, { check: () => { if (open !== 0) throw new Error(`${open} left open`); } });
 * console.log(waits);
 * ```
 */
export async function sweepCancel<T>(body: TestBody<T>, options: SweepOptions<T> = {}): Promise<Swept> {
  checkOptions(body, options, "sweep", ["target", "check", "pairs", "maxRuns"]);
  const { pairs = true, maxRuns = 2_000 } = options;
  requireWhole(maxRuns, 1, "maxRuns", "sweep");
  let runs = 0;
  const once = async (cancelledAt: readonly number[]): Promise<number> => sweepOnce(body, options, runs++, cancelledAt);
  const waits = await once([]);
  const seconds: (readonly number[])[] = [];
  for (const [first] of spread(upTo(waits), maxRuns - 1)) {
    const total = await once([first]);
    for (const [second] of upTo(total)) if (pairs && second > first) seconds.push([first, second]);
  }
  for (const pair of spread(seconds, maxRuns - runs)) await once(pair);
  return { runs, waits };
}

/** @returns how many waits there were. */
async function sweepOnce<T>(
  body: TestBody<T>,
  options: SweepOptions<T>,
  run: number,
  at: readonly number[],
): Promise<number> {
  const { seed } = seedOf(options);
  const { depth = 3, check, target } = options;
  let root: TaskGroup | undefined;
  const targets: Task<unknown>[] = [];
  let waits = 0;
  const kept: TestBody<T> = (group, t) => {
    root = group;
    return body(group, t);
  };
  const onlooker = (task: Task<unknown>, t: TestControl): Onlooker => ({
    spawned(child) {
      if (child.name === target) targets.push(child);
    },
    afterStep(stepped) {
      if (stepped.stage === ENDED || !at.includes(++waits)) return;
      const reason = `cancelled at wait ${waits}`;
      if (target !== undefined && waits === at[0]) {
        for (const each of targets) {
          if (each.cancel(reason)) t.say(`cancels "${target}" at wait ${waits}`);
        }
        return;
      }
      t.say(`cancels the test at wait ${waits}`);
      // The last is the outermost, so that it finds the one before under way.
      if (waits === at.at(-1)) task.cancel(reason);
      else root?.cancel(reason);
    },
  });
  const name = options.name ?? (body.name || "test");
  const replay = at.length === 0 ? "it was not cancelled" : `cancelled at wait ${at.join(" and then at ")}`;
  const choose = chooserOf(orderOf(options), seed, depth);
  const played = await play(kept, {
    options: { ...options, name },
    seed,
    run,
    choose,
    replay,
    onlooker,
    mayBeCancelled: at.length > 0,
  });
  if (played.failure !== undefined) throw played.failure;
  if (target !== undefined && at.length === 0 && targets.length === 0) {
    throw new Error(
      `Cannot sweep: there was no task "${target}" to cancel; give the name of a task that the body spawns.`,
    );
  }
  try {
    await check?.({ outcome: played.outcome as SweepEnd<T>["outcome"], cancelledAt: at });
  } catch (error) {
    throw failed(error, { seed, run, log: played.log, replay });
  }
  return waits;
}

const upTo = (count: number): (readonly [number])[] => Array.from({ length: count }, (_, i) => [i + 1] as const);

/** At most `most` of the items, evenly chosen. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const share = Math.max(0, most) / items.length;
  return items.filter((_, i) => Math.floor((i + 1) * share) > Math.floor(i * share));
}
