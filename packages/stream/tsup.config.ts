import { library } from "@skein/house/tsup";
import { defineConfig } from "tsup";

export default defineConfig({
  ...library(
    {
      index: "src/index.ts",
      web: "src/web/index.ts",
      node: "src/node/index.ts",
      testing: "src/testing/index.ts",
    },
    "esnext.disposable",
  ),
  removeNodeProtocol: false, // `stream` alone could be a package
  external: [/^node:/],
});
