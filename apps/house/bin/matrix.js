#!/usr/bin/env node
/**
 * Runs every package's tests on the other Node versions that the packages promise, each fetched from npm:
 * `pnpm run test:matrix`, or `pnpm run test:matrix 22.23.3`.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { countTests, forgetTests, root, summaryOf, testedIn } from "../src/count-tests.js";

const { platform, arch, argv, env } = process;
const wanted = argv.slice(2);
const versions = wanted.length > 0 ? wanted : ["22.23.3", "24.21.0", "26.10.0"];

/** @param {string} tool @param {readonly string[]} args @param {import("node:child_process").SpawnSyncOptions} [options] */
const run = (tool, args, options) => {
  const { status, stdout, stderr } = spawnSync(tool, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  return { ok: status === 0, stdout: String(stdout), output: `${stdout}${stderr}` };
};

/** The path of that Node, out of npm's cache. @param {string} version */
const fetchNode = (version) => {
  const name = `node-${platform}-${arch}@${version}`;
  const asked = run("npx", [
    "--prefer-offline",
    "-y",
    "-p",
    name,
    "--",
    "node",
    "-p",
    "process.version+process.execPath",
  ]);
  const answer = asked.stdout.trim();
  if (answer.startsWith(`v${version}/`)) return answer.slice(version.length + 1);
  throw new Error(
    `Cannot run Node ${version}: "${name}" answered "${answer}"; is there such a package for this machine?`,
  );
};

for (const version of versions) {
  const node = fetchNode(version);
  const PATH = `${dirname(node)}:${env["PATH"]}`;
  forgetTests(root);
  // Straight to vitest: turbo's cache does not know which Node ran. The house comes last, as it reads the others' reports.
  for (const path of testedIn(root)) {
    const cwd = join(root, path);
    const { ok, output } = run(node, [join(cwd, "node_modules", "vitest", "vitest.mjs"), "run"], {
      cwd,
      env: { ...env, PATH },
    });
    console.log(`  Node ${version}, ${path}: ${ok ? "ok" : `FAILED\n\n${output}`}`);
    if (!ok) process.exitCode = 1;
  }
  const count = countTests(root);
  for (const path of count.silent) console.log(`  Node ${version}: no test ran in ${path}`);
  if (count.silent.length > 0) process.exitCode = 1;
  console.log(`Node ${version}: ${summaryOf(count)}`);
}
