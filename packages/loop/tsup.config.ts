import { library } from "@skein/house/tsup";
import { defineConfig } from "tsup";

export default defineConfig(
  library({
    index: "src/index.ts",
    instrument: "src/instrument/index.ts",
    node: "src/node/index.ts",
    testing: "src/testing/index.ts",
  }),
);
