import { join } from "node:path";
import type { Example } from "@skein/house/readme";
import { layers } from "./layers.ts";
import { root, type Tree } from "./tree.ts";

const fenced = /^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm;

/**
 * The examples in the docstrings of all packages, each a whole program: a `ts` block with its imports. (An example
 * without a fence is a fragment that shows a call, and no program.)
 */
export const docExamplesIn = (tree: Tree): readonly Example[] =>
  layers.flatMap(({ name: layer }) =>
    tree.paths
      .filter((path) => path.startsWith(`packages/${layer}/src/`) && path.endsWith(".ts"))
      .flatMap((path) => {
        const text = tree.read(path);
        return [...text.matchAll(fenced)].map((match) => ({
          name: `${path}:${text.slice(0, match.index).split("\n").length}`,
          folder: join(root, "packages", layer),
          code: (match[1] ?? "").replace(/^ *\* ?/gm, ""),
          prints: undefined,
        }));
      }),
  );
