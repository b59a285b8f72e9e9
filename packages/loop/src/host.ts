import { check } from "./callback.ts";

/**
 * What a loop needs of the place it runs in. This is the only file of the family that names host globals: a new
 * kind of host (an animation frame, a game engine, a test's clock) is an object of this shape, passed as `host`.
 *
 * - `now` never goes back.
 * - No method runs its callback before it returns.
 * - `microtask` runs before, `macrotask` after the host has served timers, I/O and painting.
 * - A timer may be early: the loop compares with `now` and waits again.
 */
export interface Host {
  /** Monotonic milliseconds, with fractions. */
  now(): number;
  /** Runs `run`, which does not throw, as soon as the current host job is over. */
  microtask(run: () => void): unknown;
  /** Runs `run` in a later host job, so that everything else there gets its turn. */
  macrotask(run: () => void): unknown;
  /** Runs `run` after about `delayMs`, a whole number from 1 to 2³¹−1; what it gives is for `clearTimer`. */
  setTimer(run: () => void, delayMs: number): unknown;
  /** Takes back a timer that has not fired. */
  clearTimer(timer: unknown): void;
  /** Where an error goes that nobody handles: the console, `window.onerror`, `process.on("uncaughtException")`. */
  reportError(error: unknown): void;
}

/** The globals a host may have, as far as a loop uses them. */
export interface HostGlobals {
  readonly performance: { now(): number };
  readonly queueMicrotask: (run: () => void) => void;
  readonly setTimeout: (run: () => void, delayMs: number) => unknown;
  readonly clearTimeout: (timer: never) => void;
  readonly reportError?: (error: unknown) => void;
  readonly setImmediate?: (run: () => void) => unknown;
  readonly scheduler?: { postTask(run: () => void): unknown };
  readonly MessageChannel?: new () => {
    port1: { onmessage: unknown; close(): void };
    port2: { postMessage(message: unknown): void };
  };
}

/** Where a host is looked for if nobody says. */
export const GLOBALS: HostGlobals = globalThis as unknown as HostGlobals;

/**
 * The host that this program runs in: Node and its kin, a browser's page, or a worker, told by what they offer.
 *
 * @param globals Where to look; another object than `globalThis` is for tests and sandboxes.
 * @throws {TypeError} If `globals` has no `setTimeout`.
 * @example
 * ```ts
 * import { detectHost, EventLoop } from "@skein/loop";
 *
 * // Whatever the loop has left for later goes on after a pause; on a page: `requestAnimationFrame(run)`.
 * const host = { ...detectHost(), macrotask: (run: () => void) => setTimeout(run, 5) };
 * const loop = new EventLoop({ host });
 * loop.callSoon(console.log, "in a microtask");
 * loop.start();
 * ```
 */
export function detectHost(globals: HostGlobals = GLOBALS): Host {
  check("detect the host", "globals.setTimeout", (globals as HostGlobals | null)?.setTimeout);
  return hostOf(globals);
}

/** As `detectHost`, unchecked: for a loop's default. */
export function hostOf(globals: HostGlobals): Host {
  const settled = Promise.resolve();
  const { performance: clock, setImmediate, scheduler, MessageChannel } = globals; // not `clock.now`: fake clocks replace it
  return {
    now: () => clock.now(),
    // A third of what `queueMicrotask` costs in Node, which makes a resource for each: 325 ns a wake instead of 425.
    microtask: (run) => settled.then(run),
    // The soonest job after timers and I/O.
    macrotask(run) {
      if (setImmediate) setImmediate(run);
      else if (scheduler?.postTask) scheduler.postTask(run);
      else if (MessageChannel) {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          channel.port1.close(); // or it would hold the process open (L7)
          run();
        };
        channel.port2.postMessage(0);
      } else globals.setTimeout(run, 0); // the last resort: browsers stretch it to 4 ms
    },
    setTimer: (run, delayMs) => globals.setTimeout(run, delayMs),
    clearTimer: (timer) => globals.clearTimeout(timer as never),
    // Node has no `reportError`: to throw is its way to `uncaughtException`.
    reportError: (error) =>
      globals.reportError
        ? globals.reportError(error)
        : globals.queueMicrotask(() => {
            throw error;
          }),
  };
}
