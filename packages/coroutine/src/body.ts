import type { Wait } from "@skein/future";
import type { Body, Operation } from "./operation.ts";
import type { Task } from "./task.ts";

/** What every frame of a task is. */
export type Frame = Generator<Wait, unknown, unknown>;

// Generators of different functions have different hidden classes, so that `frame.next()` in the driver would look
// `next` up anew among hundreds. Called like this it is one known function.
const prototype = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as Frame;
const { next, throw: throwInto } = prototype;

/** `frame.next(value)`. */
export const resume = (frame: Frame, value: unknown): IteratorResult<Wait, unknown> => next.call(frame, value as never);
/** `frame.throw(error)`. */
export const raise = (frame: Frame, error: unknown): IteratorResult<Wait, unknown> => throwInto.call(frame, error);

/** What the driver throws into a frame right now; it sets and restores this, as a catch that throws on would cost 0.7 µs. */
export const thrown: { in: unknown } = { in: undefined };

/** What was last thrown into a task at a yield that was no wait: only there it may stand in `yield* [1, 2]`. */
export const thrownAtItem: WeakMap<object, unknown> = /* @__PURE__ */ new WeakMap();

/**
 * What is thrown into `yield* [1, 2]`, whose iterator has no `throw`, comes out as a TypeError about that: the first is meant.
 * It may come out later, after a `finally` that waits; the ask in flight is meant then, or what was thrown at an item.
 */
export function recognise(error: unknown, task: Task<unknown>): unknown {
  const meant = thrown.in ?? task.trouble?.ask?.scope.cancellation?.error ?? thrownAtItem.get(task);
  if (error === meant || meant === undefined) return error;
  return isA(error, TypeError) && say(error).includes("'throw' method") ? meant : error;
}

/** Starts an operation, or calls a function for one. @throws {TypeError} If it is neither, saying what it is. */
export function iterate(body: Body<unknown>, what: string, where?: { describe(): string }): Frame {
  const operation = typeof body === "function" ? (body as () => Operation<unknown>)() : body;
  if ((operation as Partial<Frame> | null | undefined)?.next === next) return operation[Symbol.iterator]() as Frame;
  return isOperation(operation)
    ? inFrame(operation)
    : refuse(operation, where ? `${what} in ${where.describe()}` : what);
}

/** Calls a generator function. @throws {TypeError} If it is none. */
export function start(body: () => unknown, what: string): Frame {
  const frame = body();
  if ((frame as Partial<Frame> | null | undefined)?.next === next) return frame as Frame;
  throw new TypeError(
    `Cannot ${what}: it needs a generator function, and got one that returned ${show(frame)}.${hint(frame)}`,
  );
}

/** @internal A frame for what is no generator. */
export function* inFrame(operation: Operation<unknown>): Frame {
  return yield* operation;
}

/** True for anything that `yield*` can be given, as far as can be seen from outside. */
export function isOperation(value: unknown): value is Operation<unknown> {
  return (
    value !== null &&
    typeof value === "object" &&
    typeof (value as Operation<unknown>)[Symbol.iterator] === "function" &&
    !Array.isArray(value)
  );
}

/** @throws {TypeError} Always. */
export function refuse(value: unknown, what: string): never {
  throw new TypeError(
    `Cannot ${what}: it needs an operation or a function that returns one, and got ${show(value)}.${hint(value)}`,
  );
}

/** @throws {TypeError} If `value` is no function. */
export function requireFunction(value: unknown, what: string, needs = "a function that returns an operation"): void {
  if (typeof value !== "function")
    throw new TypeError(`Cannot ${what}: it needs ${needs}, and got ${show(value)}.${hint(value)}`);
}

/** @throws {TypeError} If `options` are neither an object nor left out. */
export function requireOptions(options: unknown, what: string): void {
  if (options !== undefined && Object(options) !== options)
    throw new TypeError(`Cannot ${what} with the options ${show(options)}: give an object, or leave them out.`);
}

/** Gives back what a body has returned. @throws {TypeError} If that is no operation. */
export function requireOperation<T>(operation: Operation<T>, what: string): Operation<T> {
  if (!isOperation(operation)) {
    throw new TypeError(
      `Cannot ${what}: its function has to return an operation, and returned ${show(operation)}.${hint(operation)}`,
    );
  }
  return operation;
}

/** @throws {TypeError | RangeError} If `ms` is no number or NaN. */
export function requireMs(ms: unknown, what: string): void {
  if (typeof ms !== "number")
    throw new TypeError(`Cannot ${what}: the time must be a number of milliseconds, and is ${show(ms)}.`);
  if (Number.isNaN(ms)) throw new RangeError(`Cannot ${what}: the time is NaN; give milliseconds.`);
}

/** False also where `look` throws: anything may be thrown or given as a reason, a proxy that was revoked, too. */
export function tried(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}

/** `value instanceof kind`, of anything. */
export const isA = <T>(value: unknown, kind: { readonly prototype: T }): value is T =>
  tried(() => value instanceof (kind as never));

/** A reason or an error, in a message of another: whatever it is, this does not throw. */
export function say(value: unknown): string {
  if (typeof value === "string") return value; // of names, mostly
  try {
    if (value instanceof Error && typeof value.message === "string") return value.message;
  } catch {} // shown as what it is, then
  return show(value);
}

/** A value as an error message shows it: whatever it is, this does not throw. */
export function show(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
    if (value === null || typeof value !== "object") return String(value);
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
    if (name === undefined || name === "" || name === "Object") return "an object";
    return /^[AEIOU]/.test(name) ? `an ${name}` : `a ${name}`;
  } catch {
    return "something unprintable";
  }
}

function hint(value: unknown): string {
  if (typeof value === "function") return " Was a generator function returned instead of called?";
  if (isThenable(value)) return " Wait for a promise with `until(promise)`; write `function*`, not `async function`.";
  return "";
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as PromiseLike<unknown>).then === "function"
  );
}
