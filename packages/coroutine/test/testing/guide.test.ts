import { fileURLToPath } from "node:url";
import { examplesIn, runExample } from "@skein/house/readme";
import { describe, expect, test } from "vitest";

describe("the examples of the guide run as pasted, and print what it says", () => {
  const examples = examplesIn(fileURLToPath(new URL("../..", import.meta.url)), "docs/testing.md");
  test("there are some", () => expect(examples.length).toBeGreaterThan(3));
  for (const example of examples) {
    test(example.name, async () => {
      const printed = await runExample(example);
      if (example.prints !== undefined) expect(printed).toBe(example.prints);
    });
  }
});
