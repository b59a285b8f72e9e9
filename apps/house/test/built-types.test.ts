import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { layers } from "../src/layers.ts";
import { root } from "../src/tree.ts";

/** The declarations of every entry of every package, as built. */
const built = layers.flatMap(({ name }) => {
  const folder = join(root, "packages", name);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values<{ types?: string }>(exports).flatMap(({ types }) => (types ? join(folder, types) : []));
});

/** What the compiler has to say of entries in a user's program that has these libs and types. */
function errorsIn(entries: readonly string[], lib: string[], types: string[]): readonly string[] {
  const { ES2022: target } = ts.ScriptTarget;
  const { NodeNext: module } = ts.ModuleKind;
  const options = { target, module, lib, types, strict: true, skipLibCheck: false, noEmit: true };
  return ts
    .getPreEmitDiagnostics(ts.createProgram(entries, options))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

describe("the built types, in a program that checks its libraries", () => {
  test("ask a page for no libs but ES2022 and the DOM", () => {
    const forPages = built.filter((entry) => !entry.endsWith("/node.d.ts"));
    expect(forPages.length).toBeGreaterThan(8);
    expect(errorsIn(forPages, ["lib.es2022.d.ts", "lib.dom.d.ts"], [])).toEqual([]);
  });

  test("ask a program of Node for no lib but ES2022", () => {
    const forNode = built.filter((entry) => !entry.endsWith("/web.d.ts"));
    expect(forNode.length).toBeGreaterThan(8);
    expect(errorsIn(forNode, ["lib.es2022.d.ts"], ["node"])).toEqual([]);
  });
});
