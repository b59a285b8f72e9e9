#!/usr/bin/env node
/** Checks everything: what `npm test` runs once the dependencies are there. Its last line counts the tests. */
import { countTests, forgetTests, root, summaryOf } from "../src/count-tests.js";
import { runSteps } from "../src/run-steps.js";

/** @type {(...tasks: string[]) => readonly [string, ...string[]]} */
const turbo = (...tasks) => [
  "turbo",
  "run",
  ...tasks,
  "--output-logs=errors-only",
  "--continue=dependencies-successful",
  // One task a core: tests that start browsers and processes do not fight with ten compilers.
  "--concurrency=100%",
];

forgetTests(root);
const failed = runSteps(
  [
    { name: "build", command: turbo("build"), needed: true },
    {
      name: "lint and format (biome)",
      command: ["biome", "check", "--error-on-warnings", "--max-diagnostics=200", "--colors=off", "."],
    },
    {
      name: "imports (dependency-cruiser)",
      command: ["depcruise", "packages", "apps", "--config", ".dependency-cruiser.cjs", "--output-type", "err-long"],
    },
    { name: "unused files, exports and dependencies (knip)", command: ["knip"] },
    { name: "types, tests, packages and API reports", command: turbo("typecheck", "test", "pack:check", "api:check") },
    { name: "bundle sizes (size-limit)", command: ["size-limit"] },
  ],
  root,
);

const count = countTests(root);
for (const name of count.skipped) console.log(`  skipped: ${name}`);
for (const path of count.silent) console.log(`  no test ran in ${path}`);
const ok = failed.length === 0 && count.failed === 0 && count.silent.length === 0 && count.passed > 0;
console.log(ok ? "\nAll checks passed." : `\nNOT GOOD: ${failed.join("; ") || "tests"}`);
console.log(summaryOf(count));
process.exitCode = ok ? 0 : 1;
