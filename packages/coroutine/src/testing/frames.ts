/** Stacks as the user reads them: without Skein's own lines, and without those that have no place. */

/** This package and those below and above it, as built or as sources; the rest of a stack is the user's. */
const OWN = /[\\/](?:loop|future|coroutine|stream)[\\/](?:src|dist)[\\/]|[\\/]@skein[\\/]/;

/** As V8 writes it, `at name (file:///…:1:2)`, and as others do, `name@file:///…:1:2`. */
const PLACE = /(?:^\s*at (?:async )?|@|\()((?:[a-z]+:\/\/|[\\/]|[A-Z]:)[^()\s]*:\d+:\d+)\)?$/;

/** The user's lines of a stack, each whole. A line without a place, `at next (<anonymous>)`, is where a generator steps another. */
function userFrames(stack: string | undefined): string[] {
  return (stack ?? "").split("\n").filter((line) => PLACE.test(line) && !OWN.test(line));
}

/** `file:line:column` of the first of them. */
export function userPlace(stack: string | undefined): string {
  return PLACE.exec(userFrames(stack)[0] ?? "")?.[1] ?? "an unknown place";
}

/** Where an error comes from: its own lines; where these are all Skein's, as a group's, those of the first error in it. */
export function framesOf(error: unknown): string[] {
  try {
    if (!(error instanceof Error)) return [];
    const frames = userFrames(error.stack);
    const [inner] = error instanceof AggregateError ? error.errors : [error.cause];
    return frames.length > 0 || inner === error ? frames : framesOf(inner);
  } catch {
    return []; // one that cannot be looked at
  }
}
