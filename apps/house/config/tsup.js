/** What every package's build has in common; a package names its entries. */
export const library = (entry) => ({
  entry,
  format: ["esm"],
  // tsup's declaration step still sets `baseUrl`, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
  tsconfig: "tsconfig.build.json",
  target: "node20",
  platform: "neutral",
  splitting: true,
  sourcemap: true,
  clean: true,
});
