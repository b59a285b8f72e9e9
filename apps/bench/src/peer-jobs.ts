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

export interface EffectJobs extends Races, HandsOff, Timers, Sums, Shares {
  /** `tasks` fibers, each of which gives up its turn `each` times. */
  switches(tasks: number, each: number): PromiseLike<unknown>;
  /** Forks fibers that wait once, and joins them. */
  spawnJoin(count: number): PromiseLike<unknown>;
  /** So many fibers through a semaphore of one permit. */
  semaphore(count: number): PromiseLike<unknown>;
}

export interface EffectionJobs extends Races, Timers {
  /** Spawns tasks that wait once, and joins them. */
  spawnJoin(count: number): PromiseLike<unknown>;
}

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
  readonly ix: IxJobs;
  readonly rxjs: RxjsJobs;
}
export type PeerName = keyof PeerJobs;
