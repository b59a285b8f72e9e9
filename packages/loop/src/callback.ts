import { show } from "./show.ts";

/** Anything a loop may run, its argument's type forgotten. The overloads of `Scheduler` have checked that they fit. */
export type Callback = (arg: unknown) => void;

/** @throws {TypeError} If `value` is not of the type. @throws {RangeError} If it is NaN, or below `min`. */
export function check(doing: string, what: string, value: unknown, type: "function" | "number", min?: 0): void {
  const fits = typeof value === type;
  // Compared only where there is a bound: a function compared is a function made a string, on the way of every callSoon.
  if (fits && !Number.isNaN(value) && (min === undefined || (value as number) >= min)) return;
  const wanted = min === 0 ? "number, 0 or more" : type;
  throw new (fits ? RangeError : TypeError)(`Cannot ${doing}: ${what} is ${show(value)}; pass a ${wanted}.`);
}

/** `step(fetch-answer)`: the function, and whom it works for if its argument has a name. */
export function nameOf(callback: Callback, arg: unknown): string {
  let name = "anonymous";
  try {
    name = `${callback.name || name}`;
    const owner = (arg as { name?: unknown } | null | undefined)?.name;
    if (typeof owner === "string") name += `(${owner})`;
  } catch {} // what cannot be read must not hide the error that is to be reported with it
  return name;
}
