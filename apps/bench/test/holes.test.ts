import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Happening, verdict } from "../src/holes/story.ts";

const told: readonly [string, Happening[]][] = [
  ["sound", ["closing", "closed", "over"]],
  ["sound", ["closing", "second cancel", "closed", "over"]],
  ["the code after the cancelled call ran", ["closing", "closed", "charged", "over"]],
  ["the code after the cancelled call ran; nobody waited for the cleanup", ["closing", "over", "closed", "charged"]],
  ["the cleanup was skipped", ["second cancel", "over"]],
  ["the cleanup was cut off", ["closing", "second cancel", "over"]],
  ["nobody waited for the cleanup", ["closing", "second cancel", "over", "closed"]],
];

test.each(told)("the verdict is: %s", (expected, story) => expect(verdict(story)).toBe(expected));

test("the README shows no other verdicts than there are", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const shown = [...readme.matchAll(/^ {2}\S+, \w+ {2,}(.+?) {2}/gm)].map(([, what]) => what);
  expect(shown).toHaveLength(12);
  for (const what of shown) expect(told.map(([known]) => known)).toContain(what);
});
