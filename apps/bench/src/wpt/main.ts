/**
 * `pnpm run wpt [--wpt FOLDER] [--failures] [--bridge NAME] [FILE …]`: the Web Platform Tests of streams, natively and
 * through each bridge. Nothing of them is part of this repository.
 */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { BridgeName } from "./bridges.ts";
import { reasonFor } from "./by-nature.ts";
import { fetchWpt } from "./fetch-wpt.ts";
import { runFile } from "./run-file.ts";
import type { FileResult, Subtest } from "./worker.ts";

/** How long a promise test may take: most take a few milliseconds, and those that hang all of it. */
const LIMIT_MS = 500;
const cache = fileURLToPath(new URL("../node_modules/.cache/", import.meta.url));
const ofReadable = ["readable-streams", "readable-byte-streams", "piping", "idlharness"];
/** Where a bridge has something to say. */
const folders: Record<Exclude<BridgeName, "native">, readonly string[]> = {
  readable: ofReadable,
  "readable-0": ofReadable,
  writable: ["writable-streams", "piping", "idlharness"],
  piping: ["piping"],
};
type Bridge = keyof typeof folders;

const passing = (subtests: readonly Subtest[]): Set<string> =>
  new Set(subtests.filter(({ passed }) => passed).map(({ name }) => name));
const count = (counts: Map<string, number>, key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);

/** Runs every file through one bridge; gives what passes natively and not so, and how many of those have no excuse. */
async function compare(
  bridge: Bridge,
  files: readonly string[],
  run: (file: string, as: BridgeName) => Promise<FileResult>,
  failures: boolean,
) {
  let [natively, ours] = [0, 0];
  const lost: string[] = [];
  const reasons = new Map<string, number>();
  console.log(`\n${bridge}`);
  for (const file of files.filter((name) => folders[bridge].some((folder) => name.startsWith(`streams/${folder}`)))) {
    const wanted = passing((await run(file, "native")).subtests);
    const { subtests, uncaught } = await run(file, bridge);
    const got = passing(subtests);
    natively += wanted.size;
    ours += got.size;
    console.log(`  ${file.padEnd(60)} ${String(wanted.size).padStart(3)} natively, ${String(got.size).padStart(3)} so`);
    for (const name of wanted) {
      if (got.has(name)) continue;
      const message = subtests.find((subtest) => subtest.name === name)?.message ?? null;
      const reason = reasonFor(bridge, name, message) ?? "NO EXCUSE";
      count(reasons, reason);
      lost.push(`${file} ${name}`);
      if (failures || reason === "NO EXCUSE")
        console.log(`      ✗ ${name}: ${message?.split("\n")[0]}\n        (${reason})`);
    }
    if (failures) for (const error of uncaught) console.log(`      reached nobody: ${error}`);
  }
  console.log(`  ${"all".padEnd(60)} ${String(natively).padStart(3)} natively, ${String(ours).padStart(3)} so; not:`);
  for (const [why, times] of reasons) console.log(`  ${String(times).padStart(5)}: ${why}`);
  return { natively, lost, unexcused: reasons.get("NO EXCUSE") ?? 0 };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { wpt: { type: "string" }, failures: { type: "boolean", default: false }, bridge: { type: "string" } },
    allowPositionals: true,
  });
  const wpt = values.wpt ?? fetchWpt(cache);
  const files = readdirSync(join(wpt, "streams"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".any.js"))
    .map((name) => relative(wpt, join(wpt, "streams", name)))
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
    .sort();
  const known = new Map<string, Promise<FileResult>>();
  const run = (file: string, bridge: BridgeName): Promise<FileResult> => {
    const key = `${bridge} ${file}`;
    const result = known.get(key) ?? runFile({ wpt, file, bridge, limitMs: LIMIT_MS });
    known.set(key, result);
    return result;
  };
  const chosen = (Object.keys(folders) as Bridge[]).filter((name) => (values.bridge ?? name) === name);
  const lost = new Map<Bridge, readonly string[]>();
  let [unexcused, readable] = [0, 0];
  for (const bridge of chosen) {
    const result = await compare(bridge, files, run, values.failures);
    lost.set(bridge, result.lost);
    unexcused += result.unexcused;
    if (bridge === "readable") readable = result.natively;
  }
  const never = lost.get("readable")?.filter((name) => lost.get("readable-0")?.includes(name) ?? true);
  if (never !== undefined) console.log(`\nof ${readable} with one item ahead or none: ${readable - never.length}`);
  return unexcused;
}

main().then(
  (unexcused) => process.exit(unexcused === 0 ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
