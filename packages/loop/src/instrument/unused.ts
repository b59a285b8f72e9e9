import type { Scheduler } from "../scheduler.ts";

/**
 * Reported, never thrown: something that only does its work when it is used was made, and nobody did.
 *
 * @example
 * ```ts
 * import { EventLoop } from "@skein/loop";
 * import { instrument, UnusedError } from "@skein/loop/instrument";
 *
 * const loop = new EventLoop({
 *   instrument: instrument({ debug: true }),
 *   onError: (error) => console.log(error instanceof UnusedError, `${error}`),
 * });
 * loop.expectUse?.({ then() {} }, "fetchAnswer()"); // told of once it has been collected, if nobody awaited it
 * ```
 */
export class UnusedError extends Error {
  override name = "UnusedError";
  readonly code = "UNUSED";
}

/** What is told when a thing is gone. */
interface Note {
  readonly loop: Scheduler;
  readonly error: UnusedError;
  readonly name: string;
  readonly scheduledAt: string;
}

let registry: FinalizationRegistry<Note> | undefined;

/** To be used is to be iterated (`yield*`) or awaited. */
const USES = [Symbol.iterator, "then"] as const;
type Usable = Partial<Record<(typeof USES)[number], (...args: unknown[]) => unknown>>;

/**
 * What `Scheduler.expectUse` is with `debug`: reports `thing`, by its `name`, once it is gone without ever having been
 * used. Only then is it certain that nobody will. Until its first use the thing has methods of its own, which tell of it.
 */
export function expectUse(loop: Scheduler, thing: object, name: string): void {
  const how = "then" in thing ? "`yield*` or `await`" : "`yield*`";
  const error = new UnusedError(`Nothing was done by ${name}: it was made and never used; write ${how} before it.`);
  const scheduledAt = `${error.stack}`; // read now: until then it keeps the frames alive, and with them the thing
  registry ??= new FinalizationRegistry(report);
  registry.register(thing, { loop, error, name, scheduledAt }, thing);
  const before = USES.map((use) => Object.getOwnPropertyDescriptor(thing, use));
  for (const use of USES) {
    if ((thing as Usable)[use] === undefined) continue;
    const value = function (this: Usable, ...args: unknown[]): unknown {
      registry?.unregister(this);
      USES.forEach((own, i) => {
        delete this[own];
        if (before[i] !== undefined) Object.defineProperty(this, own, before[i]);
      });
      return this[use]?.(...args);
    };
    Object.defineProperty(thing, use, { configurable: true, value });
  }
}

function report({ loop, error, name, scheduledAt }: Note): void {
  loop.reportError(error, { what: "operation never used", name, scheduledAt });
}
