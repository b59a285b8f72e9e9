import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `packages/` and `apps/`. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * What one run of every package's tests came to.
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed Failed tests, and test files that could not be loaded.
 * @property {readonly string[]} skipped The full names of tests that did not run.
 * @property {readonly string[]} silent The packages that have a `test` script but ran no test.
 */

/** @param {string} folder @returns {string[]} The folders of all packages and apps that have a `test` script. */
export const testedIn = (folder) =>
  ["packages", "apps"]
    .flatMap((group) => readdirSync(join(folder, group)).map((name) => `${group}/${name}`))
    .filter((path) => {
      const manifest = join(folder, path, "package.json");
      return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).scripts?.test !== undefined;
    });

/** @param {string} folder @param {string} path */
const reportOf = (folder, path) => join(folder, path, "temp", "tests.json");

/** Takes the reports of an earlier run away, so that only tests of this one are counted. @param {string} folder */
export const forgetTests = (folder) => {
  for (const path of testedIn(folder)) rmSync(reportOf(folder, path), { force: true });
};

/** Adds up the reports that the test runs have written. @param {string} folder @returns {Count} */
export const countTests = (folder) => {
  const count = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]), silent: /** @type {string[]} */ ([]) };
  for (const path of testedIn(folder)) {
    const file = reportOf(folder, path);
    const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { testResults: [] };
    let ran = 0;
    for (const { status: fileStatus, assertionResults } of report.testResults) {
      let failedHere = 0;
      for (const { status, fullName } of assertionResults) {
        if (status === "passed" || status === "failed") ran += 1;
        if (status === "passed") count.passed += 1;
        else if (status === "failed") failedHere += 1;
        else count.skipped.push(`${path}: ${fullName}`);
      }
      count.failed += fileStatus === "failed" ? Math.max(1, failedHere) : failedHere;
    }
    if (ran === 0) count.silent.push(path);
  }
  return count;
};

/** The line that ends a run. @param {Count} count */
export const summaryOf = ({ passed, failed }) => `${passed} passed, ${failed} failed`;
