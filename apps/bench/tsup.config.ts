import { defineConfig } from "tsup";

export default defineConfig({
  entry: { main: "src/main.ts", wpt: "src/wpt/main.ts", "wpt-worker": "src/wpt/worker.ts" },
  format: ["esm"],
  target: "node20",
  platform: "node",
  skipNodeModulesBundle: true,
  clean: true,
});
