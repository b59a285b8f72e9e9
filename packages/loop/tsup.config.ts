import { library } from "@skein/house/tsup";
import { defineConfig } from "tsup";

export default defineConfig(
  library({
    index: "src/index.ts",
    meter: "src/meter/index.ts",
    node: "src/node/index.ts",
    testing: "src/testing/index.ts",
  }),
);
