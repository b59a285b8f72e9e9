import { join } from "node:path";
import type { Example } from "@skein/house/readme";
import ts from "typescript";

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * What the compiler has to say of the examples, a line each. They are read as a user's program would be, by what was
 * built; one call for all of them, since most of the time goes into reading the libraries.
 */
export function typeErrorsIn(examples: readonly Example[]): readonly string[] {
  const at = new Map(
    examples.map((example) => [join(example.folder, "temp", `${example.name.replace(/\W+/g, "-")}.mts`), example]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => at.has(path) || fileExists(path);
  host.readFile = (path) => at.get(path)?.code ?? readFile(path);
  const program = ts.createProgram([...at.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? ts.getLineAndCharacterOfPosition(file, start).line + 1 : 0;
    const name = at.get(file?.fileName ?? "")?.name ?? file?.fileName;
    return `${name}, line ${line} of the example: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
