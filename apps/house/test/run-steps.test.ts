import { expect, test } from "vitest";
import { runSteps, type Step } from "../src/run-steps.js";
import { root } from "../src/tree.ts";

const node = (name: string, code: string, needed = false): Step => ({
  name,
  command: [process.execPath, "-e", code],
  needed,
});

const told = (steps: readonly Step[]) => {
  let text = "";
  const failed = runSteps(steps, root, (more) => {
    text += more.replace(/\d+\.\d s/, "n s");
  });
  return { failed, text };
};

test("a failed step shows what it wrote, and the others still run", () => {
  expect(
    told([
      node("first", "console.log('quiet when all is well')"),
      node("second", "console.log('out'); console.error('err'); process.exitCode = 3"),
      node("third", ""),
    ]),
  ).toEqual({
    failed: ["second"],
    text: "  first … ok, n s\n  second … FAILED, exit code 3\n\nout\nerr\n\n  third … ok, n s\n",
  });
});

test("nothing runs after a needed step that failed", () => {
  expect(told([node("build", "process.exitCode = 1", true), node("rest", "")])).toEqual({
    failed: ["build"],
    text: "  build … FAILED, exit code 1\n\n\n",
  });
});

test("a tool that is not there is a failure", () => {
  const { failed, text } = told([{ name: "missing", command: ["no-such-tool-of-skein"] }]);
  expect(failed).toEqual(["missing"]);
  expect(text).toContain("ENOENT");
});
