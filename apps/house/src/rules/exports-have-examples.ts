import { layers } from "../layers.ts";
import type { Rule, Tree } from "../tree.ts";

// `_2`: so the report calls what has the name of a global; `export { window_2 as window }` stands below it.
const exported = /^(?:export )?(?:abstract )?(?:async )?(?:function\*?|class) (\w+?)(?:_\d+)?\b/gm;
const docstring = String.raw`(?:/\*\*(?:(?!\*/)[^])*\*/\n)?`;

/**
 * Each function and class that a package exports, by its API reports, has an example in its docstring: a whole program
 * in a `ts` fence, which the tests then run. Types and constants may do without.
 */
export const exportsHaveExamples: Rule = (tree) =>
  layers.flatMap(({ name: layer }) => {
    const sources = tree.paths.filter((path) => path.startsWith(`packages/${layer}/src/`) && path.endsWith(".ts"));
    return namesIn(tree, `packages/${layer}/etc/`).flatMap((name) => {
      // Of a function with several signatures the first one has the docstring, and counts.
      const declared = new RegExp(`(${docstring})export (?:abstract )?(?:async )?(?:function\\*?|class) ${name}\\b`);
      const found = sources
        .map((path) => ({ path, match: declared.exec(tree.read(path)) }))
        .filter(({ match }) => match !== null);
      if (found.some(({ match }) => match?.[1]?.includes(" * ```ts\n"))) return [];
      const where = found[0]?.path ?? `packages/${layer}`;
      return [`${where}: \`${name}\` has no example; show in its docstring, in a ts fence, a program that uses it`];
    });
  });

const namesIn = (tree: Tree, folder: string): readonly string[] => [
  ...new Set(
    tree.paths
      .filter((path) => path.startsWith(folder) && path.endsWith(".api.md"))
      .flatMap((path) => [...tree.read(path).matchAll(exported)].map((match) => match[1] ?? "")),
  ),
];
