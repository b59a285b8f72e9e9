import ts from "typescript";
import type { Rule } from "../tree.ts";

const isReExport = (statement: ts.Statement): boolean =>
  ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;

/** An entry (`index.ts`) says what is public and does nothing else: every statement is `export … from`. */
export const onlyReExports: Rule = (tree) =>
  tree.paths
    .filter((path) => /^packages\/[^/]+\/src\/(.*\/)?index\.ts$/.test(path))
    .flatMap((path) => {
      const file = ts.createSourceFile(path, tree.read(path), ts.ScriptTarget.ES2022);
      const other = file.statements.find((statement) => !isReExport(statement));
      if (!other) return [];
      const line = file.getLineAndCharacterOfPosition(other.getStart(file)).line + 1;
      return [`${path}:${line}: an index only re-exports; move this into a file named after it`];
    });
