#!/usr/bin/env node
/**
 * Runs the tests on the other runtimes that the packages promise, each fetched from npm: `pnpm run test:matrix`, or
 * `pnpm run test:matrix node@22.23.3 deno@2.9.6`.
 *
 * Another Node runs every package's tests. Bun and Deno cannot run the tools of these tests; they run the programs of
 * `apps/runtimes` and every example of the READMEs, guides and docstrings.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { countTests, forgetTests, root, summaryOf, testedIn } from "../src/count-tests.js";

const { platform, arch, argv, env } = process;
const wanted = argv.slice(2);
const targets =
  wanted.length > 0 ? wanted : ["node@22.23.3", "node@24.21.0", "node@26.10.0", "bun@1.4.5", "deno@2.9.6"];

/**
 * Where it says it is; and for those that are not Node, how it runs a file.
 * @type {Record<"node" | "bun" | "deno", { where: readonly string[], how?: readonly string[] }>}
 */
const runtimes = {
  node: { where: ["-p", "process.execPath"] },
  bun: { where: ["-p", "process.execPath"], how: ["run"] },
  // Without any permission: nothing here needs one.
  deno: { where: ["eval", "console.log(Deno.execPath())"], how: ["run", "--no-prompt", "--no-lock", "--no-check"] },
};
/** What runs files in processes of their own, as a user would. */
const portable = ["test/programs", "test/readme", "test/doc-examples", "test/testing/guide"];

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

/** The path of that runtime, out of npm's cache. @param {keyof typeof runtimes} name @param {string | undefined} version */
const fetchRuntime = (name, version) => {
  const source = `${name === "node" ? `node-${platform}-${arch}` : name}@${version}`;
  const asked = run("npx", ["--prefer-offline", "-y", "-p", source, "--", name, ...runtimes[name].where]);
  const path = asked.stdout.trim();
  const said = run(path, ["--version"]).stdout;
  if (said.includes(String(version))) return path;
  throw new Error(
    `Cannot run ${name} ${version}: "${source}" gave "${asked.output.trim()}", which says it is "${said.trim()}"; is there such a package for this machine?`,
  );
};

for (const target of targets) {
  const [name = "", version] = target.split("@");
  if (name !== "node" && name !== "bun" && name !== "deno") {
    throw new Error(`Cannot test on "${target}": write it like node@22.23.3, bun@1.4.5 or deno@2.9.6.`);
  }
  const path = fetchRuntime(name, version);
  const { how } = runtimes[name];
  const node = how ? process.execPath : path;
  const settings = how
    ? { SKEIN_RUNTIME: JSON.stringify([path, ...how]) }
    : { PATH: `${dirname(path)}:${env["PATH"]}` };
  forgetTests(root);
  // Straight to vitest: turbo's cache does not know what ran. The house comes after the packages, as it reads their reports.
  for (const folder of testedIn(root)) {
    const cwd = join(root, folder);
    const files = how ? ["--passWithNoTests", ...portable] : [];
    const { ok, output } = run(node, [join(cwd, "node_modules", "vitest", "vitest.mjs"), "run", ...files], {
      cwd,
      env: { ...env, ...settings },
    });
    console.log(`  ${target}, ${folder}: ${ok ? "ok" : `FAILED\n\n${output}`}`);
    if (!ok) process.exitCode = 1;
  }
  const count = countTests(root);
  const silent = how ? (count.passed === 0 ? ["any package"] : []) : count.silent;
  for (const folder of silent) console.log(`  ${target}: no test ran in ${folder}`);
  if (silent.length > 0) process.exitCode = 1;
  console.log(`${target}: ${summaryOf(count)}`);
}
