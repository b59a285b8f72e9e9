import { show } from "../callback.ts";

/** @throws {Error} If `actual` is not what was expected, in JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const seen = JSON.stringify(actual);
  const wanted = JSON.stringify(expected);
  if (seen !== wanted) throw new Error(`Expected ${what} to be ${wanted}, saw ${seen}`);
}

/** @throws {Error} If `body` does not throw an error of the class `Expected`. */
export function expectThrow(what: string, Expected: typeof TypeError | typeof RangeError, body: () => void): void {
  let thrown: unknown;
  try {
    body();
  } catch (error) {
    thrown = error;
  }
  if (thrown instanceof Expected) return;
  const seen = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : show(thrown);
  throw new Error(`Expected ${what} to throw a ${Expected.name}, saw ${seen}`);
}
