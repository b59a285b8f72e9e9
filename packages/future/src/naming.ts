/*
 * What a future does not carry itself, because few are ever asked for it: its automatic name, and where it was made.
 */
import type { Scheduler } from "@skein/loop";

// Numbers are per loop, so that a test on its own loop gets the same names each time.
const numbers: WeakMap<Scheduler, number> = new WeakMap();
const origins: WeakMap<object, string | undefined> = new WeakMap();

/** The next of "future-1", "task-2", … on `loop`. */
export function nextName(loop: Scheduler, kind: string): string {
  const number = (numbers.get(loop) ?? 0) + 1;
  numbers.set(loop, number);
  return `${kind}-${number}`;
}

/** Keeps the stack of who makes `thing` now, less the frames of its constructors: for loops with `debug` on. */
export function rememberOrigin(thing: object): void {
  origins.set(thing, `${new Error().stack}`.split("\n").slice(4).join("\n"));
}

/** Where `thing` was made, if its loop was in `debug` then. */
export function originOf(thing: object): string | undefined {
  return origins.get(thing);
}
