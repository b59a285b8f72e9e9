import { join } from "node:path";
import { examplesIn, runExample } from "@skein/house/readme";
import { expect, test } from "vitest";
import { root } from "../src/tree.ts";

// The root is no package: its examples run where the packages that they import can be found.
const folder = join(root, "packages", "coroutine");
const examples = examplesIn(root).map((example) => ({ ...example, name: `root ${example.name}`, folder }));

test.each(examples)("the example of $name runs as pasted, and prints what it says", async (example) => {
  expect(example.prints).toBeDefined();
  expect(await runExample(example)).toBe(example.prints);
});

test("the README shows an example", () => {
  expect(examples).not.toEqual([]);
});
