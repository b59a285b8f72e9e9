import { runExample } from "@skein/house/readme";
import { describe, expect, test } from "vitest";
import { docExamplesIn } from "../src/doc-examples.ts";
import { typeErrorsIn } from "../src/example-types.ts";
import { plantedIn, root, treeAt } from "../src/tree.ts";
import { soundTree } from "./sound-tree.ts";

describe("the docstrings", () => {
  test.concurrent.each(docExamplesIn(treeAt(root)))("the example at $name runs as pasted", async (example) => {
    expect(example.code).toContain("import ");
    await runExample(example);
  });

  test("the examples' types fit", () => expect(typeErrorsIn(docExamplesIn(treeAt(root)))).toEqual([]));
});

test("an example whose types do not fit is told of by its name and line", () => {
  const [example] = docExamplesIn(treeAt(root));
  if (!example) throw new Error("there is no example to break");
  const code = 'import { getEventLoop } from "@skein/loop";\n\nconsole.log(getEventLoop().size);\n';
  expect(typeErrorsIn([{ ...example, name: "planted.ts:1", code }])).toEqual([
    "planted.ts:1, line 3 of the example: Property 'size' does not exist on type 'EventLoop'.",
  ]);
});

test("an example is found in its docstring, and loses the stars", () => {
  const path = "packages/loop/src/planted.ts";
  const text =
    '/**\n * Says.\n *\n * @example\n * ```ts\n * import x from "x";\n *\n * if (x) {\n *   y();\n * }\n * ```\n */\n';
  const [found, ...others] = docExamplesIn(plantedIn(soundTree, { [path]: text }));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ name: `${path}:5`, code: 'import x from "x";\n\nif (x) {\n  y();\n}\n' });
});

test("an example that fails is a failure", async () => {
  const [example] = docExamplesIn(treeAt(root));
  if (!example) throw new Error("there is no example to break");
  await expect(runExample({ ...example, name: "planted", code: "throw new Error('planted')" })).rejects.toThrow(
    "planted",
  );
});
