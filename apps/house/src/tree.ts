import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's files, as a rule sees them: paths from the root, with `/`. A rule reads nothing else. */
export interface Tree {
  readonly paths: readonly string[];
  /** @throws {Error} If there is no such file. */
  read(path: string): string;
}

/** A house rule: takes the tree and gives one line for each breach, `path: what is wrong; what to do`. */
export type Rule = (tree: Tree) => readonly string[];

/** The folder that holds `packages/` and `apps/`. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

const made = new Set(["node_modules", "dist", "temp", "coverage", ".turbo", ".git"]);

/** The tree on disk, without what tools make. */
export const treeAt = (folder: string): Tree => {
  const paths: string[] = [];
  const walk = (under: string): void => {
    for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
      const path = under === "" ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory() && !made.has(entry.name)) walk(path);
      if (entry.isFile()) paths.push(path);
    }
  };
  walk("");
  return { paths, read: (path) => readFileSync(join(folder, path), "utf8") };
};

/** `tree` with some files added or replaced, or (with `undefined`) taken away: how a test plants a breach. */
export const plantedIn = (tree: Tree, files: Readonly<Record<string, string | undefined>>): Tree => {
  const added = Object.keys(files).filter((path) => files[path] !== undefined);
  return {
    paths: [...tree.paths.filter((path) => !(path in files)), ...added],
    read: (path) => files[path] ?? tree.read(path),
  };
};

/** The names of the folders in `packages/`. */
export const packagesOf = (tree: Tree): readonly string[] =>
  [...new Set(tree.paths.map((path) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1]))].filter(
    (name) => name !== undefined,
  );
