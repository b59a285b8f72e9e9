/**
 * The direction of imports: data goes up, requests go down, one layer at a time, through public entries.
 * `apps/house/test/imports.test.ts` plants a breach of each rule and expects it to be found.
 */
const layers = ["loop", "future", "coroutine", "stream"];

/** The folders of side entries: whoever does not import one of them does not pay for it. */
const sideEntries = "^packages/[^/]+/src/(inspect|meter|node|testing|web)/";

const layerRules = layers.flatMap((layer, height) => {
  const above = layers.slice(height + 1).join("|");
  const skipped = layers.slice(0, Math.max(0, height - 1)).join("|");
  const rules = [];
  if (above) {
    rules.push({
      name: `no-upward-import-in-${layer}`,
      comment: `@skein/${layer} cannot import a layer above it (${above}); move what both need down, or pass it in.`,
      severity: "error",
      from: { path: `^packages/${layer}/` },
      to: { path: `^(packages/|@skein/)(${above})(/|$)` },
    });
  }
  if (skipped) {
    rules.push({
      name: `no-skipped-layer-in-${layer}`,
      comment: `@skein/${layer} imports @skein/${layers[height - 1]} only, not the layers below that (${skipped}); have ${layers[height - 1]} re-export what its users need.`,
      severity: "error",
      from: { path: `^packages/${layer}/` },
      to: { path: `^(packages/|@skein/)(${skipped})(/|$)` },
    });
  }
  return rules;
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: "no-way-out-of-the-package",
      comment: "A relative import stays in its package; import the other package by name, through a public entry.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: { dependencyTypes: ["local"], pathNot: "^$1/$2/" },
    },
    {
      name: "no-deep-import",
      comment: "Only the entries in a package's `exports` are public; if one lacks something, widen it there.",
      severity: "error",
      from: {},
      to: { path: "^@skein/[^/]+/.", couldNotResolve: true },
    },
    {
      name: "no-undeclared-import",
      comment: "Cannot find this in the importer's package.json; declare it there, or do without.",
      severity: "error",
      // The peers of the benchmark are installed only when it runs; knip holds their manifest to their imports.
      from: { pathNot: "^packages/[^/]+/dist/|^apps/bench/peers/" },
      // A relative path that leads nowhere is the compiler's to find.
      to: { path: "^[^.]", pathNot: "^@skein/[^/]+/.", couldNotResolve: true },
    },
    {
      name: "no-hoisted-import",
      comment: "This resolves by luck (hoisted to the root): declare it in the importer's package.json.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-dev-dependency-in-src",
      comment: "What ships imports no devDependency: whoever installs the package does not get it.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-node-in-a-main-entry",
      comment:
        "Node modules are for `src/node/` (the `/node` entry) and tests; elsewhere take what is needed as an argument.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "^packages/[^/]+/src/node/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "no-side-entry-in-a-main-entry",
      comment:
        "The main entry pays nothing for `/testing`, `/node`, `/web` and the like: they import it, never the other way.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: sideEntries },
      to: { path: sideEntries, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-cycle",
      comment: "Two files that need each other are one concept, or miss a third. (Cycles of types alone are harmless.)",
      severity: "error",
      from: { path: "^(packages|apps)/[^/]+/(src|test|page)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    // What is imported is resolved, but only our own sources are read.
    doNotFollow: { path: "node_modules|/dist/" },
    exclude: { path: "^(packages|apps)/[^/]+/(dist|temp|coverage)/[^.]+\\.(?!d\\.ts)" },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "default", "node"],
      extensions: [".ts", ".tsx", ".js", ".d.ts"],
    },
  },
};
