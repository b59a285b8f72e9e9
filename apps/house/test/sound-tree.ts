import { layers } from "../src/layers.ts";
import { plantedIn, type Tree } from "../src/tree.ts";

const nothing: Tree = {
  paths: [],
  read(path) {
    throw new Error(`Cannot read ${path}: there is no such file in this tree`);
  },
};

const partsOf = ({ name, contract }: (typeof layers)[number], height: number): Readonly<Record<string, string>> => {
  const below = layers[height - 1]?.name;
  return {
    [`packages/${name}/package.json`]: JSON.stringify({
      exports: { ".": { default: "./dist/index.js" }, "./package.json": "./package.json" },
      ...(below && { dependencies: { [`@skein/${below}`]: "workspace:^" } }),
    }),
    [`packages/${name}/README.md`]: "# Read me",
    [`packages/${name}/etc/${name}.api.md`]: "## API",
    [`packages/${name}/src/index.ts`]: 'export * from "./thing.ts";',
    [contract]: "/** - **X1** One rule. */",
  };
};

/** The least project that keeps every rule: tests plant one breach in it at a time. */
export const soundTree: Tree = plantedIn(nothing, Object.assign({}, ...layers.map(partsOf)));
