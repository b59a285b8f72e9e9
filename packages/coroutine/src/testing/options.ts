import type { TaskGroup } from "../group/group.ts";
import { seedFromEnv } from "../node/seed-from-env.ts";
import type { Operation } from "../operation.ts";
import { requireOptions, show } from "../task/body.ts";
import type { Order } from "./choose.ts";
import type { TestControl } from "./control.ts";

/** What a test runs: a body as `run` takes it, with the test's clock and chance as a second argument. */
export type TestBody<T> = (root: TaskGroup, t: TestControl) => Operation<T>;

export interface TestOptions {
  /**
   * Decides every choice; 0: as a real loop. Default 1, and 0 in `explore`, so that a test says the same every time.
   * `SKEIN_SEED` in the environment goes before it.
   */
  readonly seed?: number | undefined;
  /**
   * Who goes next, of those that are ready. Default of `runTest` and `sweepCancel`: `"fifo"`, as a real loop; but with a
   * `seed`, and always in `explore`, `"random"`. So the seed of a failure replays it in any of them.
   */
  readonly order?: Order | undefined;
  /** For `pct`: how many steps in a certain order the bug takes. Default 3. */
  readonly depth?: number | undefined;
  /** What the root task is called. Default: the name of the body. */
  readonly name?: string | undefined;
  /** `"auto"`: time jumps when nothing else can happen. `"manual"`: only `t.advance` and `t.advanceToNext` move it. */
  readonly time?: "auto" | "manual" | undefined;
  /**
   * Whose `Date`, `setTimeout` and kin, `performance.now` and `AbortSignal.timeout` follow the virtual clock while the test
   * runs: `globalThis`, for code that is not Skein's. A promise then holds the time for a few turns of the host only,
   * since it may wait for such a timer itself: not for tests that talk to a network. Such tests run one after the other.
   * Default: nobody's.
   */
  readonly hostClock?: object | undefined;
  /** False: what outlives the body is no failure. Default true. */
  readonly leakCheck?: boolean | undefined;
  /** How long a promise of the host may take, in real milliseconds. Default 20,000. */
  readonly holdTimeoutMs?: number | undefined;
  /** How many callbacks may run while time stands, before that counts as a livelock. Default 1,000,000. */
  readonly maxCallbacks?: number | undefined;
  /** How often time may jump before the test counts as endless. Default 1,000,000. */
  readonly maxJumps?: number | undefined;
}

const ORDERS: readonly unknown[] = ["fifo", "random", "pct"];

/** All of them; the compiler sees to it. */
const KNOWN: Readonly<Record<keyof TestOptions, true>> = {
  seed: true,
  order: true,
  depth: true,
  name: true,
  time: true,
  hostClock: true,
  leakCheck: true,
  holdTimeoutMs: true,
  maxCallbacks: true,
  maxJumps: true,
};

/**
 * @param own The options that only this tool has. @param without Those of all that it has not.
 * @throws {TypeError | RangeError} Naming the first option that is of no use.
 */
export function checkOptions(
  body: unknown,
  options: TestOptions,
  what: string,
  own: readonly string[] = [],
  without: readonly string[] = [],
): void {
  if (typeof body !== "function") throw new TypeError(`Cannot ${what}: the body is no function; give a function*.`);
  requireOptions(options, what);
  const known = [...Object.keys(KNOWN).filter((name) => !without.includes(name)), ...own];
  // One that is misspelt would change nothing, and nobody would know.
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`Cannot ${what}: there is no option ${show(unknown)}; give of ${known.join(", ")}.`);
  const { order = "fifo", time = "auto", depth = 3 } = options;
  if (!ORDERS.includes(order)) {
    throw new RangeError(`Cannot ${what}: the order is ${JSON.stringify(order)}; give "fifo", "random" or "pct".`);
  }
  if (time !== "auto" && time !== "manual") {
    throw new RangeError(`Cannot ${what}: time is ${JSON.stringify(time)}; give "auto" or "manual".`);
  }
  requireWhole(depth, 1, "depth", what);
  const { hostClock, holdTimeoutMs, maxCallbacks, maxJumps } = options;
  if (hostClock !== undefined && Object(hostClock) !== hostClock)
    throw new TypeError(`Cannot ${what}: hostClock is ${show(hostClock)}; give globalThis, or leave it out.`);
  for (const [name, value] of Object.entries({ holdTimeoutMs, maxCallbacks, maxJumps })) {
    if (value !== undefined && !(typeof value === "number" && value >= 1))
      throw new RangeError(`Cannot ${what}: ${name} is ${String(value)}; give a number from 1.`);
  }
  if (options.seed !== undefined) requireWhole(options.seed, Number.NEGATIVE_INFINITY, "seed", what);
}

/** @throws {RangeError} If `value` is no whole number from `least`. */
export function requireWhole(value: number, least: number, name: string, what: string): void {
  if (Number.isInteger(value) && value >= least) return;
  const from = least === Number.NEGATIVE_INFINITY ? "" : ` from ${least}`;
  throw new RangeError(`Cannot ${what}: ${name} is ${String(value)}; give a whole number${from}.`);
}

/** The order for one run: who gives a seed wants it to decide. */
export function orderOf({ order, seed }: TestOptions): Order {
  return order ?? (seed === undefined ? "fifo" : "random");
}

/** The seed to begin with: what the environment asks to be replayed goes before what the test says. */
export function seedOf({ seed = 1 }: TestOptions): { readonly seed: number; readonly replays: boolean } {
  const asked = seedFromEnv();
  return { seed: asked ?? seed, replays: asked !== undefined };
}
