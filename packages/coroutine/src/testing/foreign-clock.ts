/**
 * The clock of code that is not Skein's: while a test runs, the host's `Date`, timers and `AbortSignal.timeout` are the
 * virtual loop's. Only in an object that the test names, as a rule `globalThis`.
 */
import { MisuseError } from "@skein/future";
import { ForeignTimer } from "./foreign-timer.ts";
import type { TestLoop } from "./test-loop.ts";

/** What is replaced, where it is there. */
export interface ForeignGlobals {
  Date?: DateConstructor;
  setTimeout?: unknown;
  clearTimeout?: unknown;
  setInterval?: unknown;
  clearInterval?: unknown;
  performance?: { now(): number };
  AbortSignal?: { timeout(ms: number): AbortSignal };
}

/** Virtual time starts on the first of January 2000, by UTC. */
const EPOCH_MS = 946_684_800_000;

const taken = new WeakSet<object>();

/**
 * @returns what puts everything back.
 * @throws {MisuseError} If another test has them: two virtual times cannot share one clock.
 */
export function followClock(globals: ForeignGlobals, loop: TestLoop): () => void {
  if (taken.has(globals)) {
    throw new MisuseError(
      "Cannot give the host's clock to a test: another one has it; run such tests one after the other.",
    );
  }
  taken.add(globals);
  const undo: (() => void)[] = [() => taken.delete(globals)];
  const replace = <T extends object, K extends keyof T>(
    owner: T | undefined,
    key: K,
    make: (old: T[K]) => T[K],
  ): void => {
    const old = owner?.[key];
    if (owner === undefined || old === undefined) return;
    const own = Object.getOwnPropertyDescriptor(owner, key);
    Object.defineProperty(owner, key, { value: make(old), configurable: true, writable: true });
    undo.unshift(() => {
      if (own === undefined) delete owner[key];
      else Object.defineProperty(owner, key, own);
    });
  };
  const nowMs = (): number => EPOCH_MS + loop.now();
  replace(globals, "Date", (real) => dateOf(real as DateConstructor, nowMs));
  replace(globals.performance, "now", () => () => loop.now());
  const timers = ForeignTimer.kit(loop);
  for (const key of ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] as const) {
    replace(globals, key, () => timers[key]);
  }
  replace(globals.AbortSignal, "timeout", () => (ms) => {
    const controller = new AbortController();
    // As the platform's: nobody can cancel it, so it is no leak.
    loop.callLaterFor(undefined, ms, () => controller.abort(timedOut()));
    return controller.signal;
  });
  return () => {
    for (const step of undo) step();
  };
}

const timedOut = (): DOMException => new DOMException("The operation was aborted due to timeout", "TimeoutError");

function dateOf(Real: DateConstructor, nowMs: () => number): DateConstructor {
  return new Proxy(Real, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [nowMs()] : args, newTarget),
    apply: (target) => new target(nowMs()).toString(),
    get: (target, key, receiver) => (key === "now" ? nowMs : Reflect.get(target, key, receiver)),
  });
}
