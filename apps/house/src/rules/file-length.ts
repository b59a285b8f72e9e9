import { layers } from "../layers.ts";
import type { Rule } from "../tree.ts";

const contracts = new Set(layers.map((layer) => layer.contract));

const limitOf = (path: string): number | undefined => {
  if (contracts.has(path)) return 90;
  if (/^(packages|apps)\/[^/]+\/(src|page|bin)\/.*\.(ts|tsx|js)$/.test(path)) return 300;
  if (/^((packages|apps)\/[^/]+\/)?README\.md$/.test(path)) return 150;
  return undefined;
};

/** One concept a file: sources hold at most 300 lines, a contract 90, a README 150. */
export const fileLength: Rule = (tree) =>
  tree.paths.flatMap((path) => {
    const limit = limitOf(path);
    const lines = limit === undefined ? 0 : tree.read(path).trimEnd().split("\n").length;
    return limit !== undefined && lines > limit
      ? [`${path}: ${lines} lines, at most ${limit}; split it by concept`]
      : [];
  });
