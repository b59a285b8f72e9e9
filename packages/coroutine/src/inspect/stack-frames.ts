/** `    at query (file:///app/db.js:3:9)`, as V8 writes it; engines that write it otherwise keep the stacks they have. */
const FRAME = /^ {4}(spawned )?at /;
/** Stands below the frame of each generator. Below the outermost is whoever steps the task, and is no part of the program. */
const RESUMED = /^ {4}at (\S+\.)?(next|throw|return) \(<anonymous>\)$/;
const HOST = /\(?node:internal\//;
const PACKAGE = "(loop|future|coroutine|stream)/(dist|src)/";

/** Where this package lies, with the others of the family beside it; a package manager may put each elsewhere. */
const home = /((?:file:\/\/)?\/[^()\s]*?)coroutine\/(?:dist|src)\//.exec(`${new Error().stack}`)?.[1] ?? "@skein/";
const RUNTIME = new RegExp(`(${home.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&")}|@skein/)${PACKAGE}`);

/** The frames of a stack that are the program's. */
export function framesOf(stack: string): string[] {
  const lines = stack.split("\n");
  const below = [...lines].reverse().findIndex((line) => RESUMED.test(line));
  return lines
    .slice(0, below < 0 ? lines.length : lines.length - below)
    .filter((line) => FRAME.test(line) && !RUNTIME.test(line) && !RESUMED.test(line) && !HOST.test(line));
}

/** Leaves only the program's frames in the stack of `error`, and puts `frames` behind them. */
export function joinFrames(error: Error, frames: readonly string[]): void {
  const { stack } = error;
  const end = typeof stack === "string" ? stack.search(/\n {4}at /) : -1;
  if (end < 0 || Object.isFrozen(error)) return; // newer engines would write even that, by an accessor
  const lines = [(stack as string).slice(0, end), ...framesOf((stack as string).slice(end)), ...frames];
  try {
    error.stack = lines.join("\n");
  } catch {
    // Of a class that forbids it: it keeps the stack that it has.
  }
}
