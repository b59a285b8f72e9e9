/** Anything a loop may run, its argument's type forgotten. The overloads of `Scheduler` have checked that they fit. */
export type Callback = (arg: unknown) => void;

/** One that does nothing. */
export const nothing = (): undefined => {};

/**
 * @param wanted Names the type that `value` must have, as in "an object".
 * @throws {TypeError} If it has another. @throws {RangeError} If it is a number below `min`, or NaN.
 */
export function check(
  doing: string,
  what: string,
  value: unknown,
  wanted: string = "a function",
  min: number = -1 / 0,
): void {
  const Wrong = !wanted.includes((value === null || typeof value) as string) // of null, `typeof` says "object"
    ? TypeError
    : typeof value === "number" && !(value >= min) && RangeError;
  if (Wrong) throw new Wrong(`Cannot ${doing}: ${what} is ${show(value)}; pass ${wanted}.`);
}

/**
 * A value in a few words, for a message. Strings come quoted, and objects as no more than what they are: to turn one
 * into text may run its code, and what that throws would hide what the message is about.
 */
export function show(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  return Object(value) === value ? typeof value : String(value);
}

/** `step(fetch-answer)`: the function, and whom it works for if its argument has a name. */
export function nameOf(callback: unknown, arg: unknown): string {
  let name = "anonymous";
  try {
    name = `${(callback as Callback).name || name}`;
    const owner = (arg as { name?: unknown } | null | undefined)?.name;
    if (owner) name += `(${owner})`;
  } catch {} // what cannot be read must not hide the error that is to be reported with it
  return name;
}
