import { library } from "@skein/house/tsup";
import { defineConfig } from "tsup";

export default defineConfig(
  library(
    { index: "src/index.ts", inspect: "src/inspect/index.ts", testing: "src/testing/index.ts" },
    "esnext.disposable",
  ),
);
