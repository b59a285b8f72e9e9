/** Anything a loop may run, its argument's type forgotten. The overloads of `Scheduler` have checked that they fit. */
export type Callback = (arg: unknown) => void;

/** @throws {TypeError} If `value` is not of the type. @throws {RangeError} If it is NaN. */
export function check(doing: string, what: string, value: unknown, type: "function" | "number"): void {
  const fits = typeof value === type;
  if (fits && !Number.isNaN(value)) return;
  throw new (fits ? RangeError : TypeError)(`Cannot ${doing}: ${what} is ${String(value)}; pass a ${type}.`);
}

/** `step(fetch-answer)`: the function, and whom it works for if its argument has a name. */
export function nameOf(callback: Callback, arg: unknown): string {
  const name = callback.name || "anonymous";
  const owner = (arg as { name?: unknown } | null | undefined)?.name;
  return typeof owner === "string" ? `${name}(${owner})` : name;
}
