/** `    at query (file:///app/db.js:3:9)`, as V8 writes it; engines that write it otherwise keep the stacks they have. */
const FRAME = /^ {4}(spawned )?at /;
/** Stands below the frame of each generator, in V8. */
const RESUMED = /^ {4}at (\S+\.)?(next|throw|return) \(<anonymous>\)$/;
/** Steps a task, with the runtime's own file behind it. */
const STEPS = /^ {4}at (\S+\.)?step \(/;
const HOST = /\(?node:internal\//;
const PACKAGE = "(loop|future|coroutine|stream)/(dist|src)/";

/** Where this package lies, with the others of the family beside it; a package manager may put each elsewhere. */
const home = /((?:file:\/\/)?\/[^()\s]*?)coroutine\/(?:dist|src)\//.exec(`${new Error().stack}`)?.[1] ?? "@skein/";
const RUNTIME = new RegExp(`(${home.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&")}|@skein/)${PACKAGE}`);

/**
 * The frames of a stack that are the program's. Below the outermost generator is whoever steps its task, and is no part of
 * the program: where that is, V8 shows by what it writes below each generator, and others (Bun) by the step alone.
 */
export function framesOf(stack: string): string[] {
  const lines = stack.split("\n");
  const below = [...lines]
    .reverse()
    .findIndex((line) => RESUMED.test(line) || (STEPS.test(line) && RUNTIME.test(line)));
  return lines
    .slice(0, below < 0 ? lines.length : lines.length - below)
    .filter((line) => FRAME.test(line) && !RUNTIME.test(line) && !RESUMED.test(line) && !HOST.test(line));
}

/** Leaves only the program's frames in the stack of `error`, and puts `frames` behind them. */
export function joinFrames(error: Error, frames: readonly string[]): void {
  try {
    const { stack } = error;
    const end = typeof stack === "string" ? stack.search(/\n {4}at /) : -1;
    if (end < 0 || Object.isFrozen(error)) return; // newer engines would write even that, by an accessor
    error.stack = [(stack as string).slice(0, end), ...framesOf((stack as string).slice(end)), ...frames].join("\n");
  } catch {
    // Of a class that forbids it, or cannot be looked at: it keeps the stack that it has.
  }
}
