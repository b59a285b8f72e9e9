import { layers } from "../layers.ts";
import type { Tree } from "../tree.ts";

/** The ids of the numbered rules of a contract file, as in `- **L1** callSoon never …`. */
export const lawsIn = (contract: string): readonly string[] => [
  ...new Set([...contract.matchAll(/\*\*([A-Z]+\d+)\*\*/g)].map((match) => match[1] ?? "")),
];

/**
 * Each rule of a contract is a test of the same id. `passed` gives the full names of a package's tests that ran and
 * passed, so a rule counts as tested only if its test did.
 */
export const lawsHaveTests = (tree: Tree, passed: (layer: string) => readonly string[]): readonly string[] =>
  layers.flatMap(({ name, contract }) => {
    const names = passed(name);
    return lawsIn(tree.read(contract))
      .filter((law) => !names.some((test) => new RegExp(`(?<![\\w-])${law}(?!\\w)`).test(test)))
      .map((law) => `${contract}: no test of @skein/${name} that passed has ${law} in its name; write one`);
  });
