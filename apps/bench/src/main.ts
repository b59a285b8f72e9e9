/**
 * `pnpm bench [--json FILE] [--rounds N] [--no-peers] [ID …]`: the table of every claim, or of the rows whose ids start so.
 * `pnpm bench --holes`: what becomes of cleanup here and elsewhere when a task is cancelled.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { tally } from "./floors.ts";
import { showHoles } from "./holes/show.ts";
import { installPeers } from "./install-peers.ts";
import type { Measured, Row } from "./measure.ts";
import { needsPeers, peersFolder, withoutPeers } from "./peers.ts";
import { measureApart, servesRow } from "./row-process.ts";
import { rows } from "./rows/index.ts";
import { format } from "./table.ts";

async function main(): Promise<void> {
  if (await servesRow()) return;
  const { values, positionals } = parseArgs({
    options: {
      json: { type: "string" },
      rounds: { type: "string", default: "7" },
      "no-peers": { type: "boolean", default: false },
      holes: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (values.holes) {
    installPeers({ folder: fileURLToPath(peersFolder) });
    return showHoles(console.log);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`Cannot bench for ${values.rounds} rounds: give a whole number from 1.`);
  const named = rows.filter((row) => positionals.length === 0 || positionals.some((id) => row.id.startsWith(id)));
  if (named.length === 0)
    throw new RangeError(
      `Cannot bench ${positionals.join(", ")}: the rows are ${rows.map((row) => row.id).join(", ")}.`,
    );
  const chosen: readonly Row[] = values["no-peers"] ? named.map(withoutPeers) : named;
  if (chosen.some(needsPeers)) installPeers({ folder: fileURLToPath(peersFolder) });

  const cpu = cpus()[0]?.model ?? "unknown";
  console.log(`node ${process.version}, ${cpu}, medians of ${rounds} interleaved rounds\n`);
  const runs: { readonly row: Row; readonly measured: Measured }[] = [];
  for (const row of chosen) {
    const measured = await measureApart(row, rounds, !values["no-peers"]);
    runs.push({ row, measured });
    console.log(format(row, measured));
  }
  console.log(`\n${tally(runs)}`);
  if (values.json !== undefined) {
    const report = {
      node: process.version,
      cpu,
      date: new Date().toISOString(),
      rows: runs.map(({ measured }) => measured),
    };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
