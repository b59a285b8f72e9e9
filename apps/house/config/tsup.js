/** What every package's build has in common; a package names its entries, and a lib that its types need beside ES2022. */
export const library = (entry, lib) => ({
  entry,
  format: ["esm"],
  dts: {
    // tsup's declaration step still sets `baseUrl`, which TypeScript 6 calls deprecated.
    compilerOptions: { ignoreDeprecations: "6.0" },
    ...(lib && { banner: `/// <reference lib="${lib}" />` }),
  },
  tsconfig: "tsconfig.build.json",
  target: "node20",
  platform: "neutral",
  splitting: true,
  sourcemap: true,
  clean: true,
});
