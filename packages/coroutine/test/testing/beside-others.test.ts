/*
 * The gallery, hunted with what there is elsewhere, too: fake timers, and the scheduler of fast-check. What comes out stands in
 * `docs/testing-beside-others.md`, number for number.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { runTest } from "../../src/testing/index.ts";
import { gallery } from "./gallery/all.ts";
import type { Exhibit } from "./gallery/exhibit.ts";
import { byFakeTimers, byFakeTimersAndChance, byFastCheck, bySkein } from "./gallery/hunters.ts";

/** Each begins with another seed. */
const SEARCHES = 20;

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const read = (path: string): string => readFileSync(pathTo(path), "utf8");

/** The source of every exhibit. */
const sources = readdirSync(pathTo("./gallery")).map((file) => read(`./gallery/${file}`));

/** How many lines of code a function or a method has. */
function linesOf(source: string, name: string): number {
  const find = (node: ts.Node): ts.Node | undefined =>
    (ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name?.getText() === name
      ? node
      : ts.forEachChild(node, find);
  const found = find(ts.createSourceFile("source.ts", source, ts.ScriptTarget.ES2022, true));
  if (found === undefined) throw new Error(`There is no ${name}`);
  const lines = found.getText().split("\n");
  return lines.filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length;
}

/** The median of several searches, and the longest of them. */
async function typical(hunt: (seed: number) => Promise<number | undefined>): Promise<string> {
  const runs: number[] = [];
  for (let search = 0; search < SEARCHES; search++) {
    runs.push((await hunt(1 + 10_000 * search)) ?? Number.POSITIVE_INFINITY);
  }
  runs.sort((a, b) => a - b);
  return `${runs[SEARCHES / 2 - 1]} (${runs.at(-1)})`;
}

async function rowOf({ name, promises, broken }: Exhibit): Promise<string> {
  const source = sources.find((text) => text.includes(`name: ${JSON.stringify(name)}`)) ?? "";
  const cells = [
    name,
    (await byFakeTimers(promises)) ?? "never",
    await typical((seed) => byFakeTimersAndChance(promises, seed)),
    await typical((seed) => byFastCheck(promises, seed)),
    await runTest(broken).then(
      () => "never",
      () => 1,
    ),
    await typical((seed) => bySkein(broken, seed)),
    linesOf(source, "promises"),
    linesOf(source, "broken"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The table under that heading, without its head. */
function tableOf(heading: string): string {
  const [, after = ""] = read("../../docs/testing-beside-others.md").split(`## ${heading}\n`);
  return after
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .join("\n") as string;
}

test("each bug is found in so many runs, with so many lines", async () => {
  const rows: string[] = [];
  for (const exhibit of gallery) rows.push(await rowOf(exhibit));
  expect(tableOf("What is found")).toBe(rows.join("\n"));
});

test("each hunter takes so many lines, once", () => {
  const hunters = read("./gallery/hunters.ts");
  const rows = [
    ["fake timers", linesOf(hunters, "failsByTimers") + linesOf(hunters, "byFakeTimers")],
    ["fake timers and chance", linesOf(hunters, "failsByTimers") + linesOf(hunters, "byFakeTimersAndChance")],
    ["fast-check", linesOf(hunters, "byFastCheck")],
    ["`explore`", 1], // await explore(program)
  ];
  expect(tableOf("What it takes")).toBe(rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
});
