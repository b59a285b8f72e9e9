import type { Wait } from "@skein/future";
import type { Body, Operation } from "../operation.ts";
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

/**
 * What is thrown into `yield* [1, 2]`, whose iterator has no `throw`, comes out as a TypeError about that: the first is meant.
 * It may come out later, after a `finally` that waits; the ask in flight is meant then, or what was thrown at the last item.
 */
export function recognise(error: unknown, task: Task<unknown>): unknown {
  const meant = thrown.in ?? task.trouble?.ask?.scope.cancellation?.error ?? task.thrownAtItem;
  if (error === meant || meant === undefined) return error;
  return isA(error, TypeError) && say(error).includes("'throw' method") ? meant : error;
}

/** Starts an operation, or calls a function for one. @throws {TypeError} If it is neither, saying what it is. */
export function iterate(body: Body<unknown>, what: string, where?: { describe(): string }): Frame {
  const operation = typeof body === "function" ? (body as () => Operation<unknown>)() : body;
  if ((operation as Partial<Frame> | null | undefined)?.next === next) return operation[Symbol.iterator]() as Frame;
  if (isOperation(operation)) return inFrame(operation);
  throw notOperation(operation, where ? `${what} in ${where.describe()}` : what, operation !== body);
}

/** Calls a generator function. @throws {TypeError} If it is none. */
export function start(body: () => unknown, what: string): Frame {
  const frame = body();
  if ((frame as Partial<Frame> | null | undefined)?.next === next) return frame as Frame;
  throw wrong(what, "what it returned", frame, `a generator function${hint(frame)}`);
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

/** The error for what was given wrongly, or returned by what was given. */
export function wrong(
  what: string,
  argument: string,
  seen: unknown,
  wanted: string,
  Kind: new (message: string) => Error = TypeError,
): Error {
  return new Kind(`Cannot ${what}: ${argument} is ${show(seen)}; give ${wanted}.`);
}

/** The error for what a body is, or what it has returned. */
export function notOperation(value: unknown, what: string, returned: boolean): Error {
  const argument = returned ? "what its function returned" : "the body";
  return wrong(
    what,
    argument,
    value,
    `an operation${returned ? "" : ", or a function that returns one"}${hint(value)}`,
  );
}

/** @throws {TypeError} If `value` is no function. */
export function requireFunction(value: unknown, what: string, name?: string, wanted: string = "a function"): void {
  if (typeof value === "function") return;
  if (name !== undefined) throw wrong(what, name, value, wanted);
  throw wrong(what, "the body", value, `a function that returns an operation${hint(value)}`);
}

/** @throws {TypeError} If `options` are neither an object nor left out. */
export function requireOptions(options: unknown, what: string): void {
  if (options !== undefined && Object(options) !== options) throw wrong(what, "options", options, "an object");
}

/** Gives back what a body has returned. @throws {TypeError} If that is no operation. */
export function requireOperation<T>(operation: Operation<T>, what: string): Operation<T> {
  if (isOperation(operation)) return operation;
  throw notOperation(operation, what, true);
}

/** @throws {TypeError} If `ms` is no number. @throws {RangeError} If it is NaN, or less than `least`. */
export function requireMs(
  ms: unknown,
  what: string,
  name: string = "the time",
  least: number = -1 / 0,
  wanted: string = "milliseconds",
): void {
  if (typeof ms !== "number") throw wrong(what, name, ms, wanted);
  if (!(ms >= least)) throw wrong(what, name, ms, least > -1 / 0 ? `${wanted}, ${least} or more` : wanted, RangeError);
}

/** False also where `look` throws: anything may be thrown or given as a reason, a proxy that was revoked, too. */
export function tried(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}

/**
 * `value instanceof kind`, of anything: false also of a proxy that was revoked, and never an error. Whatever is thrown, or given
 * as a reason, is somebody else's value.
 *
 * @example
 * ```ts
 * import { isA } from "@skein/coroutine";
 *
 * const { proxy, revoke } = Proxy.revocable({}, {});
 * revoke();
 * console.log(isA(new RangeError(), Error), isA(proxy, Error)); // true false
 * ```
 */
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
    return "unprintable";
  }
}

function hint(value: unknown): string {
  if (typeof value === "function") return " (was it to be called?)";
  if (isThenable(value)) return " (write `function*`, and `yield* until(promise)`)";
  return "";
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as PromiseLike<unknown>).then === "function"
  );
}

/** Not for other targets of events, at which nobody aborts: that would be a wait for ever. */
export function isSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null;
  return typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function";
}
