import { execFile } from "node:child_process";
import { promisify } from "node:util";

const { SKEIN_RUNTIME } = process.env;

/** True if files run on Node; the matrix names other runtimes, as a JSON array: the path, and how to run a file. */
export const onNode = SKEIN_RUNTIME === undefined;

const [runtime, ...how] = onNode ? [process.execPath] : JSON.parse(SKEIN_RUNTIME);

/** Runs a JavaScript file in a process of its own; `test`: by the runtime's command for tests. */
export async function runFile(path, { cwd, test = false } = {}) {
  const given = test ? how.map((word) => (word === "run" ? "test" : word)) : how;
  const { stdout, stderr } = await promisify(execFile)(runtime, [...given, path], { cwd, timeout: 20_000 });
  return { stdout, stderr };
}
