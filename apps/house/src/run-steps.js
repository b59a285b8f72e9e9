import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

/** A step that takes longer hangs: it is ended, and counts as failed. */
const LIMIT_MINUTES = 15;

/**
 * One check: a name for people, a command with its arguments, and whether the rest is pointless if it fails.
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly [string, ...string[]]} command
 * @property {boolean} [needed]
 */

/**
 * Runs the steps one after the other and says how each went. A failed one shows all its output and does not stop the
 * others (unless `needed`), so that one run tells everything that is wrong.
 * @param {readonly Step[]} steps
 * @param {string} folder
 * @param {(text: string) => void} [write]
 * @returns {readonly string[]} The names of the steps that failed.
 */
export const runSteps = (steps, folder, write = (text) => process.stdout.write(text)) => {
  const env = {
    ...process.env,
    PATH: [join(folder, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
    TURBO_TELEMETRY_DISABLED: "1",
  };
  const failed = [];
  for (const { name, command, needed } of steps) {
    write(`  ${name} …`);
    const start = performance.now();
    const [tool, ...args] = command;
    const result = spawnSync(tool, args, {
      cwd: folder,
      env,
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MINUTES * 60_000,
      // There the tools are `.cmd` files, which only a shell can start.
      shell: process.platform === "win32",
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (result.status === 0) {
      write(` ok, ${seconds} s\n`);
      continue;
    }
    const why = result.error?.message ?? (result.signal ? `ended by ${result.signal}` : `exit code ${result.status}`);
    write(` FAILED, ${why}\n\n${result.stdout ?? ""}${result.stderr ?? ""}\n`);
    failed.push(name);
    if (needed) break;
  }
  return failed;
};
