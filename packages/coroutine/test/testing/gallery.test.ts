/*
 * A gallery of classic bugs, each written with Skein as it is usually written. Each is found within a stated number of
 * schedules, told again in a fresh process by its printed seed, and gone in the fixed version, under every schedule there is.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explore, runTest, sweepCancel } from "../../src/testing/index.ts";
import { gallery } from "./gallery/all.ts";
import { leakOnCancel } from "./gallery/leak-on-cancel.ts";
import { rejection } from "./rejection.ts";

const SEARCHES = 10;

/** The gallery in JavaScript, on the built package: what another process can run. */
let folder: string;

/** Runs one exhibit once, and prints what came of it. */
const REPLAY = `
import { explore } from "@skein/coroutine/testing";
import { gallery } from "./all.mjs";

const [name, order] = process.argv.slice(2);
const { broken } = gallery.find((exhibit) => exhibit.name === name);
const failure = await explore(broken, { order, seeds: 1_000 }).catch((error) => error);
const { code, seed, run, log, switches } = failure;
console.log(JSON.stringify({ code, seed, run, log, switches, cause: String(failure.cause) }));
`;

beforeAll(() => {
  const [from, to] = ["./gallery", "../../temp"].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  mkdirSync(to as string, { recursive: true });
  folder = mkdtempSync(`${to}/gallery-`);
  for (const file of readdirSync(from as string)) {
    const { outputText } = ts.transpileModule(readFileSync(`${from}/${file}`, "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const code = outputText.replaceAll("../../../src/index.ts", "@skein/coroutine").replace(/\.ts"/g, '.mjs"');
    writeFileSync(`${folder}/${file.replace(/\.ts$/, ".mjs")}`, code);
  }
  writeFileSync(`${folder}/replay.mjs`, REPLAY);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(gallery)("$name", ({ name, broken, fixed, within, finding }) => {
  for (const order of ["random", "pct"] as const) {
    test(`is found within ${within} schedules by ${order}, in each of ${SEARCHES} searches`, async () => {
      for (let search = 0; search < SEARCHES; search++) {
        const failure = await rejection(explore(broken, { order, seeds: within, seed: 1 + 1_000 * search }));
        expect(failure.message).toMatch(finding);
      }
    });

    test(`is told again in a fresh process, by the seed that ${order} prints`, async () => {
      const failure = await rejection(explore(broken, { order, seeds: within, seed: 1 }));
      const printed = /SKEIN_SEED=(\d+) replays it/.exec(failure.message)?.[1];
      const env = { ...process.env, SKEIN_SEED: printed };
      const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/replay.mjs`, name, order], { env });
      const { code, seed, log, switches } = failure;
      expect(JSON.parse(stdout)).toEqual({ code, seed, run: 0, log, switches, cause: String(failure.cause) });
    });
  }

  test("is gone in the fixed version, under every schedule there is", async () => {
    const { runs, complete } = await explore.exhaustive(fixed);
    expect(complete).toBe(true);
    expect(runs).toBeGreaterThan(5);
  });
});

describe("leak on cancel", () => {
  test("is found by a sweep, too, at the wait where it happens", async () => {
    const failure = await rejection(sweepCancel(leakOnCancel.broken));
    expect(failure).toMatchObject({ code: "LEAK", leaks: [{ kind: "permits", name: "pool (1 missing)" }] });
  });

  test("is gone in the fixed version, wherever it is cancelled", async () => {
    const { runs } = await sweepCancel(leakOnCancel.fixed);
    expect(runs).toBeGreaterThan(10);
  });
});

describe("in a real loop's order", () => {
  /** Who has several at the same place at the same moment needs no luck. */
  const seenAtOnce = [
    "lost update",
    "check, then act",
    "double close",
    "thundering herd on expiry",
    "deadlock of two locks",
  ];
  for (const { name, broken } of gallery) {
    const shows = seenAtOnce.includes(name);
    test(`${name} ${shows ? "shows at once" : "hides"}`, async () => {
      if (shows) await rejection(runTest(broken));
      else await runTest(broken);
    });
  }
});
