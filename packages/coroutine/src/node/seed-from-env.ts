/**
 * The seed that the environment asks for by `SKEIN_SEED`; undefined where it asks for none, or there is no environment.
 *
 * @throws {RangeError} If it is no whole number: a replay of something else would mislead.
 */
export function seedFromEnv(): number | undefined {
  const text = fromEnv("SKEIN_SEED");
  if (text === undefined || text === "") return undefined;
  const seed = Number(text);
  if (Number.isInteger(seed)) return seed;
  throw new RangeError(
    `Cannot replay: SKEIN_SEED is ${JSON.stringify(text)}; give the whole number that the failure told.`,
  );
}

function fromEnv(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
  try {
    return process?.env?.[name];
  } catch {
    return undefined; // Deno, which was not allowed to read it: nobody has asked for a replay then
  }
}
