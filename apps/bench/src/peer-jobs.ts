import type { Story } from "./holes/story.ts";

/**
 * What the peers are asked to do, one interface a peer: `peers/NAME.js` does it in that library's own words. The
 * libraries are installed only when the benchmark runs, so nothing but these interfaces is known of them here.
 *
 * A job that takes `tick` calls it once for each callback. A job that takes `kept` puts there whatever a user would
 * hold on to. `numbers` holds 0, 1, 2, …
 */
type Tick = () => void;

interface Races {
  /** Races one long-lived future, which is kept, against `count` short ones, one after the other. */
  races(count: number, kept: unknown[]): PromiseLike<unknown>;
}

interface Timers {
  /** Sets one timer after the other, and cancels it at once. */
  cancelTimers(count: number): unknown;
  /** Sets timers of 1 to 10 ms. */
  setTimers(count: number, tick: Tick): unknown;
}

interface HandsOff {
  /** Makes a future, lets somebody wait for it, settles it, and once that was heard the next one. */
  handOff(count: number): PromiseLike<unknown>;
}

/** What a library of tasks is asked for. */
interface Tasks {
  /** `tasks` tasks, each of which gives up its turn `each` times. */
  switches(tasks: number, each: number): PromiseLike<unknown>;
  /** Spawns tasks that wait once, and joins them. */
  spawnJoin(count: number): PromiseLike<unknown>;
  /** Spawns tasks that wait each for something of its own, which is kept; gives what cancels and joins all of them. */
  park(count: number, kept: unknown[]): PromiseLike<() => unknown>;
  /** A task gives up its turn `rounds` times inside `depth` calls. */
  resume(depth: number, rounds: number): PromiseLike<unknown>;
  /** So many tasks through a semaphore of one permit. */
  semaphore(count: number): PromiseLike<unknown>;
}

/** Two scenarios of cancellation, played while they tell what happens. Each ends when the library says that all has ended. */
export interface HoleJobs {
  /** A worker that waits is called by `yield*`, and the caller is cancelled; the worker's cleanup waits, too. */
  cancelledCall(story: Story): PromiseLike<void>;
  /** The worker cleans up because its sibling failed; meanwhile the whole is cancelled. */
  secondCancel(story: Story): PromiseLike<void>;
}
/** By what the library's cleanup is written with. */
export type PeerHoles = Readonly<Record<string, HoleJobs>>;

export interface BluebirdJobs extends Races, HandsOff {
  callbacks(count: number, tick: Tick): void;
  /** Makes pending promises and keeps each with what settles it. */
  pending(count: number, kept: unknown[]): void;
}

interface Sums {
  /** map → filter → sum. */
  sum(numbers: readonly number[]): PromiseLike<number>;
}

interface Shares {
  /** One run of the numbers for so many readers, each of whom adds them up. Gives the sum of all sums. */
  share(numbers: readonly number[], readers: number): PromiseLike<number>;
}

interface Merges {
  /** Merges the inputs, and adds up. */
  merge(inputs: readonly (readonly number[])[]): PromiseLike<number>;
}

export interface EffectJobs extends Tasks, Races, HandsOff, Timers, Sums, Shares {}
export interface EffectionJobs extends Tasks, Races, Timers {}
export interface ReduxSagaJobs extends Tasks {}

export interface IxJobs extends Sums, Shares {}

export interface RxjsJobs extends Timers, Sums, Shares, Merges {
  /** Sets all timers, then cancels them one after the other. */
  holdTimers(count: number): void;
  callbacks(count: number, tick: Tick): void;
  /** Ten maps, and the sum. */
  tenMaps(numbers: readonly number[]): PromiseLike<number>;
  /** One round of other pipelines through the same operators. */
  mix(round: number): PromiseLike<void>;
  /** Opens and runs map → filter → sum so many times. */
  open(items: readonly number[], count: number): void;
  /** Numbers that come faster than a reader takes them: one a turn of the host. Keeps what it holds at the end. */
  slowReader(count: number, kept: unknown[]): PromiseLike<unknown>;
}

export interface PeerJobs {
  readonly bluebird: BluebirdJobs;
  readonly effect: EffectJobs;
  readonly effection: EffectionJobs;
  readonly "redux-saga": ReduxSagaJobs;
  readonly ix: IxJobs;
  readonly rxjs: RxjsJobs;
}
export type PeerName = keyof PeerJobs;
