import { defineConfig } from "tsup";

/** The server. Its dependencies stay outside: the app runs where it was installed. */
export default defineConfig({
  entry: { main: "src/main.ts" },
  outDir: "dist/server",
  format: ["esm"],
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
});
