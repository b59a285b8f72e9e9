import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countTests, forgetTests, summaryOf } from "../src/count-tests.js";

let folder = "";
const write = (path: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), JSON.stringify(content));
};
const report = (status: string, ...tests: readonly string[]) => ({
  testResults: [
    { status, assertionResults: tests.map((word, index) => ({ status: word, fullName: `test ${index}` })) },
  ],
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skein count "));
  write("packages/one/package.json", { scripts: { test: "vitest run" } });
  write("packages/two/package.json", { scripts: { test: "vitest run" } });
  write("apps/untested/package.json", { scripts: {} });
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the tests of every package are added up", () => {
  write("packages/one/temp/tests.json", report("passed", "passed", "passed"));
  write("packages/two/temp/tests.json", report("failed", "passed", "failed", "failed", "skipped"));
  const count = countTests(folder);
  expect(count).toEqual({ passed: 3, failed: 2, skipped: ["packages/two: test 3"], silent: [] });
  expect(summaryOf(count)).toBe("3 passed, 2 failed");
});

test("a test file that cannot be loaded is a failure", () => {
  write("packages/one/temp/tests.json", report("failed"));
  expect(countTests(folder).failed).toBe(1);
});

test("a package that ran no test is named", () => {
  write("packages/one/temp/tests.json", report("passed", "passed"));
  write("packages/two/temp/tests.json", report("passed", "skipped"));
  expect(countTests(folder).silent).toEqual(["packages/two"]);
});

test("what an earlier run has left is not counted", () => {
  write("packages/one/temp/tests.json", report("passed", "passed"));
  forgetTests(folder);
  expect(countTests(folder)).toEqual({ passed: 0, failed: 0, skipped: [], silent: ["packages/one", "packages/two"] });
});
