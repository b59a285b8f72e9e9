/**
 * Each row is measured in a process of its own, all its systems in that one: what the engine has learnt of other rows' code
 * makes a row slower, its own side more than the host's built-ins. (A future handed on took 65 ns alone and 103 to 160 at its
 * place among the others.) Where that is what is to be shown, the row mixes by itself: `stream-sync-mixed`.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Measured, measure, type Row } from "./measure.ts";
import { withoutPeers } from "./peers.ts";
import { rows } from "./rows/index.ts";

/** What the process of a row is told. */
interface Order {
  readonly id: string;
  readonly rounds: number;
  readonly peers: boolean;
}

/** Measures `row` in a process that is started for it, with the flags of this one. @throws {Error} If that fails. */
export function measureApart(row: Row, rounds: number, peers: boolean): Promise<Measured> {
  const order: Order = { id: row.id, rounds, peers };
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("main.js", import.meta.url)), [], {
      env: { ...process.env, SKEIN_BENCH_ROW: JSON.stringify(order) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("message", (measured) => resolve(measured as Measured));
    child.once("exit", (code, signal) =>
      reject(new Error(`Cannot measure ${row.id}: its process ended by ${signal ?? `code ${code}`}.`)),
    );
  });
}

/** In the process of a row: measures it and sends the figures. False: this process is none. */
export async function servesRow(): Promise<boolean> {
  const order = process.env["SKEIN_BENCH_ROW"];
  if (order === undefined || process.send === undefined) return false;
  const { id, rounds, peers } = JSON.parse(order) as Order;
  const row = rows.find((row) => row.id === id) as Row;
  const measured = await measure(peers ? row : withoutPeers(row), rounds);
  await new Promise<void>((sent) => process.send?.(measured, () => sent()));
  return true;
}
