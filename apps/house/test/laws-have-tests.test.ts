import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lawsHaveTests, lawsIn } from "../src/rules/laws-have-tests.ts";
import { plantedIn, root, treeAt } from "../src/tree.ts";
import { soundTree } from "./sound-tree.ts";

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The tests of a layer that passed in its last run. turbo runs every layer's tests before this one. */
const passedIn = (layer: string): readonly string[] => {
  const path = join(root, "packages", layer, "temp", "tests.json");
  if (!existsSync(path)) {
    throw new Error(`Cannot tell what @skein/${layer} tests: ${path} is missing; run \`pnpm test\` there first`);
  }
  const { testResults } = JSON.parse(readFileSync(path, "utf8")) as Report;
  return testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === "passed")
    .map(({ fullName }) => fullName);
};

test("each rule of each contract is a test of the same id that passed", () => {
  expect(lawsHaveTests(treeAt(root), passedIn)).toEqual([]);
});

test("a rule that no test names is found", () => {
  const contract = "packages/loop/src/scheduler.ts";
  const tree = plantedIn(soundTree, { [contract]: "/**\n * - **L1** One.\n * - **L10** Ten.\n */" });
  const names = (layer: string) =>
    layer === "loop" ? ["callSoon L1 waits", "XL10", "L100 is another", "LOOP-L10 too"] : ["X1 holds"];
  expect(lawsHaveTests(tree, names)).toEqual([
    `${contract}: no test of @skein/loop that passed has L10 in its name; write one`,
  ]);
});

test("the rules of a contract are read once each, in order", () => {
  expect(lawsIn("**A2** and **A1**, (**A2**), **bold**, **S10** True")).toEqual(["A2", "A1", "S10"]);
});
