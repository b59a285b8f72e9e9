import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { onNode, runFile } from "./run-file.js";

const BLOCK = /^```(ts|text)\n(.*?)^```$/gms;

/** Finds the examples of a README: each `ts` block, with the `text` block after it as what it prints. */
export function examplesIn(folder, file = "README.md") {
  const readme = readFileSync(join(folder, file), "utf8");
  const blocks = [...readme.matchAll(BLOCK)].map(({ 1: language, 2: body, index }) => ({
    language,
    body,
    line: readme.slice(0, index).split("\n").length,
  }));
  return blocks.flatMap((block, i) => {
    if (block.language !== "ts") return [];
    const next = blocks[i + 1];
    const prints = next?.language === "text" ? next.body : undefined;
    return [{ name: `${file}:${block.line}`, folder, code: block.body, prints }];
  });
}

/** Other runtimes write objects with other quotes and line breaks. */
const withoutStyle = (text) => text.replace(/[\s'"]|,(?=\s*[}\]])/g, "");

/** Runs an example as a module of its package, as a reader would who pasted it, and gives what it printed. */
export async function runExample({ name, folder, code, prints }) {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(code, { compilerOptions: options });
  // Inside the package, so that its own name resolves through its `exports` to what was built.
  const path = join(folder, "temp", `${name.replace(/\W+/g, "-")}.mjs`);
  mkdirSync(join(folder, "temp"), { recursive: true });
  writeFileSync(path, outputText);
  try {
    const test = !onNode && code.includes('from "node:test"'); // Node runs such a file like any other
    const { stdout } = await runFile(path, { cwd: folder, test });
    if (onNode || prints === undefined) return stdout;
    return withoutStyle(stdout) === withoutStyle(prints) ? prints : stdout;
  } finally {
    rmSync(path);
  }
}
