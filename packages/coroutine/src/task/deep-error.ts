/**
 * An error whose stack reaches through the runtime to the program: V8 keeps 10 frames unless told otherwise, and most of
 * those are our own. The text is made only if it is read.
 */
export function deepError(frames: number): Error {
  const limits = Error as { stackTraceLimit?: number };
  const before = limits.stackTraceLimit;
  if (before !== undefined) limits.stackTraceLimit = frames;
  const error = new Error("made here");
  if (before !== undefined) limits.stackTraceLimit = before;
  return error;
}
