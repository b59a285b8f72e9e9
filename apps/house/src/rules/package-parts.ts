import { layers } from "../layers.ts";
import { packagesOf, type Rule } from "../tree.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Each package has a README, an API report for each entry, its place in the layers with a contract file, and no
 * runtime dependency but the layer directly below.
 */
export const packageParts: Rule = (tree) => {
  const has = new Set(tree.paths);
  return packagesOf(tree).flatMap((name) => {
    const folder = `packages/${name}`;
    const height = layers.findIndex((layer) => layer.name === name);
    if (height === -1)
      return [`${folder}: has no place in apps/house/src/layers.ts and .dependency-cruiser.cjs; give it one`];
    const manifest = JSON.parse(tree.read(`${folder}/package.json`)) as Manifest;
    const reports = Object.entries(manifest.exports)
      .filter(([, target]) => typeof target !== "string")
      .map(([entry]) => `${folder}/etc/${[name, ...entry.split("/").slice(1)].join("-")}.api.md`);
    const missing = [`${folder}/README.md`, layers[height]?.contract ?? "", ...reports]
      .filter((path) => !has.has(path))
      .map(
        (path) =>
          `${path}: is missing; ${path.endsWith(".api.md") ? "write it with `pnpm run api:update`" : "every package has one"}`,
      );
    const below = layers[height - 1];
    const foreign = Object.keys(manifest.dependencies ?? {})
      .filter((dependency) => dependency !== `@skein/${below?.name}`)
      .map(
        (dependency) =>
          `${folder}/package.json: depends on ${dependency}; at run time ${below ? `only @skein/${below.name} is` : "nothing is"} allowed`,
      );
    return [...missing, ...foreign];
  });
};
