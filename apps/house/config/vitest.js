import { defineConfig } from "vitest/config";

/** What every package's tests have in common. The JSON report is what `npm test` counts. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    reporters: ["default", ["json", { outputFile: "temp/tests.json" }]],
  },
});
